package io.github.descent4j.nn.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class MemoryTest {

  @Test
  void aViewBeginsAtItsOffset() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      INDArray array = Nd4j.arange(24).castTo(type).reshape(6, 4);
      INDArray view = array.get(NDArrayIndex.interval(2, 4), NDArrayIndex.all());
      Memory memory = Memory.of(view);
      assertThat(memory.array()).isSameAs(view);
      double[] values = new double[8];
      memory.getDoubles(0, values, 8);
      assertThat(values).containsExactly(8, 9, 10, 11, 12, 13, 14, 15);
      memory.putDoubles(7, new double[] {-1}, 1);
      assertThat(array.getDouble(3, 3)).isEqualTo(-1);
      assertThat(array.getDouble(4, 0)).isEqualTo(16);
    }
  }

  @Test
  void anyOtherOrderIsCopied() {
    INDArray array = Nd4j.arange(6).castTo(DataType.FLOAT).reshape(2, 3);
    Memory memory = Memory.of(array.transpose());
    float[] values = new float[6];
    memory.get(0, values, 0, 6);
    assertThat(values).containsExactly(0, 3, 1, 4, 2, 5);
    INDArray transposed = array.transpose();
    Memory copy = Memory.of(transposed);
    array.putScalar(0, 7);
    assertThat(Memory.of(transposed, copy).array().getDouble(0)).isEqualTo(7);
  }

  @Test
  void theSameArrayIsLookedUpOnce() {
    INDArray array = Nd4j.create(DataType.FLOAT, 2, 3);
    Memory memory = Memory.of(array);
    assertThat(Memory.of(array, memory)).isSameAs(memory);
    assertThat(Memory.of(array.dup(), memory)).isNotSameAs(memory);
  }

  @Test
  void refusesAClosedArray() {
    INDArray array = Nd4j.create(DataType.FLOAT, 2, 3);
    Memory memory = Memory.of(array);
    array.close();
    assertThatThrownBy(() -> Memory.of(array, memory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("array has been closed, expected an open array");
  }

  @Test
  void refusesOtherTypes() {
    assertThatThrownBy(() -> Memory.of(Nd4j.create(DataType.INT32, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("array is of type INT, expected FLOAT or DOUBLE");
  }

  @Test
  void aReusableArrayGivesViewsOfOneRoom() {
    ReusableArray reusable = new ReusableArray();
    Memory large = reusable.shaped(DataType.FLOAT, 4, 3);
    assertThat(reusable.shaped(DataType.FLOAT, 4, 3)).isSameAs(large);
    Memory small = reusable.shaped(DataType.FLOAT, 2, 3);
    small.putDoubles(0, new double[] {1, 2, 3, 4, 5, 6}, 6);
    assertThat(small.array().shape()).containsExactly(2, 3);
    double[] values = new double[6];
    reusable.shaped(DataType.FLOAT, 4, 3).getDoubles(0, values, 6);
    assertThat(values).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(reusable.shaped(DataType.DOUBLE, 4, 3).dataType()).isEqualTo(DataType.DOUBLE);
  }
}
