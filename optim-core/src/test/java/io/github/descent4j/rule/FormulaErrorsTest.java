package io.github.descent4j.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
  void theEndsOfTheRangesAreInThemOrNot() {
    Object[][] right = {
      {Range.FRACTION, 0.0},
      {Range.FRACTION, Math.nextDown(1.0)},
      {Range.UNIT, 0.0},
      {Range.UNIT, 1.0},
      {Range.POSITIVE, Double.MIN_VALUE},
      {Range.AT_LEAST_ZERO, 0.0},
      {Range.atLeast(2), 2.0},
      {Range.FINITE, -Double.MAX_VALUE}
    };
    for (Object[] one : right) {
      Range range = (Range) one[0];
      assertThat(range.require("x", (double) one[1])).isEqualTo((double) one[1]);
    }
    Object[][] wrong = {
      {Range.FRACTION, -Double.MIN_VALUE},
      {Range.UNIT, -Double.MIN_VALUE},
      {Range.UNIT, Math.nextUp(1.0)},
      {Range.POSITIVE, Double.POSITIVE_INFINITY},
      {Range.atLeast(2), Double.POSITIVE_INFINITY}
    };
    for (Object[] one : wrong) {
      Range range = (Range) one[0];
      assertThatIllegalArgumentException()
          .isThrownBy(() -> range.require("x", (double) one[1]))
          .withMessage("x is " + one[1] + ", expected " + range);
    }
    assertThat(Range.UNIT).hasToString("a number in [0, 1]");
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
    noNull("rate is null, expected a function of the step", f -> f.adjustLearningRate(null));
    noNull("reason is null, expected a text", f -> f.requireEveryRow(null));
    noNull("reason is null, expected a text", f -> f.startFromValues(null));
    noNull("becomes is null, expected a renewal", f -> f.renew(null));
    noNull("value is null, expected a function of the renewal", f -> f.renewed("n", null));
    noNull("value is null, expected a function of norms", f -> f.ofNorms("n", null, f.gradient()));
    noNull(
        "condition is null, expected a predicate of the step",
        f -> f.either(null, f.gradient(), f.parameter()));
  }

  private static void noNull(String message, Consumer<Formula> definition) {
    assertThatNullPointerException()
        .isThrownBy(() -> UpdateRule.of("Own", 0.1, definition))
        .withMessage(message);
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
    refused("wholeParameter: expected no remembered(...) and no norms or sums beside it", f -> {
      f.modelSum(f.gradient());
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
  void whatIsMadeOfAnotherFormulaIsNotMeasuredNorSet() {
    Term[] other = {null};
    UpdateRule.of("Other", 0.1, f -> {
      other[0] = f.gradient().times(2);
      f.subtract(other[0]);
    });
    refused(
        "modelNorm: expected a term of this formula, found 'g * 2' of another",
        f -> f.modelNorm(other[0]));
    refused(
        "either: expected a term of this formula, found 'g * 2' of another",
        f -> f.either(s -> true, f.gradient(), other[0]));
    refused(
        "mix: expected a term of this formula, found 'g * 2' of another",
        f -> f.gradient().mix(f.constant(0.5), other[0]));
    refused(
        "set: expected a term of this formula, found 'g * 2' of another",
        f -> f.numberSlot("n").set(other[0]));
  }

  @Test
  void eightChoicesMayBe() {
    UpdateRule rule = UpdateRule.of("Own", 0.1, f -> {
      Term term = f.gradient();
      for (int i = 0; i < 8; i++) {
        term = f.either(s -> false, f.parameter(), term.plus(1));
      }
      f.update(term);
    });
    INDArray value = Nd4j.zeros(2);
    rule.step(Parameters.of(Parameter.of("w", value, Nd4j.ones(2))));
    assertThat(value.toDoubleVector()).containsOnly(9);
  }

  /** What a definition is told of the parts that it has made. */
  @Test
  void thePartsOfAFormulaTellWhatTheyAre() {
    UpdateRule.of("Own", 0.1, f -> {
      Slot slot = f.slot("m", 0.5);
      NumberSlot number = f.numberSlot("n");
      Remembered remembered = f.remembered("r", 2);
      assertThat(f).hasToString("Own");
      assertThat(slot.name()).isEqualTo("m");
      assertThat(slot.initialValue()).isEqualTo(0.5);
      assertThat(number.name()).isEqualTo("n");
      assertThat(remembered.name()).isEqualTo("r");
      assertThat(remembered.initialValue()).isEqualTo(2);
      assertThat(remembered).hasToString("r");
      assertThat(f.constant(0.25).value()).isEqualTo(0.25);
      assertThat(f.hyperparameter("beta", 0.75, Range.FRACTION).complement())
          .hasToString("1 - beta");
      assertThat(slot.set(f.gradient())).hasToString("g");
      assertThat(number.set(number.plus(1))).hasToString("n + 1");
      assertThat(f.subtract(f.gradient())).hasToString("p - g");
      f.modelSum(f.gradient());
      f.renew(r -> {});
    });
  }

  @Test
  void aStepTellsWhichItIs() {
    List<String> steps = new ArrayList<>();
    List<Double> corrections = new ArrayList<>();
    UpdateRule rule = UpdateRule.of("Own", 0.5, f -> {
      Scalar beta = f.hyperparameter("beta", 0.75, Range.FRACTION);
      Scalar seen = f.scalar("seen", s -> {
        steps.add(s.t() + " " + s);
        corrections.add(s.biasCorrection(0.5));
        corrections.add(s.biasCorrection(beta));
        return 0;
      });
      f.subtract(seen.times(f.gradient()));
    });
    Parameters parameters = Parameters.of(Parameter.of("w", Nd4j.ones(2), Nd4j.ones(2)));
    rule.step(parameters);
    rule.scheduled(step -> 0.25).step(parameters);
    assertThat(steps)
        .containsExactly("1 step 1 at learning rate 0.5", "2 step 2 at learning rate 0.25");
    assertThat(corrections).containsExactly(0.5, 0.25, 0.75, 0.4375);
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
    assertLate("hyperparameter" + late, () -> f.option("x", 1));
    assertLate("slot" + late, () -> f.numberSlot("x"));
    assertLate("requireEveryRow" + late, () -> f.requireEveryRow("x"));
    assertLate("startFromValues" + late, () -> f.startFromValues("x"));
    assertLate("remembered" + late, () -> f.remembered("x", 1));
    assertLate("renew" + late, () -> f.renew(r -> {}));
    assertLate("renewed" + late, () -> f.renewed("x", r -> 1));
    assertLate("modelSum" + late, () -> f.modelSum(f.gradient()));
    assertLate("modelNorm" + late, () -> f.modelNorm(f.gradient()));
    assertThat(rule.state().parameters()).isEmpty();
  }

  private static void assertLate(String problem, Runnable call) {
    assertThatIllegalArgumentException()
        .isThrownBy(call::run)
        .withMessage("formula Own: " + problem);
  }
}
