package io.github.descent4j.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors of a formula come when the rule is made, and name the formula, the operation and what was expected. */
class FormulaErrorsTest {

  private static void refused(String problem, Consumer<Formula> definition) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpdateRule.of("Own", 0.1, definition))
        .withMessage("formula Own: " + problem);
  }

  @Test
  void nothingIsUpdated() {
    refused(
        "definition: expected subtract(...), update(...) or wholeParameter(...), found none",
        f -> f.hyperparameter("beta", 0.5, Range.FRACTION));
  }

  @Test
  void aSlotIsNeverSet() {
    refused("slot 'm': expected set(...) to say what it becomes, found none", f -> {
      Slot m = f.slot("m");
      f.subtract(m.plus(f.gradient()));
    });
  }

  @Test
  void somethingIsSetTwice() {
    refused("set of the slot 'm': expected one value, found a second: g + 1", f -> {
      Slot m = f.slot("m");
      m.set(f.gradient());
      m.set(f.gradient().plus(1));
    });
    refused("set of the parameter: expected one value, found a second: p - g", f -> {
      f.update(f.gradient());
      f.subtract(f.gradient());
    });
  }

  @Test
  void aTermIsOfAnotherFormula() {
    Term[] other = {null};
    UpdateRule.of("Other", 0.1, f -> {
      other[0] = f.gradient().times(2);
      f.subtract(other[0]);
    });
    refused(
        "subtract: expected a term of this formula, found 'g * 2' of another",
        f -> f.subtract(other[0]));
    refused(
        "plus: expected a term of this formula, found 'g * 2' of another",
        f -> f.gradient().plus(other[0]));
    refused(
        "ofNorms: expected a term of this formula, found 'g * 2' of another",
        f -> f.ofNorms("n", n -> n[0], other[0]));
    refused(
        "either: expected a term of this formula, found 'g * 2' of another",
        f -> f.either(s -> true, other[0], f.gradient()));
    refused(
        "times: expected a term of this formula, found null", f -> f.gradient().times(null));
    refused(
        "mix: expected a term of this formula, found null",
        f -> f.gradient().mix(null, f.gradient()));
    refused("set: expected a term of this formula, found null", f -> f.slot("m").set(null));
  }

  @Test
  void twoHaveOneName() {
    refused(
        "hyperparameter 'beta': expected a name that no other hyperparameter has, nor one of "
            + UpdateRule.RESERVED,
        f -> {
          f.hyperparameter("beta", 0.5, Range.FRACTION);
          f.option("beta", true);
        });
    refused("slot 'm': expected a name that no other slot has, nor master", f -> {
      f.slot("m");
      f.slot("m", 1);
    });
    refused("scalar 'x': expected a name that no other scalar has", f -> {
      f.scalar("x", s -> 1);
      f.scalar("x", s -> 2);
    });
    refused("ofNorms 'x': expected at least one term, and a name of its own", f -> {
      f.scalar("x", s -> 1);
      f.ofNorms("x", n -> n[0], f.gradient());
    });
  }

  @Test
  void reservedNames() {
    for (String name : UpdateRule.RESERVED) {
      refused(
          "hyperparameter '" + name
              + "': expected a name that no other hyperparameter has, nor one of "
              + UpdateRule.RESERVED,
          f -> f.hyperparameter(name, 0.5, Range.FRACTION));
    }
    refused(
        "slot 'master': expected a name that no other slot has, nor master", f -> f.slot("master"));
    assertThat(UpdateRule.RESERVED)
        .containsExactlyInAnyOrder("learningRate", "weightDecay", "masterValues", "rowUpdate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1st", "two words", "a.b", "a/b", "ä"})
  void namesAreWords(String name) {
    String found = ": expected a name of letters and digits, found '" + name + "'";
    refused("slot" + found, f -> f.slot(name));
    refused("hyperparameter" + found, f -> f.hyperparameter(name, 0.5, Range.FRACTION));
    refused("hyperparameter" + found, f -> f.option(name, true));
    refused("scalar" + found, f -> f.scalar(name, s -> 1));
    refused("ofNorms" + found, f -> f.ofNorms(name, n -> 1, f.gradient()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1st", "two words", "a/b", "ä", ".a"})
  void idsAreWordsWithDots(String id) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpdateRule.of(id, 0.1, f -> f.subtract(f.gradient())))
        .withMessage("id of an update rule is '" + id + "', expected letters, digits and dots");
    assertThat(UpdateRule.of("org.example.Own2", 0.1, f -> f.subtract(f.gradient())))
        .hasToString("org.example.Own2(learningRate=0.1, weightDecay=none)");
  }

  @Test
  void valuesAreInTheirRanges() {
    Object[][] wrong = {
      {Range.FRACTION, 1.0, "a number in [0, 1)"},
      {Range.UNIT, 1.5, "a number in [0, 1]"},
      {Range.POSITIVE, 0.0, "a finite number > 0"},
      {Range.AT_LEAST_ZERO, -1.0, "a finite number >= 0"},
      {Range.atLeast(2), 1.5, "a finite number >= 2.0"},
      {Range.FINITE, Double.NaN, "a finite number"},
      {Range.FINITE, Double.NEGATIVE_INFINITY, "a finite number"}
    };
    for (Object[] one : wrong) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> UpdateRule.of(
              "Own", 0.1, f -> f.hyperparameter("beta", (double) one[1], (Range) one[0])))
          .withMessage("beta is " + one[1] + ", expected " + one[2]);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpdateRule.of("Own", 0.1, f -> f.epsilon("epsilon", 0)))
        .withMessage("epsilon is 0.0, expected a finite number > 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpdateRule.of("Own", -1, f -> f.subtract(f.gradient())))
        .withMessage("learningRate is -1.0, expected a finite number >= 0");
    refused("slot 'm': expected a finite initial value, found NaN", f -> f.slot("m", Double.NaN));
  }

  @Test
  void nothingIsNull() {
    assertThatNullPointerException()
        .isThrownBy(() -> UpdateRule.of(null, 0.1, f -> f.subtract(f.gradient())))
        .withMessage("id of an update rule is null, expected a name");
    assertThatNullPointerException()
        .isThrownBy(() -> UpdateRule.of("Own", 0.1, null))
        .withMessage("definition of Own is null, expected a formula");
    assertThatNullPointerException()
        .isThrownBy(() -> UpdateRule.of("Own", 0.1, f -> f.hyperparameter("beta", 0.5, null)))
        .withMessage("range of beta is null, expected a range");
    assertThatNullPointerException()
        .isThrownBy(() -> UpdateRule.of("Own", 0.1, f -> f.option("mode", null)))
        .withMessage("mode is null, expected a value");
    assertThatNullPointerException()
        .isThrownBy(() -> UpdateRule.of("Own", 0.1, f -> f.scalar("x", null)))
        .withMessage("value is null, expected a function of the step");
    assertThatNullPointerException()
        .isThrownBy(() -> UpdateRule.of("Own", 0.1, f -> f.wholeParameter(null)))
        .withMessage("update is null, expected an update of a whole parameter");
  }

  @Test
  void aWholeParameterHasNoElementsBesideIt() {
    String problem =
        "wholeParameter: expected no slot(...), subtract(...) or update(...) beside it";
    refused(problem, f -> {
      f.wholeParameter(w -> {});
      f.subtract(f.gradient());
    });
    refused(problem, f -> {
      f.slot("m");
      f.wholeParameter(w -> {});
    });
    refused("wholeParameter: expected one update", f -> {
      f.wholeParameter(w -> {});
      f.wholeParameter(w -> {});
    });
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpdateRule.define("Own", 0.1, f -> f.wholeParameter(w -> {}))
            .masterValues(true)
            .build())
        .withMessage(
            "masterValues is true, expected false for Own, which updates whole parameters");
  }

  @Test
  void normsAreOfTermsWithoutNorms() {
    refused("ofNorms 'y': expected terms that are not made of norms", f -> {
      Scalar x = f.ofNorms("x", n -> n[0], f.gradient());
      f.ofNorms("y", n -> n[0], f.gradient().times(x));
    });
    refused(
        "ofNorms 'x': expected at least one term, and a name of its own",
        f -> f.ofNorms("x", n -> 1));
  }

  @Test
  void thereAreAtMostEightChoices() {
    refused("either: expected at most 8 choices", f -> {
      Term term = f.gradient();
      for (int i = 0; i < 9; i++) {
        term = f.either(s -> true, term, f.parameter());
      }
    });
  }

  @Test
  void aNumberOfTheStepHasNoValueYet() {
    assertThatIllegalStateException()
        .isThrownBy(() -> UpdateRule.of("Own", 0.1, f -> f.learningRate().value()))
        .withMessage("scalar lr depends on the step, expected a hyperparameter or constant");
  }

  @Test
  void aFormulaThatIsCompleteTakesNothingMore() {
    Formula[] kept = {null};
    Slot[] slot = {null};
    UpdateRule rule = UpdateRule.of("Own", 0.1, f -> {
      kept[0] = f;
      slot[0] = f.slot("m");
      f.subtract(slot[0].set(f.gradient()));
    });
    String late = ": expected a call in the definition, found one after it has returned";
    Formula f = kept[0];
    assertLate("slot" + late, () -> f.slot("v"));
    assertLate("scalar" + late, () -> f.scalar("x", s -> 1));
    assertLate("hyperparameter" + late, () -> f.hyperparameter("x", 1, Range.FINITE));
    assertLate("ofNorms" + late, () -> f.ofNorms("x", n -> 1, f.gradient()));
    assertLate("either" + late, () -> f.either(s -> true, f.gradient(), f.gradient()));
    assertLate("wholeParameter" + late, () -> f.wholeParameter(w -> {}));
    assertLate("adjustLearningRate" + late, () -> f.adjustLearningRate(s -> 1));
    assertLate("set of the slot 'm'" + late, () -> slot[0].set(f.gradient()));
    assertLate("set of the parameter" + late, () -> f.subtract(f.gradient()));
    assertLate("learningRate" + late, f::learningRate);
    assertThat(rule.state().parameters()).isEmpty();
  }

  private static void assertLate(String problem, Runnable call) {
    assertThatIllegalArgumentException()
        .isThrownBy(call::run)
        .withMessage("formula Own: " + problem);
  }
}
