package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.NAdam.MomentumProduct;
import io.github.descent4j.decorator.NonFinite;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The product of the momentum's factors, which is state that no file has. */
class NAdamTest {

  /** Beyond the steps after which the product is left as it is. */
  @Test
  void theProductIsTheSameCarriedOnAndMultipliedAnew() {
    MomentumProduct carried = new MomentumProduct(0.9, 0.004);
    for (long t = 1; t <= 1500; t++) {
      MomentumProduct anew = new MomentumProduct(0.9, 0.004);
      assertThat(carried.product(t)).as("step %d", t).isEqualTo(anew.product(t));
      assertThat(carried.complement(t)).as("step %d", t).isEqualTo(anew.complement(t));
    }
    assertThat(carried.product(1500)).isLessThan(Double.MIN_NORMAL);
  }

  /** Parameters that are at different steps ask for them in turn, and DL4J may begin anew. */
  @Test
  void theOrderOfQuestionsDoesNotMatter() {
    MomentumProduct inTurn = new MomentumProduct(0.9, 0.004);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2000; i++) {
      // Now and then all begins anew: the same questions come again, from the first step on.
      long t = i % 100 < 20 ? i % 100 + 1 : random.nextInt(1, 60);
      assertThat(numbers(inTurn, t))
          .as("step %d", t)
          .isEqualTo(numbers(new MomentumProduct(0.9, 0.004), t));
    }
  }

  private static double[] numbers(MomentumProduct product, long t) {
    return new double[] {
      product.factor(t),
      product.nextFactor(t),
      product.product(t),
      product.complement(t),
      product.nextComplement(t)
    };
  }

  /** One that joins late is at its own first step, and one that was forgotten is there again. */
  @Test
  void eachParameterHasTheProductOfItsOwnSteps() {
    Optimizer together = new NAdam();
    Optimizer alone = new NAdam();
    INDArray old = Nd4j.createFromArray(1.0, -2.0);
    INDArray late = Nd4j.createFromArray(3.0, 0.5);
    INDArray expected = late.dup();
    INDArray gradient = Nd4j.createFromArray(0.5, 3.0);
    for (int step = 0; step < 20; step++) {
      together.step(Parameters.of(Parameter.of("old", old, gradient)));
    }
    for (int round = 0; round < 2; round++) {
      for (int step = 0; step < 12; step++) {
        together.step(Parameters.of(
            Parameter.of("old", old, gradient), Parameter.of("late", late, gradient)));
        alone.step(Parameters.of(Parameter.of("late", expected, gradient)));
        assertThat(late.toDoubleVector()).isEqualTo(expected.toDoubleVector());
      }
      together.state().forget("late");
      alone = new NAdam();
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
    MomentumProduct constant = new MomentumProduct(0.9, 1e6);
    double product = 1;
    for (long t = 1; t <= 20; t++) {
      product *= 0.9;
      assertThat(constant.product(t)).isEqualTo(product);
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
