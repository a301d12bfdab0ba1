package io.github.descent4j.rule;

import static io.github.descent4j.TestArrays.assertSameBits;
import static io.github.descent4j.rule.UserRuleRuns.assertSame;
import static io.github.descent4j.rule.UserRuleRuns.model;
import static io.github.descent4j.rule.UserRuleRuns.run;
import static io.github.descent4j.rule.UserRuleRuns.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What goes wrong in a step of a rule of one's own is named and leaves everything as it was. */
class UserRuleFailureTest {

  /** Fails at a later step, when there is state that could change. */
  private static void assertUntouched(UpdateRule rule, boolean[] fails) {
    Parameters parameters = model(DataType.FLOAT);
    run(rule, parameters, 0, 2);
    List<INDArray> before = values(parameters);
    INDArray slot = rule.state().slot("p0", "m").dup();
    fails[0] = true;
    assertThatThrownBy(() -> rule.step(parameters)).hasMessage("on purpose");
    assertSame("parameters", parameters, before);
    assertSameBits("slot", rule.state().slot("p0", "m"), slot);
    assertThat(rule.state().steps("p0")).isEqualTo(2);
    assertThat(rule.steps()).isEqualTo(2);
    Parameters unknown =
        Parameters.of(Parameter.of("new", Nd4j.ones(2), Nd4j.ones(2)), parameters.get(1));
    assertThatThrownBy(() -> rule.step(unknown)).hasMessage("on purpose");
    assertThat(rule.state().parameters()).containsExactly("p0", "p1");
    fails[0] = false;
    run(rule, parameters, 2, 3);
    assertThat(rule.state().steps("p0")).isEqualTo(3);
  }

  private static double failing(boolean[] fails, double value) {
    if (fails[0]) {
      throw new IllegalStateException("on purpose");
    }
    return value;
  }

  @Test
  void whatThrowsInAStepLeavesEverythingAsItWas() {
    boolean[] fails = {false};
    assertUntouched(
        UpdateRule.of("scalar", 0.1, f -> {
          Slot m = f.slot("m");
          f.subtract(f.scalar("x", s -> failing(fails, 0.1)).times(m.set(m.plus(f.gradient()))));
        }),
        fails);
    assertUntouched(
        UpdateRule.of("either", 0.1, f -> {
          Slot m = f.slot("m");
          Term next = m.set(m.plus(f.gradient()));
          f.subtract(f.either(s -> failing(fails, 1) > 0, next, f.gradient()));
        }),
        fails);
    assertUntouched(
        UpdateRule.of("rate", 0.1, f -> {
          Slot m = f.slot("m");
          f.adjustLearningRate(s -> failing(fails, 0.1));
          f.subtract(f.learningRate().times(m.set(m.plus(f.gradient()))));
        }),
        fails);
    assertUntouched(
        UpdateRule.of("norms", 0.1, f -> {
          Slot m = f.slot("m");
          Term next = m.set(m.plus(f.gradient()));
          f.subtract(f.ofNorms("x", n -> failing(fails, 0.1), next).times(next));
        }),
        fails);
    assertUntouched(
        UpdateRule.of("modelNorms", 0.1, f -> {
          Slot m = f.slot("m");
          Term next = m.set(m.plus(f.gradient()));
          f.subtract(f.ofModelNorms("x", n -> failing(fails, 0.1), next).times(next));
        }),
        fails);
    assertUntouched(
        UpdateRule.of(
            "whole",
            0.1,
            f -> f.wholeParameter(w -> {
              w.slot("m", w.value().shape()).addi(1);
              w.value().addi(1);
              if (w.name().equals("p1")) {
                failing(fails, 0);
              }
            })),
        fails);
  }

  @Test
  void anAdjustedRateThatIsNoneFailsTheStep() {
    for (double rate : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      UpdateRule rule = UpdateRule.of("Own", 0.1, f -> {
        f.adjustLearningRate(s -> s.t() < 3 ? s.learningRate() : rate);
        f.subtract(f.learningRate().times(f.gradient()));
      });
      Parameters parameters = model(DataType.FLOAT);
      run(rule, parameters, 0, 2);
      List<INDArray> before = values(parameters);
      assertThatThrownBy(() -> rule.step(parameters))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("formula Own: adjustLearningRate gave " + rate
              + " at step 3 at learning rate 0.1, expected a finite number >= 0");
      assertSame("parameters", parameters, before);
    }
  }

  @Test
  void whatAWholeParameterDoesWrongIsNamed() {
    UpdateRule grows = UpdateRule.of(
        "Own", 0.1, f -> f.wholeParameter(w -> w.slot("m", w.t(), 2).addi(1)));
    Parameters parameters = model(DataType.FLOAT);
    grows.step(parameters);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> grows.step(parameters))
        .withMessage(
            "slot 'm' of parameter 'p0' has shape [2, 2], expected [1, 2] as at its first step");
    UpdateRule closes =
        UpdateRule.of("Own", 0.1, f -> f.wholeParameter(w -> w.value().close()));
    assertThatThrownBy(() -> closes.step(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'p0' has been closed");
    for (String name : new String[] {"", "a/b", "a.b", "descent4j json", null}) {
      UpdateRule named = UpdateRule.of("Own", 0.1, f -> f.wholeParameter(w -> w.slot(name, 1)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> named.step(parameters))
          .withMessage("slot of parameter 'p0' is '" + name + "', expected letters and digits");
    }
    assertThat(grows.steps()).isEqualTo(1);
  }
}
