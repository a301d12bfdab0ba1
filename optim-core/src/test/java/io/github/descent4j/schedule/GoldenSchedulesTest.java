package io.github.descent4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Golden;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rates of PyTorch, Dive into Deep Learning and the lecture, file by file. */
class GoldenSchedulesTest {

  /** File name to the schedule made of its hyperparameters and the rate given to the optimizer. */
  private static final Map<String, BiFunction<JsonNode, Double, Schedule>> SCHEDULES =
      Map.ofEntries(
          Map.entry(
              "cosine_annealing_lr",
              (h, lr) -> Schedules.cosine(lr, real(h, "eta_min"), whole(h, "T_max"))),
          Map.entry("cosine_warm_restarts", GoldenSchedulesTest::warmRestarts),
          Map.entry("cosine_warm_restarts_mult2", GoldenSchedulesTest::warmRestarts),
          Map.entry(
              "cyclic_lr_triangular",
              (h, lr) -> Schedules.triangular(
                  real(h, "base_lr"),
                  real(h, "max_lr"),
                  whole(h, "step_size_up"),
                  whole(h, "step_size_up"))),
          Map.entry(
              "cyclic_lr_triangular2",
              (h, lr) -> Schedules.triangular2(
                  real(h, "base_lr"),
                  real(h, "max_lr"),
                  whole(h, "step_size_up"),
                  whole(h, "step_size_down"))),
          Map.entry(
              "exponential_formula",
              (h, lr) -> Schedules.exponentialDecay(real(h, "eta0"), real(h, "lambda"))),
          Map.entry("exponential_lr", (h, lr) -> Schedules.factor(lr, real(h, "gamma"))),
          Map.entry(
              "factor_formula",
              (h, lr) ->
                  Schedules.factor(real(h, "base_lr"), real(h, "factor"), real(h, "stop_lr"))),
          Map.entry(
              "linear_lr_warmup",
              (h, lr) -> Schedules.linear(
                  lr * real(h, "start_factor"),
                  lr * real(h, "end_factor"),
                  whole(h, "total_iters"))),
          Map.entry(
              "multi_step_lr",
              (h, lr) ->
                  Schedules.multiStep(lr, real(h, "gamma"), Golden.shape(h.get("milestones")))),
          Map.entry("one_cycle_lr", (h, lr) -> oneCycle(h).annealing(Annealing.COSINE)),
          Map.entry("one_cycle_lr_linear", (h, lr) -> oneCycle(h).annealing(Annealing.LINEAR)),
          Map.entry(
              "piecewise_constant",
              (h, lr) -> Schedules.piecewiseConstant(
                  Golden.shape(h.get("boundaries")), Golden.numbers(h.get("rates")))),
          Map.entry(
              "polynomial_formula",
              (h, lr) ->
                  Schedules.polynomialDecay(real(h, "eta0"), real(h, "beta"), real(h, "alpha"))),
          Map.entry("polynomial_lr_linear", GoldenSchedulesTest::polynomial),
          Map.entry("polynomial_lr_power2", GoldenSchedulesTest::polynomial),
          Map.entry(
              "step_lr", (h, lr) -> Schedules.step(lr, whole(h, "step_size"), real(h, "gamma"))),
          Map.entry("warmup_cosine_formula", (h, lr) -> warmupCosine(h)));

  /** Columns of rates; the old rate at a boundary is the reading that we do not take. */
  private static final List<String> RATES =
      List.of("lr", "lr_closed_form", "eta", "eta_new_rate_at_boundary");

  static Set<String> files() {
    return new TreeSet<>(SCHEDULES.keySet());
  }

  @ParameterizedTest
  @MethodSource("files")
  void ratesAgree(String file) {
    JsonNode golden = Golden.read("schedules/" + file + ".json");
    Schedule schedule = SCHEDULES
        .get(file)
        .apply(golden.get("hyperparameters"), golden.path("optimizer_lr").asDouble());

    List<String> columns = RATES.stream().filter(golden::has).toList();
    assertThat(columns).isNotEmpty();
    for (String column : columns) {
      double[] expected = Golden.numbers(golden.get(column));
      assertThat(expected).hasSizeGreaterThanOrEqualTo(20);
      for (int t = 0; t < expected.length; t++) {
        double actual = schedule.at(t);
        assertThat(Golden.close(actual, expected[t]))
            .as("%s %s[%d]: %s, expected %s", file, column, t, actual, expected[t])
            .isTrue();
      }
    }
  }

  @Test
  void stepsAreCountedFromZero() {
    List<String> withSteps = files().stream()
        .filter(file -> Golden.read("schedules/" + file + ".json").has("t"))
        .toList();
    assertThat(withSteps).hasSize(5);
    for (String file : withSteps) {
      long[] t = Golden.shape(Golden.read("schedules/" + file + ".json").get("t"));
      long[] positions = new long[t.length];
      Arrays.setAll(positions, i -> i);
      assertThat(t).as(file).isEqualTo(positions);
    }
  }

  @Test
  void everyFileIsConsumed() {
    Set<String> consumed = files();
    consumed.addAll(ReduceOnPlateauTest.GOLDEN_FILES);
    assertThat(Golden.names("schedules"))
        .containsExactlyInAnyOrderElementsOf(consumed)
        .hasSize(20);
  }

  private static Schedule warmRestarts(JsonNode h, double rate) {
    return Schedules.cosineWarmRestarts(
        rate, real(h, "eta_min"), whole(h, "T_0"), whole(h, "T_mult"));
  }

  private static OneCycle oneCycle(JsonNode h) {
    return Schedules.oneCycle(real(h, "max_lr"), whole(h, "total_steps"))
        .pctStart(real(h, "pct_start"))
        .divFactor(real(h, "div_factor"))
        .finalDivFactor(real(h, "final_div_factor"));
  }

  private static Schedule polynomial(JsonNode h, double rate) {
    return Schedules.polynomial(rate, 0, whole(h, "total_iters"), real(h, "power"));
  }

  private static Schedule warmupCosine(JsonNode h) {
    long warmup = whole(h, "warmup_steps");
    double rate = real(h, "base_lr");
    return Schedules.linearWarmup(warmup, real(h, "warmup_begin_lr"), rate)
        .then(Schedules.cosine(rate, real(h, "final_lr"), whole(h, "max_update") - warmup));
  }

  private static double real(JsonNode hyperparameters, String name) {
    return hyperparameters.required(name).doubleValue();
  }

  private static long whole(JsonNode hyperparameters, String name) {
    return hyperparameters.required(name).longValue();
  }
}
