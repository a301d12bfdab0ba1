package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.internal.state.ParameterState;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The product of the momentum's factors, which is state that no file has. */
class NAdamTest {

  /** Beyond the steps after which the product is left as it is. */
  @Test
  void theProductIsTheSameCarriedOnAndMultipliedAnew() {
    NAdam rule = new NAdam();
    double[] carried = new double[ParameterState.SCALARS];
    for (long t = 1; t <= 1500; t++) {
      rule.prepare(t, 0.1, carried);
      double[] anew = new double[ParameterState.SCALARS];
      rule.prepare(t, 0.1, anew);
      assertThat(carried).as("step %d", t).isEqualTo(anew);
    }
    assertThat(carried[NAdam.PRODUCT]).isLessThan(Double.MIN_NORMAL);
  }

  @Test
  void aStepPreparedTwiceHasTheSameScalars() {
    NAdam rule = new NAdam();
    double[] scalars = new double[ParameterState.SCALARS];
    for (long t = 1; t <= 5; t++) {
      rule.prepare(t, 0.1, scalars);
      double[] once = scalars.clone();
      rule.prepare(t, 0.1, scalars);
      assertThat(scalars).as("step %d", t).isEqualTo(once);
    }
  }

  @Test
  void aSkippedStepLeavesTheProductAlone() {
    INDArray failed = Nd4j.createFromArray(1.0, -2.0);
    INDArray sound = failed.dup();
    INDArray gradient = Nd4j.createFromArray(0.5, 3.0);
    INDArray nan = Nd4j.createFromArray(Double.NaN, 1.0);
    Optimizer guarded = new NAdam().guarded(NonFinite.SKIP);
    Optimizer plain = new NAdam();
    for (int step = 0; step < 5; step++) {
      guarded.step(Parameters.of(Parameter.of("w", failed, nan)));
      guarded.step(Parameters.of(Parameter.of("w", failed, gradient)));
      plain.step(Parameters.of(Parameter.of("w", sound, gradient)));
    }
    assertThat(failed.toDoubleVector()).isEqualTo(sound.toDoubleVector());
  }

  @Test
  void aGreatMomentumDecayMakesTheMomentumConstant() {
    NAdam rule = NAdam.builder().momentumDecay(1e6).build();
    double product = 1;
    for (long t = 1; t <= 20; t++) {
      product *= 0.9;
      double[] scalars = new double[ParameterState.SCALARS];
      rule.prepare(t, 0.1, scalars);
      assertThat(scalars[NAdam.PRODUCT]).isEqualTo(product);
    }
  }

  /** With beta1 near 1 and a constant momentum, 1 - P_t is as small as 1 - beta1. */
  @Test
  void theFirstStepsKeepTheirDigitsForBeta1NearToOne() {
    double beta1 = 1 - 1e-9;
    INDArray value = Nd4j.createFromArray(0.0);
    Optimizer optimizer = NAdam.builder()
        .learningRate(1)
        .beta1(beta1)
        .momentumDecay(1e6)
        .epsilon(1e-300)
        .build();
    optimizer.step(Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1.0))));
    // (1 - beta1) g / (1 - beta1) + beta1 (1 - beta1) g / (1 - beta1²), over |g|.
    double expected = 1 + beta1 / (1 + beta1);
    assertThat(value.getDouble(0)).isCloseTo(-expected, within(1e-13));
  }
}
