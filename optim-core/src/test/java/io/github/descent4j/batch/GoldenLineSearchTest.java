package io.github.descent4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The line searches against the steps and the evaluation counts of others. */
@Timeout(120)
class GoldenLineSearchTest {

  @Test
  void backtracksToArmijosCondition() {
    for (JsonNode expected : GoldenBatchTest.golden("armijo_vectors").get("cases")) {
      Problem problem = Problem.of(expected.get("problem"));
      double[] x = Golden.numbers(expected.get("x"));
      double[] direction = Golden.numbers(expected.get("direction"));
      List<Double> tried = new ArrayList<>();
      LineFunction function = ray(problem, x, direction, tried);
      LineSearch search = Backtracking.builder()
          .initialStep(expected.get("initial_step").doubleValue())
          .shrink(expected.get("shrink").doubleValue())
          .sufficientDecrease(expected.get("c1").doubleValue())
          .build();
      LineSearchResult found = search.search(
          function, expected.get("f").doubleValue(), expected.get("slope").doubleValue(), 123);
      assertThat(found.step()).isEqualTo(expected.get("accepted").doubleValue());
      List<Double> steps = new ArrayList<>();
      expected.get("tried").forEach(trial -> steps.add(trial.get("alpha").doubleValue()));
      assertThat(tried).isEqualTo(steps);
      assertThat(found.evaluations()).isEqualTo(steps.size());
    }
  }

  private static LineFunction ray(
      Problem problem, double[] x, double[] direction, List<Double> tried) {
    double[] gradient = new double[x.length];
    return new LineFunction() {
      @Override
      public double value(double step) {
        tried.add(step);
        double[] point = new double[x.length];
        Vectors.move(point, x, step, direction);
        Arrays.fill(gradient, 0);
        return problem.value(point, gradient);
      }

      @Override
      public double slope() {
        return Vectors.dot(gradient, direction);
      }
    };
  }

  @Test
  void searchesAsMoreAndThuenteDid() {
    for (JsonNode expected : GoldenBatchTest.golden("more_thuente_tables").get("cases")) {
      String table = expected.get("table").textValue();
      double start = expected.get("start").doubleValue();
      double mu = expected.get("mu").doubleValue();
      double eta = expected.get("eta").doubleValue();
      List<Double> tried = new ArrayList<>();
      TableFunction function = new TableFunction(table, tried);
      double value = function.at(0);
      double slope = function.slope();
      LineSearchResult found = MoreThuente.builder()
          .sufficientDecrease(mu)
          .curvature(eta)
          .minStep(expected.get("alpha_min").doubleValue())
          .maxStep(expected.get("alpha_max").doubleValue())
          .build()
          .search(function, value, slope, start);
      String row = "table " + table + " from " + start;
      double[] steps = Golden.numbers(expected.get("trial_steps"));
      assertThat(tried).as(row).hasSize(steps.length);
      for (int i = 0; i < steps.length; i++) {
        assertThat(Math.abs(tried.get(i) - steps[i]))
            .as("%s, step %s is %s, expected %s", row, i, tried.get(i), steps[i])
            .isLessThanOrEqualTo(1e-6 * steps[i]);
      }
      assertThat(found.evaluations()).isEqualTo(expected.get("evaluations").intValue());
      assertWolfe(row, function, found, value, slope, mu, eta);
    }
  }

  /** Evaluations that the paper prints, for the tables that the golden file lacks. */
  @Test
  void takesAsManyEvaluationsAsThePaper() {
    Map<String, int[]> printed = new TreeMap<>(Map.of(
        "I", new int[] {6, 3, 1, 4},
        "II", new int[] {12, 8, 8, 11},
        "III", new int[] {12, 12, 10, 13},
        "IV", new int[] {4, 1, 3, 4},
        "V", new int[] {6, 3, 7, 8},
        "VI", new int[] {13, 11, 8, 11}));
    printed.forEach((table, counts) -> {
      double mu = List.of("II", "III").contains(table) ? 0.1 : 1e-3;
      double eta = List.of("I", "II", "III").contains(table) ? 0.1 : 1e-3;
      double[] starts = {1e-3, 1e-1, 1e1, 1e3};
      for (int i = 0; i < counts.length; i++) {
        TableFunction function = new TableFunction(table, new ArrayList<>());
        double value = function.at(0);
        double slope = function.slope();
        LineSearchResult found = MoreThuente.builder()
            .sufficientDecrease(mu)
            .curvature(eta)
            .maxStep(4 * Math.max(1, starts[i]))
            .build()
            .search(function, value, slope, starts[i]);
        String row = "table " + table + " from " + starts[i];
        assertThat(found.evaluations()).as(row).isEqualTo(counts[i]);
        assertWolfe(row, function, found, value, slope, mu, eta);
      }
    });
  }

