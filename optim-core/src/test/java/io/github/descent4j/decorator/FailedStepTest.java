package io.github.descent4j.decorator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.GradientClip;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What can be read of a decorator is of the last step that was taken, and what is handed through it arrives. */
class FailedStepTest {
  private final INDArray value = Nd4j.createFromArray(3.0, 4.0);
  private final INDArray gradient = Nd4j.createFromArray(6.0, 8.0);
  private final Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));

  @Test
  void theNormIsThatOfTheLastStepThatWasTaken() {
    ClippedOptimizer clipped =
        new Sgd(0.1).guarded(NonFinite.FAIL).clipped(GradientClip.byGlobalNorm(1));
    clipped.step(parameters);
    assertThat(clipped.lastNorm()).isEqualTo(10);
    gradient.putScalar(0, Double.NaN);
    double[] before = value.toDoubleVector();
    assertThatThrownBy(() -> clipped.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(clipped.lastNorm()).isEqualTo(10);
    assertThat(value.toDoubleVector()).isEqualTo(before);
    gradient.assign(Nd4j.createFromArray(3.0, 4.0));
    clipped.step(parameters);
    assertThat(clipped.lastNorm()).isEqualTo(5);
  }

  @Test
  void theClippedUnitsAreThoseOfTheLastStepThatWasTaken() {
    AdaptivelyClippedOptimizer clipped =
        new Sgd(0.1).guarded(NonFinite.FAIL).clippedAdaptively(AdaptiveClip.of(0.01));
    clipped.step(parameters);
    assertThat(clipped.clippedUnits()).isOne();
    gradient.putScalar(0, Double.NaN);
    assertThatThrownBy(() -> clipped.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(clipped.clippedUnits()).isOne();
  }

  /** Of norm 5 with a gradient of norm 10: half of it remains, (3, 4), and the step is the rate times that. */
  @Test
  void rateFactorsOfGroupsGoThroughAdaptiveClipsInsideAndOutside() {
    Optimizer inside = Optimizer.groups()
        .otherwise(new Sgd(0.25).clippedAdaptively(AdaptiveClip.of(1)), 0.5)
        .build();
    assertStep(inside, 0.125);
    Optimizer outside = Optimizer.groups()
        .otherwise(new Sgd(0.25), 0.5)
        .build()
        .clippedAdaptively(AdaptiveClip.of(1));
    assertStep(outside, 0.125);
    Optimizer scheduled = Optimizer.groups()
        .otherwise(new Sgd(7).clippedAdaptively(AdaptiveClip.of(1)), 0.5)
        .build()
        .scheduled(step -> 0.5);
    assertStep(scheduled, 0.25);
    Optimizer nested = Optimizer.groups()
        .otherwise(
            Optimizer.groups()
                .otherwise(new Sgd(1).clippedAdaptively(AdaptiveClip.of(1)), 0.5)
                .build()
                .clippedAdaptively(AdaptiveClip.of(2)),
            0.5)
        .build();
    assertStep(nested, 0.25);
  }

  private void assertStep(Optimizer optimizer, double rate) {
    value.assign(Nd4j.createFromArray(3.0, 4.0));
    optimizer.step(parameters);
    assertThat(value.toDoubleVector())
        .containsExactly(new double[] {3 - rate * 3, 4 - rate * 4}, within(1e-15));
  }

  /** A step is under way from its first half on. */
  @Test
  void betweenTheHalvesOfAStepThereIsNoOther() {
    TwoPhaseOptimizer rule = new Sgd(1);
    StepContext context = new StepContext();
    context.reset(parameters);
    rule.begin(context);
    assertThatThrownBy(() -> rule.step(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is under way");
    rule.abandon();
    rule.step(parameters);
    assertThat(rule.steps()).isOne();
    assertThat(value.toDoubleVector()).containsExactly(-3, -4);
  }
}
