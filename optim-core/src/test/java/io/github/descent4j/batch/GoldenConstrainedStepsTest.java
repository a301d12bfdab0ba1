package io.github.descent4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Golden;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.constraint.Penalty;
import io.github.descent4j.constraint.PenaltyResult;
import io.github.descent4j.constraint.ProximalMap;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Steps that end in a set or at a proximal point, against exact minimizers. */
class GoldenConstrainedStepsTest {

  static List<String> constrained() {
    return GoldenBatchTest.names("constrained");
  }

  @ParameterizedTest
  @MethodSource("constrained")
  void projectedGradientFindsTheMinimizerOverASet(String name) {
    JsonNode golden = GoldenBatchTest.golden(name);
    Problem problem = Problem.of(golden.get("problem"));
    Optimizer optimizer = new Sgd(golden.get("step").doubleValue())
        .projected(GoldenBatchTest.projection(golden.get("constraint")));
    Parameters parameters = Problem.at(Golden.numbers(golden.get("initial")));
    JsonNode iterates = golden.get("iterates");
    for (int k = 0; k < 3000; k++) {
      if (k < iterates.size()) {
        double[] expected = Golden.numbers(iterates.get(k));
        double[] atol = {1e-12 * Vectors.maxNorm(expected)};
        Golden.assertClose(name + " " + k, parameters.get(0).value(), expected, 0, atol);
      }
      step(problem, optimizer, parameters);
    }
    Golden.assertClose(
        name, parameters.get(0).value(), Golden.numbers(golden.get("minimiser")), 0, new double[] {
          1e-12
        });
  }

  static List<String> l1() {
    return GoldenBatchTest.names("l1");
  }

  /** With its zeros, which are exact, in either type. */
  @ParameterizedTest
  @MethodSource("l1")
  void proximalGradientFindsTheSparseMinimizer(String name) {
    JsonNode golden = GoldenBatchTest.golden(name);
    Problem problem = Problem.of(golden.get("problem"));
    double[] minimizer = Golden.numbers(golden.get("minimiser"));
    ProximalMap penalty = ProximalMap.l1(golden.get("lambda1").doubleValue());
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      // The rate of the schedule is that of the penalty, too.
      Optimizer optimizer = new Sgd(99).proximal(penalty).scheduled(step -> 0.1);
      Parameters parameters = Problem.at(type, new double[minimizer.length]);
      for (int k = 0; k < 10_000; k++) {
        step(problem, optimizer, parameters);
      }
      double tolerance = type == DataType.DOUBLE ? 1e-12 : 1e-4;
      Golden.assertClose(name, parameters.get(0).value(), minimizer, 0, new double[] {tolerance});
      for (int i = 0; i < minimizer.length; i++) {
        boolean zero = parameters.get(0).value().getDouble(i) == 0;
        assertThat(zero).as("%s %d", name, i).isEqualTo(minimizer[i] == 0);
      }
    }
  }

  /** The sets as functions: the minimizer, and multipliers that balance the gradient there. */
  @ParameterizedTest
  @MethodSource("constrained")
  void penaltiesFindTheMinimizerWithinConstraints(String name) {
    JsonNode golden = GoldenBatchTest.golden(name);
    JsonNode set = golden.get("constraint");
    Problem problem = Problem.of(golden.get("problem"));
    double[] minimizer = Golden.numbers(golden.get("minimiser"));
    Minimizer inner = LBfgs.builder().gradientTolerance(1e-9).build();
    for (boolean augmented : new boolean[] {true, false}) {
      Penalty.Builder builder = augmented
          ? Penalty.augmentedLagrangian().tolerance(1e-10)
          : Penalty.quadratic().tolerance(1e-6).maxWeight(1e7);
      Map<String, Objective> constraints = constraints(set, minimizer.length);
      constraints.forEach(builder::atMostZero);
      Penalty penalty = builder.build();
      Parameters parameters = Problem.at(Golden.numbers(golden.get("initial")));
      PenaltyResult result = penalty.minimize(inner, problem, parameters);

      String what = name + " " + penalty + " " + result;
      assertThat(result.violation()).as(what).isLessThanOrEqualTo(augmented ? 1e-10 : 1e-6);
      double tolerance = augmented ? 1e-8 : 1e-5;
      Golden.assertClose(what, parameters.get(0).value(), minimizer, 0, new double[] {tolerance});
      double minimum = golden.get("minimum").doubleValue();
      assertThat(result.value()).as(what).isCloseTo(minimum, within(tolerance));
      assertThat(penalty.multipliers()).isEqualTo(result.multipliers());

      double[] balance = Golden.numbers(golden.get("gradient_at_minimiser"));
      constraints.forEach((constraint, function) -> {
        double multiplier = result.multipliers().get(constraint);
        Parameters there = Problem.at(minimizer);
        double slack = function.evaluate(there);
        assertThat(multiplier * slack).as(what).isCloseTo(0, within(1e-6));
        assertThat(multiplier).as(what).isNotNegative();
        double[] direction = Golden.numbers(there.get(0).gradient());
        for (int i = 0; i < balance.length; i++) {
          balance[i] += multiplier * direction[i];
        }
      });
      assertThat(Vectors.maxNorm(balance)).as(what).isLessThan(augmented ? 1e-7 : 1e-4);
    }
  }

  private static Map<String, Objective> constraints(JsonNode set, int n) {
    Map<String, Objective> all = new LinkedHashMap<>();
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    switch (set.get("set").textValue()) {
      case "l2_ball" -> {
        double radius = set.get("radius").doubleValue();
        all.put("norm", parameters -> {
          double[] x = Problem.where(parameters);
          parameters.get(0).gradient().assign(parameters.get(0).value().mul(2));
          return Vectors.dot(x, x) - radius * radius;
        });
      }
      case "half_space" ->
        all.put("half-space", linear(Golden.numbers(set.get("a")), set.get("b").doubleValue()));
      case "simplex" -> {
        double total = set.get("total").doubleValue();
        double[] minus = new double[n];
        Arrays.fill(minus, -1);
        all.put("sum", linear(ones, total));
        all.put("minus sum", linear(minus, -total));
      }
      default -> {}
    }
    for (int i = 0; i < n; i++) {
      double[] unit = new double[n];
      if (set.get("set").textValue().equals("box")) {
        unit[i] = 1;
        all.put("upper " + i, linear(unit.clone(), set.get("upper").get(i).doubleValue()));
        unit[i] = -1;
        all.put("lower " + i, linear(unit, -set.get("lower").get(i).doubleValue()));
      } else if (List.of("non_negative", "simplex").contains(set.get("set").textValue())) {
        unit[i] = -1;
        all.put("negative " + i, linear(unit, 0));
      }
    }
    return all;
  }

  /** a.x - b, whose gradient is left out where it is 0. */
  private static Objective linear(double[] a, double b) {
    return parameters -> {
      for (int i = 0; i < a.length; i++) {
        if (a[i] != 0) {
          parameters.get(0).gradient().putScalar(i, a[i]);
        }
      }
      return Vectors.dot(a, Problem.where(parameters)) - b;
    };
  }

  private static void step(Problem problem, Optimizer optimizer, Parameters parameters) {
    assertThat(problem.evaluate(parameters)).isFinite();
    optimizer.step(parameters);
  }
}
