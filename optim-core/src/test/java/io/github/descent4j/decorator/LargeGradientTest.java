package io.github.descent4j.decorator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.AdaMax;
import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A finite gradient whose square is not makes a second moment infinite for ever: a guard refuses it. */
class LargeGradientTest {

  static List<OptimizerCase> cases() {
    return OptimizerCase.all();
  }

  /** The same of the rule inside of a schedule-free optimizer, which is in no table of rules. */
  @Test
  void noFiniteGradientFreezesAScheduleFreeRule() {
    for (double exponent : new double[] {8, 17, 18.5, 20, 30, 38}) {
      Optimizer guarded = ScheduleFree.adamW().build().guarded(NonFinite.FAIL);
      INDArray value = Nd4j.zeros(DataType.FLOAT, 3);
      INDArray gradient = Nd4j.ones(DataType.FLOAT, 3);
      Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
      guarded.step(parameters);
      gradient.putScalar(1, Math.pow(10, exponent));
      INDArray before = value.dup();
      if (exponent > 18) {
        assertThatThrownBy(() -> guarded.step(parameters))
            .isInstanceOf(NonFiniteGradientException.class);
        TestArrays.assertSameBits("value", value, before);
      } else {
        guarded.step(parameters);
        assertThat(guarded.state().slot("w", "v").amaxNumber().doubleValue()).isFinite();
      }
    }
  }

