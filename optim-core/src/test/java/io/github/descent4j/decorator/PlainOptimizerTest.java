package io.github.descent4j.decorator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.clip.Norm;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An optimizer that implements the interface and extends nothing of this library, inside decorators. */
class PlainOptimizerTest {
  private final INDArray value = Nd4j.zeros(2);
  private final INDArray gradient = Nd4j.createFromArray(60f, 80f);
  private final Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));

  /** Takes gradients off as any user would. */
  private static final class PlainSgd implements Optimizer {
    private final BiConsumer<StepContext, Parameters> step;
    private long steps;

    PlainSgd(BiConsumer<StepContext, Parameters> step) {
      this.step = step;
    }

    PlainSgd() {
      this((context, parameters) -> {
        for (Parameter p : parameters) {
          p.value().subi(p.gradient().mul(context.learningRateOr(0.1)));
        }
      });
    }

    @Override
    public void step(Parameters parameters) {
      throw new AssertionError("decorators hand in a context");
    }

    @Override
    public void step(StepContext context) {
      step.accept(context, context.parameters());
      steps++;
    }

    @Override
    public long steps() {
      return steps;
    }

    @Override
    public double learningRate() {
      return 0.1;
    }

    @Override
    public OptimizerState state() {
      return new Sgd().state();
    }

    @Override
    public String toString() {
      return "PlainSgd";
    }
  }

  @Test
  void aClipOutsideIsInTheGradientThatItReads() {
    ClippedOptimizer optimizer = new PlainSgd().clipped(GradientClip.byGlobalNorm(1));
    optimizer.step(parameters);
    // To norm 1, then 0.1 of it, not 6 and 8.
    assertThat(value.toDoubleVector()).containsExactly(new double[] {-0.06, -0.08}, within(1e-8));
    assertThat(gradient.toDoubleVector()).containsExactly(60, 80);
    assertThat(optimizer.lastNorm()).isEqualTo(100);
    INDArray ours = Nd4j.zeros(2);
    Parameters same = Parameters.of(Parameter.of("w", ours, gradient));
    new Sgd(0.1).clipped(GradientClip.byGlobalNorm(1)).step(same);
    assertThat(value.sub(ours).amaxNumber().doubleValue()).isLessThan(1e-8);
    optimizer.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(new double[] {-0.12, -0.16}, within(1e-7));
  }

  @Test
  void everyKindOfTreatmentIsInIt() {
    new PlainSgd().clipped(GradientClip.byValue(-1, 70)).step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(new double[] {-6, -7}, within(1e-6));
    value.assign(0);
    Optimizer accumulated = new PlainSgd().accumulated(2);
    accumulated.step(parameters);
    gradient.assign(0);
    accumulated.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(new double[] {-3, -4}, within(1e-6));
    gradient.assign(10);
    value.assign(1);
    new PlainSgd().clippedAdaptively(AdaptiveClip.of(0.5)).step(parameters);
    double half = 1 - 0.1 * 0.5;
    assertThat(value.toDoubleVector()).containsExactly(new double[] {half, half}, within(1e-6));
  }

  @Test
  void normsOfTheContextAreThoseOfTheSameGradients() {
    double[] norm = {0};
    new PlainSgd((context, all) -> norm[0] = context.globalNorm(Norm.L2))
        .clipped(GradientClip.byGlobalNorm(1))
        .step(parameters);
    assertThat(norm[0]).isCloseTo(1, within(1e-6));
  }

  /** As a wrapper from scratch hands the context on. */
  @Test
  void aContextThatIsHandedOnHasTheSameTreatment() {
    Sgd inner = new Sgd(0.1);
    new PlainSgd((context, all) -> inner.step(context))
        .clipped(GradientClip.byGlobalNorm(1))
        .scheduled(step -> 1)
        .step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(new double[] {-0.6, -0.8}, within(1e-7));
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE", "HALF", "BFLOAT16"})
  void treatedGradientsAreOfTheParametersType(DataType type) {
    INDArray own = Nd4j.zeros(type, 2);
    Parameters typed = Parameters.of(Parameter.of("w", own, gradient.castTo(type)));
    PlainSgd optimizer = new PlainSgd((context, all) -> {
      assertThat(all.get(0).gradient().dataType()).isEqualTo(type);
      all.get(0).value().subi(all.get(0).gradient().mul(0.1));
    });
    optimizer.clipped(GradientClip.byGlobalNorm(50)).step(typed);
    assertThat(own.castTo(DataType.DOUBLE).toDoubleVector())
        .containsExactly(new double[] {-3, -4}, within(0.02));
  }

  @Test
  void withoutTreatmentItGetsTheArraysOfTheCaller() {
    boolean[] same = {false};
    new PlainSgd((context, all) -> same[0] = all.get(0).gradient() == gradient)
        .guarded(NonFinite.SKIP)
        .step(parameters);
    assertThat(same[0]).isTrue();
  }

  @Test
  void aRateThatIsHandedInIsUsed() {
    new PlainSgd().scheduled(step -> 1).step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(-60, -80);
  }

  @Test
  void aRateThatItDoesNotAskForIsAnErrorByNameAndTheParametersAreAsTheyWere() {
    PlainSgd deaf =
        new PlainSgd((context, all) -> all.get(0).value().subi(all.get(0).gradient()));
    for (Optimizer optimizer : new Optimizer[] {
      deaf.scheduled(step -> 0.25),
      deaf.clipped(GradientClip.byGlobalNorm(1)).scheduled(step -> 0.25),
      deaf.scheduled(step -> 0.25)
          .clippedAdaptively(AdaptiveClip.of(0.1))
          .averaged(WeightAverage.equal())
    }) {
      assertThatIllegalStateException()
          .isThrownBy(() -> optimizer.step(parameters))
          .withMessage("learning rate 0.25 was handed into PlainSgd, which did not ask for it,"
              + " expected step(StepContext) to call context.learningRateOr(its own rate)");
      assertThat(value.toDoubleVector()).containsExactly(0, 0);
    }
    deaf.clipped(GradientClip.byGlobalNorm(1)).step(parameters);
    assertThat(value.getDouble(0)).isCloseTo(-0.6, within(1e-7));
  }

  @Test
  void oneThatKnowsOfTheRateNeedNotAskAtEveryStep() {
    PlainSgd every = new PlainSgd((context, all) -> {
      if (context.hasLearningRate() && context.learningRateOr(0) > 0.5) {
        all.get(0).value().subi(all.get(0).gradient());
      }
    });
    Optimizer optimizer = every.scheduled(step -> step == 0 ? 1 : 0.1);
    optimizer.step(parameters);
    optimizer.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(-60, -80);
  }

  @Test
  void groupsRefuseIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Optimizer.groups().otherwise(new PlainSgd()))
        .withMessage(
            "optimizer of group 'otherwise' is PlainSgd, expected one that extends UpdateRule, Decorator or"
                + " TwoPhaseOptimizer, down to its rule: all groups are checked ahead of the first update");
  }

  /** It would take the step: what remembers arrays of the shape that was refuses it. */
  @Test
  void aParameterOfAnotherShapeIsRefusedAheadOfIt() {
    INDArray reshaped = Nd4j.zeros(3);
    Parameters others = Parameters.of(Parameter.of("w", reshaped, Nd4j.ones(3)));
    for (Optimizer optimizer : List.of(
        new PlainSgd().averaged(WeightAverage.equal()),
        new PlainSgd().lookahead(),
        new PlainSgd().clipped(GradientClip.byGlobalNorm(1)),
        new PlainSgd().clippedAdaptively(AdaptiveClip.of(0.5)),
        new GradientCentralization(new PlainSgd()),
        new PlainSgd().clippedAdaptively(AdaptiveClip.of(0.5)).centralized())) {
      optimizer.step(parameters);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> optimizer.step(others))
          .withMessage("parameter 'w' has shape [3], expected [2] as at its first step");
      assertThat(reshaped.toDoubleVector()).as("%s", optimizer).containsOnly(0);
    }
  }

  @Test
  void aStepThatThrowsLeavesNoValuesForTheNextOneToGoBackTo() {
    PlainSgd deaf = new PlainSgd((context, all) -> {
      all.get(0).value().subi(all.get(0).gradient());
      if (all.get(0).gradient().getDouble(0) < 0) {
        throw new IllegalArgumentException("uphill");
      }
    });
    Optimizer optimizer = deaf.scheduled(step -> 0.25);
    gradient.assign(-1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> optimizer.step(parameters))
        .withMessage("uphill");
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
    gradient.assign(1);
    assertThatIllegalStateException().isThrownBy(() -> optimizer.step(parameters));
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
  }

  @Test
  void anEmptyParameterIsNoneToGoBackTo() {
    PlainSgd deaf =
        new PlainSgd((context, all) -> all.get(1).value().subi(all.get(1).gradient()));
    Parameters both = Parameters.of(
        Parameter.of("none", Nd4j.empty(DataType.FLOAT), Nd4j.empty(DataType.FLOAT)),
        parameters.get(0));
    assertThatIllegalStateException()
        .isThrownBy(() -> deaf.scheduled(step -> 0.25).step(both))
        .withMessageStartingWith("learning rate 0.25 was handed into PlainSgd");
    assertThat(value.toDoubleVector()).containsExactly(0, 0);
  }
}
