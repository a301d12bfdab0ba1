package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the golden files of NovoGrad do not show. */
class NovoGradTest {

  /** The first step is one of length lr, whenever it comes. */
  @Test
  void zerosDoNotStartTheSecondMoment() {
    NovoGrad optimizer = new NovoGrad(0.5);
    INDArray value = Nd4j.zeros(DataType.FLOAT, 2);
    INDArray gradient = Nd4j.zeros(DataType.FLOAT, 2);
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    optimizer.step(parameters);
    optimizer.step(parameters);
    assertThat(optimizer.state().slot("w", "v").getDouble(0)).isZero();
    gradient.assign(Nd4j.createFromArray(3f, -4f));
    optimizer.step(parameters);
    assertThat(optimizer.state().slot("w", "v").getDouble(0)).isEqualTo(25);
    assertThat(value.getFloat(0)).isCloseTo(-0.3f, within(1e-6f));
    assertThat(value.getFloat(1)).isCloseTo(0.4f, within(1e-6f));
  }

  /** The square of a float's norm need not be one, and is kept in double. */
  @Test
  void theNumberIsKeptInDouble(@TempDir Path folder) {
    INDArray value = Nd4j.zeros(DataType.FLOAT, 2, 2);
    INDArray gradient = Nd4j.ones(DataType.FLOAT, 2, 2).muli(1e-25);
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    NovoGrad first = NovoGrad.builder().epsilon(1e-30).build();
    first.step(parameters);
    double square = first.state().slot("w", "v").getDouble(0);
    assertThat(square).isBetween(3.99e-50, 4.01e-50);
    first.state().save(folder.resolve("state.npz"));

    NovoGrad second = NovoGrad.builder().epsilon(1e-30).build();
    second.state().load(folder.resolve("state.npz"), parameters);
    assertThat(second.state().slot("w", "v").getDouble(0)).isEqualTo(square);
    INDArray other = value.dup();
    second.step(parameters);
    first.step(Parameters.of(Parameter.of("w", other, gradient)));
    TestArrays.assertSameBits("value", value, other);
  }

  @Test
  void twoDecaysAreRefused() {
    assertThatThrownBy(() -> NovoGrad.builder()
            .decayInUpdate(0.1)
            .weightDecay(WeightDecay.coupled(0.1))
            .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("beside decayInUpdate 0.1, expected one of both");
  }
}