  /** Either it is refused, or what it leaves behind is finite and later steps still move the weight. */
  @ParameterizedTest
  @MethodSource("cases")
  void noFiniteGradientFreezesAGuardedRule(OptimizerCase optimizer) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.BFLOAT16)) {
      for (double exponent : new double[] {8, 17, 18.5, 20, 30, 38, 140, 153, 200, 308}) {
        if (exponent > 38 && type != DataType.DOUBLE) {
          continue;
        }
        Optimizer guarded = optimizer.create().get().guarded(NonFinite.FAIL);
        INDArray value = Nd4j.zeros(type, 3);
        INDArray gradient = Nd4j.ones(type, 3);
        Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
        guarded.step(parameters);
        gradient.putScalar(1, Math.pow(10, exponent));
        INDArray before = value.dup();
        try {
          guarded.step(parameters);
        } catch (NonFiniteGradientException e) {
          assertThat(e).hasMessageContaining("parameter 'w'").hasMessageContaining("expected");
          TestArrays.assertSameBits("value", value, before);
          assertThat(guarded.steps()).isEqualTo(1);
          continue;
        }
        for (String slot : guarded.state().slots("w")) {
          double largest = guarded.state().slot("w", slot).amaxNumber().doubleValue();
          assertThat(largest).as("%s of %s at 1e%s", slot, type, exponent).isFinite();
        }
      }
    }
  }

  /** A square by another way than by the square of a term. */
  @Test
  void productsOfTheGradientInARuleOfOnesOwnAreSquares() {
    for (UnaryOperator<Term> of : List.<UnaryOperator<Term>>of(
        g -> g.times(g.times(2)), g -> g.times(g.absolute()), g -> g.plus(1).times(g))) {
      UpdateRule rule = UpdateRule.of("example.Product", 0.1, f -> {
        Slot v = f.slot("v");
        Term mean = v.set(v.times(0.9).plus(of.apply(f.gradient()).times(0.1)));
        f.subtract(f.learningRate().times(f.gradient()).over(mean.squareRoot()));
      });
      Optimizer guarded = rule.guarded(NonFinite.FAIL);
      INDArray value = Nd4j.createFromArray(0f);
      Parameters parameters = Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1e20f)));
      assertThatThrownBy(() -> guarded.step(parameters))
          .isInstanceOf(NonFiniteGradientException.class)
          .hasMessageContaining("1.00e+20");
      assertThat(value.getFloat(0)).isZero();
    }
  }

  @Test
  void theCaseThatFroze() {
    INDArray value = Nd4j.createFromArray(0f);
    INDArray gradient = Nd4j.createFromArray(1e20f);
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    Optimizer failing = new Adam(1).guarded(NonFinite.FAIL);
    assertThatThrownBy(() -> failing.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class)
        .hasMessage(
            "gradient of parameter 'w' has an element of size 1.00e+20, whose square would make a slot"
                + " infinite for ever, expected at most 1e+18 for FLOAT; GradientClip.byValue inside the guard limits"
                + " it");
    assertThat(failing.state().parameters()).isEmpty();

    GuardedOptimizer skipping = new Adam(1).guarded(NonFinite.SKIP);
    skipping.step(parameters);
    assertThat(skipping.skippedSteps()).isEqualTo(1);
    assertThat(value.getFloat(0)).isZero();
    gradient.assign(1);
    skipping.step(parameters);
    assertThat(value.getFloat(0)).isEqualTo(-1f);
  }

  @Test
  void aClipInsideTheGuardMakesItAcceptable() {
    for (Optimizer clipped : List.of(
        new Adam(1).clipped(GradientClip.byValue(-1, 1)).guarded(NonFinite.FAIL),
        new Adam(1).clipped(GradientClip.byGlobalNorm(1)).guarded(NonFinite.FAIL),
        new Adam(1).clippedAdaptively(AdaptiveClip.of(0.01)).guarded(NonFinite.FAIL))) {
      INDArray value = Nd4j.createFromArray(new float[][] {{1, 1}});
      clipped.step(Parameters.of(Parameter.of(
          "w", value, Nd4j.createFromArray(new float[][] {{1e20f, 1}}))));
      assertThat(value.getFloat(0))
          .as("%s", clipped)
          .isCloseTo(0f, org.assertj.core.api.Assertions.within(1e-3f));
    }
  }

  @Test
  void accumulatedAndGroupedRulesAreGuardedToo() {
    INDArray value = Nd4j.createFromArray(0f);
    Parameters parameters = Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1e20f)));
    Optimizer accumulated = new Adam(1).accumulated(1).guarded(NonFinite.FAIL);
    assertThatThrownBy(() -> accumulated.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    Optimizer window = new Adam(1).accumulated(2).guarded(NonFinite.FAIL);
    window.step(parameters);
    assertThatThrownBy(() -> window.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    Optimizer grouped = Optimizer.groups().otherwise(new Adam(1)).build().guarded(NonFinite.FAIL);
    assertThatThrownBy(() -> grouped.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(value.getFloat(0)).isZero();
  }

  @Test
  void withoutAGuardNothingIsRefused() {
    for (Optimizer optimizer :
        List.of(new Adam(1), new Adam(1).accumulated(2), new Adam(1).centralized())) {
      INDArray value = Nd4j.createFromArray(0f);
      Parameters parameters = Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1e20f)));
      optimizer.step(parameters);
      optimizer.step(parameters);
      assertThat(optimizer.steps()).as("%s", optimizer).isPositive();
    }
  }

  /** Of several elements at the limit the norm is beyond it, and none of them is. */
  @Test
  void elementsAtTheLimitAreTaken() {
    Optimizer optimizer = new Adam(1).guarded(NonFinite.FAIL);
    INDArray value = Nd4j.createFromArray(0.0, 0.0);
    optimizer.step(Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1e152, 1e152))));
    assertThat(value.getDouble(1)).isNegative();
    Parameters beyond =
        Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1e152, Math.nextUp(1e152))));
    assertThatThrownBy(() -> optimizer.step(beyond)).isInstanceOf(NonFiniteGradientException.class);
  }

  @Test
  void rulesThatSquareNothingTakeThem() {
    for (Optimizer rule : List.of(new Sgd(1), new AdaMax(1))) {
      INDArray value = Nd4j.createFromArray(0f);
      rule.guarded(NonFinite.FAIL)
          .step(Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1e20f))));
      assertThat(value.getFloat(0)).as("%s", rule).isNegative();
    }
  }
}
