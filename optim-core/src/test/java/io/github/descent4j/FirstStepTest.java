package io.github.descent4j;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The size of the first step, where several peers were wrong by orders of magnitude. */
class FirstStepTest {
  private static final double LR = 0.01;
  private static final double G = 0.4;

  @Test
  void isWhatTheFormulaSaysByHand() {
    Map<Optimizer, Double> expected = Map.ofEntries(
        entry(new Sgd(LR), LR * G),
        entry(new Momentum(LR), LR * G),
        entry(new Nesterov(LR), LR * (G + 0.9 * G)),
        entry(new AdaGrad(LR), LR * G / Math.sqrt(G * G + 1e-7)),
        entry(new RmsProp(LR), LR * G / Math.sqrt(0.1 * G * G + 1e-8)),
        entry(new AdaDelta(LR), LR * Math.sqrt(1e-6 / (0.1 * G * G + 1e-6)) * G),
        entry(new Adam(LR), LR * G / (G + 1e-8)),
        entry(new AmsGrad(LR), LR * G / (G + 1e-8)),
        entry(new Yogi(LR), LR * G / (Math.sqrt((1e-6 + 0.001 * G * G) / 0.001) + 1e-3)),
        entry(new RAdam(LR), LR * G),
        entry(new NAdam(LR), LR * (G + mu(2) * 0.1 * G / (1 - mu(1) * mu(2))) / (G + 1e-8)),
        entry(new AdaMax(LR), LR * G / (G + 1e-8)));
    expected.forEach((optimizer, step) -> {
      INDArray value = Nd4j.createFromArray(1.0, 1.0);
      INDArray gradient = Nd4j.createFromArray(G, -G);
      optimizer.step(Parameters.of(Parameter.of("w", value, gradient)));
      assertThat(1 - value.getDouble(0)).as("%s", optimizer).isCloseTo(step, within(1e-12));
      assertThat(value.getDouble(1) - 1).as("%s", optimizer).isCloseTo(step, within(1e-12));
    });
  }

  /** The momentum's factor in NAdam. */
  private static double mu(int t) {
    return 0.9 * (1 - 0.5 * Math.pow(0.96, 0.004 * t));
  }

  /** Tribuo's Adam multiplied by the root where it should divide. */
  @Test
  void ofAdamIsTheRateTimesTheSignWhateverTheSizeOfTheGradient() {
    for (double g : new double[] {1e-3, 1, 1e3, 1e8}) {
      INDArray value = Nd4j.createFromArray(0f);
      new Adam(LR).step(Parameters.of(Parameter.of("w", value, Nd4j.createFromArray((float) g))));
      assertThat(value.getDouble(0)).as("gradient %s", g).isCloseTo(-LR, within(LR * 2e-5));
    }
  }

  @Test
  void aConstructorsArgumentIsTheLearningRate() {
    assertThat(new Nesterov(0.03).learningRate()).isEqualTo(0.03);
    assertThat(new Momentum(0.03).toString())
        .isEqualTo(
            "Momentum(learningRate=0.03, momentum=0.9, dampening=0.0, rateInsideVelocity=false, weightDecay=none)");
  }
}
