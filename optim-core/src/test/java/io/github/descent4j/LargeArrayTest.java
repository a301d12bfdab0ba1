package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays of more than 2^27 elements, which are several buffers: each element is updated once, whichever it is in. */
@Tag("slow")
class LargeArrayTest {
  private static final long WINDOW = 1L << 27;
  private static final long LENGTH = WINDOW + 1000;

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "BFLOAT16"})
  void everyElementBeyondTheFirstBufferIsUpdatedToo(DataType type) {
    INDArray value = Nd4j.valueArrayOf(new long[] {LENGTH}, 4.0, type);
    INDArray gradient = Nd4j.valueArrayOf(new long[] {LENGTH}, 1.0, type);
    long[] marked = {0, 1, WINDOW - 1, WINDOW, WINDOW + 1, LENGTH - 1};
    try {
      for (int i = 0; i < marked.length; i++) {
        gradient.putScalar(marked[i], 2.0 + i);
      }
      new Sgd(0.5).step(Parameters.of(Parameter.of("p", value, gradient)));
      for (int i = 0; i < marked.length; i++) {
        assertThat(value.getDouble(marked[i])).as("element %d", marked[i]).isEqualTo(3 - 0.5 * i);
        value.putScalar(marked[i], 3.5);
      }
      // All others are where one step took them, and not where two would.
      assertThat(value.minNumber().doubleValue()).isEqualTo(3.5);
      assertThat(value.maxNumber().doubleValue()).isEqualTo(3.5);
    } finally {
      value.close();
      gradient.close();
    }
  }

  /** The transpose of a matrix, whose elements are found one by one, in two buffers. */
  @Test
  void anArrayThatIsNotDenseReachesTheSecondBufferAsWell() {
    long rows = (1L << 26) + 500;
    INDArray value = Nd4j.valueArrayOf(new long[] {rows, 2}, 4.0, DataType.BFLOAT16);
    INDArray gradient = Nd4j.valueArrayOf(new long[] {2, rows}, 1.0, DataType.BFLOAT16);
    try {
      gradient.putScalar(1, rows - 1, 3.0);
      new Sgd(0.5).step(Parameters.of(Parameter.of("p", value.transpose(), gradient)));
      assertThat(value.getDouble(rows - 1, 1)).isEqualTo(2.5);
      value.putScalar(rows - 1, 1, 3.5);
      assertThat(value.minNumber().doubleValue()).isEqualTo(3.5);
      assertThat(value.maxNumber().doubleValue()).isEqualTo(3.5);
    } finally {
      value.close();
      gradient.close();
    }
  }
}
