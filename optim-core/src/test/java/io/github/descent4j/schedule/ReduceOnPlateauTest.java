package io.github.descent4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Golden;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Sgd;
import io.github.descent4j.schedule.ReduceOnPlateau.Mode;
import io.github.descent4j.schedule.ReduceOnPlateau.State;
import io.github.descent4j.schedule.ReduceOnPlateau.ThresholdMode;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReduceOnPlateauTest {

  static final List<String> GOLDEN_FILES =
      List.of("reduce_on_plateau", "reduce_on_plateau_max_cooldown");

  @ParameterizedTest
  @FieldSource("GOLDEN_FILES")
  void agreesWithPyTorchAfterEachMetric(String file) {
    JsonNode golden = Golden.read("schedules/" + file + ".json");
    ReduceOnPlateau plateau =
        fromPyTorch(golden.get("hyperparameters"), golden.get("base_lr").doubleValue());
    double[] metrics = Golden.numbers(golden.get("metrics"));
    assertThat(metrics).hasSizeGreaterThanOrEqualTo(20);

    for (int k = 0; k < metrics.length; k++) {
      double returned = plateau.update(metrics[k]);

      double expected = golden.get("lr_after").get(k).doubleValue();
      assertThat(Golden.close(returned, expected))
          .as("rate %d: %s, expected %s", k, returned, expected)
          .isTrue();
      assertThat(plateau.learningRate()).isEqualTo(returned);
      assertThat(plateau.best()).isEqualTo(golden.get("best_after").get(k).doubleValue());
      assertThat(plateau.badEpochs())
          .isEqualTo(golden.get("num_bad_epochs_after").get(k).intValue());
      assertThat(plateau.remainingCooldown())
          .isEqualTo(golden.get("cooldown_after").get(k).intValue());
    }
  }

  private static ReduceOnPlateau fromPyTorch(JsonNode h, double learningRate) {
    return ReduceOnPlateau.builder()
        .learningRate(learningRate)
        .mode(Mode.valueOf(h.get("mode").textValue().toUpperCase(Locale.ROOT)))
        .factor(h.get("factor").doubleValue())
        .patience(h.get("patience").intValue())
        .threshold(h.get("threshold").doubleValue())
        .thresholdMode(
            h.get("threshold_mode").textValue().equals("rel")
                ? ThresholdMode.RELATIVE
                : ThresholdMode.ABSOLUTE)
        .cooldown(h.get("cooldown").intValue())
        .minimumRate(h.get("min_lr").doubleValue())
        .epsilon(h.get("eps").doubleValue())
        .build();
  }

  @Test
  void defaultsArePyTorchs() {
    ReduceOnPlateau plateau = ReduceOnPlateau.builder().learningRate(1).build();
    assertThat(plateau.state()).isEqualTo(new State(1, Double.POSITIVE_INFINITY, 0, 0));

    plateau.update(1);
    plateau.update(0.99991); // within the threshold of 1e-4, relative: bad
    assertThat(plateau.badEpochs()).isEqualTo(1);
    plateau.update(0.9998); // better
    assertThat(plateau.state()).isEqualTo(new State(1, 0.9998, 0, 0));

    for (int bad = 1; bad <= 10; bad++) {
      assertThat(plateau.update(1)).isEqualTo(1);
      assertThat(plateau.badEpochs()).isEqualTo(bad);
    }
    assertThat(plateau.update(1)).isEqualTo(0.1);
    assertThat(plateau.remainingCooldown()).isZero();
  }

  @Test
  void absoluteThresholdIsInTheMetricsUnit() {
    ReduceOnPlateau min =
        impatient().threshold(0.5).thresholdMode(ThresholdMode.ABSOLUTE).build();
    min.update(10);
    assertThat(min.update(9.5)).isEqualTo(0.5);
    assertThat(min.best()).isEqualTo(10);
    assertThat(min.update(9.25)).isEqualTo(0.5);
    assertThat(min.best()).isEqualTo(9.25);

    ReduceOnPlateau max = impatient()
        .mode(Mode.MAX)
        .threshold(0.5)
        .thresholdMode(ThresholdMode.ABSOLUTE)
        .build();
    max.update(10);
    max.update(10.5);
    assertThat(max.best()).isEqualTo(10);
    max.update(10.75);
    assertThat(max.best()).isEqualTo(10.75);
  }

  @Test
  void aWorseNegativeMetricIsNotBetter() {
    ReduceOnPlateau min = impatient().threshold(0.25).build();
    min.update(-8);
    min.update(-7); // PyTorch compares with -6 and would call it better
    assertThat(min.best()).isEqualTo(-8);
    min.update(-10); // not below -10
    assertThat(min.best()).isEqualTo(-8);
    min.update(-10.5);
    assertThat(min.best()).isEqualTo(-10.5);

    ReduceOnPlateau max = impatient().mode(Mode.MAX).threshold(0.25).build();
    max.update(-8);
    max.update(-9);
    assertThat(max.best()).isEqualTo(-8);
    max.update(-6);
    assertThat(max.best()).isEqualTo(-8);
    max.update(-5.5);
    assertThat(max.best()).isEqualTo(-5.5);
  }

  @Test
  void theRateStopsAtTheMinimum() {
    ReduceOnPlateau plateau = impatient().minimumRate(0.2).build();
    plateau.update(1);
    assertThat(plateau.update(1)).isEqualTo(0.5);
    assertThat(plateau.update(1)).isEqualTo(0.25);
    assertThat(plateau.update(1)).isEqualTo(0.2);
    assertThat(plateau.update(1)).isEqualTo(0.2);
  }

  @Test
  void aChangeUpToEpsilonIsNotCarriedOut() {
    ReduceOnPlateau plateau = impatient().epsilon(0.25).build();
    plateau.update(1);
    assertThat(plateau.update(1)).isEqualTo(0.5);
    assertThat(plateau.update(1)).isEqualTo(0.5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aMetricThatIsNotFiniteIsAnErrorAndChangesNothing(double metric) {
    ReduceOnPlateau plateau = impatient().build();
    plateau.update(1);
    State before = plateau.state();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> plateau.update(metric))
        .withMessage("metric is " + metric + ", expected a finite number");
    assertThat(plateau.state()).isEqualTo(before);
  }

  @Test
  void aRestoredPlateauGoesOnAsTheOriginal() {
    JsonNode golden = Golden.read("schedules/" + "reduce_on_plateau_max_cooldown" + ".json");
    double[] metrics = Golden.numbers(golden.get("metrics"));
    for (int saved = 0; saved <= metrics.length; saved++) {
      ReduceOnPlateau original = fromPyTorch(golden.get("hyperparameters"), 0.1);
      for (int k = 0; k < saved; k++) {
        original.update(metrics[k]);
      }
      ReduceOnPlateau restored = fromPyTorch(golden.get("hyperparameters"), 0.7);
      restored.restore(original.state());
      for (int k = saved; k < metrics.length; k++) {
        original.update(metrics[k]);
        restored.update(metrics[k]);
        assertThat(restored.state()).isEqualTo(original.state());
      }
    }
  }

  @Test
  void aLambdaPlugsItIntoAnOptimizer() {
    ReduceOnPlateau plateau = impatient().build();
    Optimizer optimizer = new Sgd().scheduled(step -> plateau.learningRate());
    plateau.update(1);
    assertThat(optimizer.learningRate()).isEqualTo(1);
    plateau.update(1);
    assertThat(optimizer.learningRate()).isEqualTo(0.5);
  }

  @Test
  void errorsNameTheParameter() {
    ReduceOnPlateau.Builder builder = ReduceOnPlateau.builder();
    assertThatIllegalStateException()
        .isThrownBy(builder::build)
        .withMessage("learningRate is not set, expected a finite number >= 0");

    assertError(
        () -> builder.learningRate(-0.1), "learningRate is -0.1, expected a finite number >= 0");
    assertError(
        () -> builder.learningRate(Double.NaN),
        "learningRate is NaN, expected a finite number >= 0");
    assertError(() -> builder.factor(1), "factor is 1.0, expected a number in (0, 1)");
    assertError(() -> builder.factor(0), "factor is 0.0, expected a number in (0, 1)");
    assertError(() -> builder.patience(-1), "patience is -1, expected a number >= 0");
    assertError(
        () -> builder.threshold(-1e-4), "threshold is -1.0E-4, expected a finite number >= 0");
    assertError(() -> builder.cooldown(-1), "cooldown is -1, expected a number >= 0");
    assertError(
        () -> builder.minimumRate(Double.POSITIVE_INFINITY),
        "minimumRate is Infinity, expected a finite number >= 0");
    assertError(() -> builder.epsilon(Double.NaN), "epsilon is NaN, expected a finite number >= 0");
    assertError(
        () -> builder.learningRate(0.1).minimumRate(0.2).build(),
        "minimumRate is 0.2, expected a number in [0, learningRate] = [0.0, 0.1]");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.mode(null))
        .withMessage("mode is null, expected MIN or MAX");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.thresholdMode(null))
        .withMessage("thresholdMode is null, expected RELATIVE or ABSOLUTE");
    assertThatNullPointerException()
        .isThrownBy(() -> impatient().build().restore(null))
        .withMessage("state is null, expected a saved state");

    assertError(
        () -> new State(-1, 0, 0, 0), "learningRate is -1.0, expected a finite number >= 0");
    assertError(() -> new State(1, Double.NaN, 0, 0), "best is NaN, expected a number");
    assertError(() -> new State(1, 0, -1, 0), "badEpochs is -1, expected a number >= 0");
    assertError(() -> new State(1, 0, 0, -1), "remainingCooldown is -1, expected a number >= 0");
  }

  @Test
  void itsScheduleShowsItsState() {
    ReduceOnPlateau plateau = impatient().build();
    plateau.update(3);
    assertThat(plateau.schedule())
        .hasToString(
            "plateau(State[learningRate=1.0, best=3.0, badEpochs=0, remainingCooldown=0])");
  }

  private static void assertError(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  private static ReduceOnPlateau.Builder impatient() {
    return ReduceOnPlateau.builder().learningRate(1).factor(0.5).patience(0);
  }
}
