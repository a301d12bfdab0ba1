package io.github.descent4j.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Sums over the model, and numbers that a rule remembers between steps. */
class RememberedTest {

  @Test
  void sumsAndNormsAreOverAllParametersAndTheirNumbersAreRemembered() {
    UpdateRule rule = UpdateRule.of("Remembering", 1, f -> {
      Remembered total = f.remembered("total", 100);
      Remembered norm = f.remembered("norm", 0);
      Measure sum = f.modelSum(f.gradient());
      Measure length = f.modelNorm(f.gradient());
      f.renew(r -> {
        r.set(total, r.before(total) + r.learningRate() * r.of(sum));
        r.set(norm, r.of(length));
      });
      f.subtract(f.renewed("step", r -> r.before(total) - r.after(total)));
    });
    INDArray wide = Nd4j.zeros(DataType.DOUBLE, 2);
    INDArray narrow = Nd4j.zeros(DataType.FLOAT, 2);
    Parameters parameters = Parameters.of(
        Parameter.of("wide", wide, Nd4j.createFromArray(3.0, -4.0)),
        Parameter.of("narrow", narrow, Nd4j.createFromArray(12f, 0f)));
    assertThat(rule.remembered()).containsEntry("total", 100.0).containsEntry("norm", 0.0);
    rule.step(parameters);
    assertThat(rule.remembered()).containsEntry("total", 111.0).containsEntry("norm", 13.0);
    assertThat(wide.toDoubleVector()).containsOnly(11);
    assertThat(narrow.toDoubleVector()).containsOnly(11);
    rule.scheduled(step -> 0.5).step(parameters);
    assertThat(rule.remembered()).containsEntry("total", 116.5).containsEntry("norm", 13.0);
    assertThat(wide.toDoubleVector()).containsOnly(16.5);
  }

  @Test
  void errorsNameWhatWasExpected() {
    refused("renew: expected remembered(...) and renew(...), or none of both", f -> {
      f.remembered("n", 0);
      f.subtract(f.gradient());
    });
    refused("renew: expected remembered(...) and renew(...), or none of both", f -> {
      f.renew(r -> {});
      f.subtract(f.gradient());
    });
    refused("renew: expected a modelSum(...) or modelNorm(...) to renew by, found none", f -> {
      f.remembered("n", 0);
      f.renew(r -> {});
      f.subtract(f.gradient());
    });
    refused("renew: expected one renewal", f -> {
      f.renew(r -> {});
      f.renew(r -> {});
    });
    refused("remembered 'n': expected a name that no other has", f -> {
      f.remembered("n", 0);
      f.remembered("n", 1);
    });
    refused(
        "remembered 'n': expected a finite initial value, found NaN",
        f -> f.remembered("n", Double.NaN));
    refused("renewed 'n': expected a name that no other scalar has", f -> {
      f.renewed("n", r -> 1);
      f.renewed("n", r -> 1);
    });
    refused(
        "modelSum: expected a term that is not made of norms, found 'n'",
        f -> f.modelSum(f.renewed("n", r -> 1)));
    refused("wholeParameter: expected no remembered(...) and no norms or sums beside it", f -> {
      f.remembered("n", 0);
      f.wholeParameter(w -> {});
    });
  }

  @Test
  void whatIsOfAnotherFormulaIsRefused() {
    Remembered[] other = {null};
    Measure[] measure = {null};
    UpdateRule.of("Other", 1, f -> {
      other[0] = f.remembered("n", 0);
      measure[0] = f.modelSum(f.gradient());
      f.renew(r -> {});
      f.subtract(f.gradient());
    });
    String problem = "formula Own: renew: expected what is of this formula, found what is of Other";
    for (Consumer<Renewal> renewal :
        List.<Consumer<Renewal>>of(r -> r.set(other[0], 1), r -> r.of(measure[0]))) {
      UpdateRule rule = UpdateRule.of("Own", 1, f -> {
        f.remembered("n", 0);
        f.modelSum(f.gradient());
        f.renew(renewal);
        f.subtract(f.gradient());
      });
      assertThatIllegalArgumentException()
          .isThrownBy(() -> rule.step(Parameters.of(Parameter.of("w", Nd4j.ones(2), Nd4j.ones(2)))))
          .withMessage(problem);
      assertThat(rule.steps()).isZero();
    }
  }

  /** What is not set by a step stays what it was. */
  @Test
  void whatIsNotRenewedStays() {
    List<Double> seen = new ArrayList<>();
    UpdateRule rule = UpdateRule.of("Own", 1, f -> {
      Remembered number = f.remembered("n", 3);
      Measure sum = f.modelSum(f.gradient());
      f.renew(r -> {
        seen.add(r.before(number));
        if (r.of(sum) > 2) {
          r.set(number, r.of(sum));
        }
        seen.add(r.after(number));
      });
      f.subtract(f.scalar("before", s -> s.before(number)).times(f.gradient()));
    });
    INDArray value = Nd4j.zeros(DataType.DOUBLE, 2);
    INDArray gradient = Nd4j.ones(DataType.DOUBLE, 2);
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    rule.step(parameters);
    gradient.assign(4);
    rule.step(parameters);
    gradient.assign(1);
    rule.step(parameters);
    assertThat(seen).containsExactly(3.0, 3.0, 3.0, 8.0, 8.0, 8.0);
    // 3 * 1 + 3 * 4 + 8 * 1: what a number was before each step.
    assertThat(value.toDoubleVector()).containsOnly(-23);
  }

  /** What a renewal had set before it failed is forgotten by the next step, and not only by what is remembered. */
  @Test
  void aRenewalThatFailsLeavesNothing() {
    List<Double> seen = new ArrayList<>();
    UpdateRule rule = UpdateRule.of("Own", 1, f -> {
      Remembered number = f.remembered("n", 3);
      f.modelSum(f.gradient());
      f.renew(r -> {
        seen.add(r.after(number));
        if (seen.size() == 1) {
          r.set(number, 50);
          throw new IllegalStateException("once");
        }
      });
      f.subtract(f.gradient());
    });
    Parameters parameters = Parameters.of(Parameter.of("w", Nd4j.ones(2), Nd4j.ones(2)));
    assertThatIllegalStateException().isThrownBy(() -> rule.step(parameters)).withMessage("once");
    assertThat(rule.remembered()).containsEntry("n", 3.0);
    rule.step(parameters);
    assertThat(seen).containsExactly(3.0, 3.0);
    assertThat(rule.remembered()).containsEntry("n", 3.0);
  }

  private static void refused(String problem, Consumer<Formula> definition) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpdateRule.of("Own", 0.1, definition))
        .withMessage("formula Own: " + problem);
  }
}
