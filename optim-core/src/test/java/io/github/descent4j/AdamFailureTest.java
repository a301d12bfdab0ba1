package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The online problem on which Adam goes to the worst point (Reddi, Kale and Kumar 2018, Theorem 1).
 *
 * <p>On [-1, 1] the losses are {@code C x} at every third step and {@code -x} at the other two. With
 * C = 3 their sum falls towards -1. Adam divides the one large gradient by a root that has forgotten
 * everything else, so the two small ones win.
 */
class AdamFailureTest {
  private static final double C = 3;
  private static final double BETA2 = 1 / (1 + C * C);
  private static final int STEPS = 3000;

  @Test
  void adamGoesToTheWorstPoint() {
    assertThat(play(Adam.builder().beta1(0).beta2(BETA2).build())).isGreaterThan(0.98);
  }

  /** The paper's remedy, as published and as PyTorch and the default have it. */
  @Test
  void amsGradGoesToTheBest() {
    AmsGrad.Builder amsGrad = AmsGrad.builder().beta1(0).beta2(BETA2);
    assertThat(play(amsGrad.build())).isLessThan(-0.98);
    assertThat(play(amsGrad.biasCorrection(false).build())).isLessThan(-0.98);
  }

  @Test
  void yogiGoesToTheBest() {
    assertThat(play(Yogi.builder().beta1(0).beta2(BETA2).build())).isLessThan(-0.98);
  }

  @Test
  void sgdGoesToTheBest() {
    assertThat(play(new Sgd())).isLessThan(-0.98);
  }

  /** Where the player ends, from 0, with the theorem's rate that falls as 1 / sqrt(t). */
  private static double play(Optimizer optimizer) {
    Optimizer falling = optimizer.scheduled(step -> 0.3 / Math.sqrt(step + 1));
    INDArray x = Nd4j.create(DataType.DOUBLE, 1);
    INDArray gradient = Nd4j.create(DataType.DOUBLE, 1);
    Parameters parameters = Parameters.of(Parameter.of("x", x, gradient));
    for (int step = 0; step < STEPS; step++) {
      gradient.putScalar(0, step % 3 == 0 ? C : -1);
      falling.step(parameters);
      x.putScalar(0, Math.max(-1, Math.min(1, x.getDouble(0))));
    }
    return x.getDouble(0);
  }
}