  /** Its conditions are not the strong ones: the slope at the end may be steep and positive. */
  @Test
  void hagerAndZhangFindsWolfeSteps() {
    for (JsonNode expected : GoldenBatchTest.golden("more_thuente_tables").get("cases")) {
      TableFunction function =
          new TableFunction(expected.get("table").textValue(), new ArrayList<>());
      double value = function.at(0);
      double slope = function.slope();
      LineSearchResult found =
          new HagerZhang().search(function, value, slope, expected.get("start").doubleValue());
      assertThat(found.status()).isEqualTo(LineSearchResult.Status.FOUND);
      double there = function.at(found.step());
      assertThat(there).isEqualTo(found.value()).isLessThan(value);
      assertThat(function.slope()).isGreaterThanOrEqualTo(0.9 * slope);
      assertThat(found.evaluations()).isLessThanOrEqualTo(20);
    }
  }

  private static void assertWolfe(
      String row,
      TableFunction function,
      LineSearchResult found,
      double value,
      double slope,
      double mu,
      double eta) {
    assertThat(found.status()).as(row).isEqualTo(LineSearchResult.Status.FOUND);
    double there = function.at(found.step());
    assertThat(found.value()).as(row).isEqualTo(there);
    assertThat(there).as(row).isLessThanOrEqualTo(value + mu * found.step() * slope);
    assertThat(Math.abs(function.slope())).as(row).isLessThanOrEqualTo(eta * Math.abs(slope));
  }

  /** The functions of Moré and Thuente's tables. */
  private static final class TableFunction implements LineFunction {
    private final String table;
    private final List<Double> tried;
    private double slope;

    TableFunction(String table, List<Double> tried) {
      this.table = table;
      this.tried = tried;
    }

    @Override
    public double value(double a) {
      tried.add(a);
      return at(a);
    }

    @Override
    public double slope() {
      return slope;
    }

    double at(double a) {
      return switch (table) {
        case "I" -> {
          slope = (a * a - 2) / ((a * a + 2) * (a * a + 2));
          yield -a / (a * a + 2);
        }
        case "II" -> {
          double b = a + 0.004;
          slope = 5 * Math.pow(b, 4) - 8 * Math.pow(b, 3);
          yield Math.pow(b, 5) - 2 * Math.pow(b, 4);
        }
        case "III" -> {
          double b = 0.01;
          double l = 39;
          double bent = 2 * (1 - b) / (l * Math.PI) * Math.sin(l * Math.PI * a / 2);
          double bentSlope = (1 - b) * Math.cos(l * Math.PI * a / 2);
          if (a <= 1 - b) {
            slope = -1 + bentSlope;
            yield 1 - a + bent;
          }
          if (a >= 1 + b) {
            slope = 1 + bentSlope;
            yield a - 1 + bent;
          }
          slope = (a - 1) / b + bentSlope;
          yield (a - 1) * (a - 1) / (2 * b) + b / 2 + bent;
        }
        case "IV" -> yanai(a, 0.001, 0.001);
        case "V" -> yanai(a, 0.01, 0.001);
        default -> yanai(a, 0.001, 0.01);
      };
    }

    private double yanai(double a, double b1, double b2) {
      double g1 = Math.sqrt(1 + b1 * b1) - b1;
      double g2 = Math.sqrt(1 + b2 * b2) - b2;
      double r1 = Math.sqrt((1 - a) * (1 - a) + b2 * b2);
      double r2 = Math.sqrt(a * a + b1 * b1);
      slope = g1 * (a - 1) / r1 + g2 * a / r2;
      return g1 * r1 + g2 * r2;
    }
  }
}
