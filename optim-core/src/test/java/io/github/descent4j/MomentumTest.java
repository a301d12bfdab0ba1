package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MomentumTest {

  /** As PyTorch allows: the first gradient alone drives, and fades. */
  @Test
  void wholeDampeningKeepsEveryGradientButTheFirstOut() {
    INDArray value = Nd4j.createFromArray(0.0);
    INDArray gradient = Nd4j.createFromArray(2.0);
    Optimizer optimizer =
        Momentum.builder().learningRate(1).momentum(0.5).dampening(1).build();
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(-2);
    gradient.assign(100);
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(-3);
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(-3.5);
    assertThat(optimizer.state().slot("w", "v").getDouble(0)).isEqualTo(0.5);
  }
}
