package io.github.descent4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Golden;
import io.github.descent4j.Parameters;
import io.github.descent4j.constraint.Projection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The methods against iterates, minimizers and evaluation counts of others. */
@Timeout(120)
class GoldenBatchTest {
  private static final String HERE = "wide/batch/";

  static JsonNode golden(String name) {
    return Golden.read(HERE + name + ".json");
  }

  static List<String> names(String kind) {
    List<String> names = Golden.names(HERE).stream()
        .filter(name -> golden(name).get("kind").textValue().equals(kind))
        .toList();
    assertThat(names).isNotEmpty();
    return names;
  }

  static List<String> descents() {
    return names("descent");
  }

  @ParameterizedTest
  @MethodSource("descents")
  void followsTheIterates(String name) {
    JsonNode golden = golden(name);
    JsonNode settings = golden.get("settings");
    Problem problem = Problem.of(golden.get("problem"));
    Minimizer minimizer = minimizer(golden.get("method").textValue(), settings);
    Parameters parameters = Problem.at(Golden.numbers(golden.get("initial")));
    List<double[]> points = new ArrayList<>();
    MinimizerResult result = minimizer.minimize(problem.withItsHessian(), parameters, iteration -> {
      points.add(Problem.where(parameters));
      return true;
    });

    int compare = golden.get("compare_first").intValue();
    double rtol = golden.at("/tolerance/rtol").doubleValue();
    double[] atol = Golden.numbers(golden.at("/tolerance/atol_per_element"));
    JsonNode iterations = golden.get("iterations");
    assertThat(points).hasSizeGreaterThan(compare);
    for (int k = 0; k <= compare; k++) {
      JsonNode expected = k < iterations.size() ? iterations.get(k) : golden.get("last");
      Golden.assertClose(
          "x of iteration " + k,
          Nd4j.createFromArray(points.get(k)),
          Golden.numbers(expected.get("x")),
          rtol,
          atol);
      if (k < compare && !settings.get("line_search").textValue().equals("exact_quadratic")) {
        Iteration next = result.history().get(k + 1);
        assertThat(next.stepLength()).isEqualTo(expected.get("alpha").doubleValue());
        int tried = Math.max(1, expected.get("function_values_tried").intValue());
        assertThat(next.evaluations() - result.history().get(k).evaluations()).isEqualTo(tried);
      }
    }
  }

  private static Minimizer minimizer(String method, JsonNode settings) {
    LineSearch search = search(settings);
    double tolerance = settings.get("stop_gradient").doubleValue();
    return switch (method) {
      case "gradient_descent" ->
        GradientDescent.builder()
            .lineSearch(search)
            .gradientTolerance(tolerance)
            .build();
      case "cg" ->
        ConjugateGradient.builder()
            .beta(
                settings.get("beta").textValue().equals("FR")
                    ? ConjugateGradient.Beta.FLETCHER_REEVES
                    : ConjugateGradient.Beta.POLAK_RIBIERE_PLUS)
            .lineSearch(search)
            .gradientTolerance(tolerance)
            .build();
      case "bfgs" ->
        Bfgs.builder()
            .initialScaling(settings.get("initial_scaling").booleanValue())
            .lineSearch(search)
            .gradientTolerance(tolerance)
            .build();
      case "lbfgs" ->
        LBfgs.builder()
            .history(settings.get("memory").intValue())
            .scaling(settings.get("scale_by_last_pair").booleanValue())
            .lineSearch(search)
            .gradientTolerance(tolerance)
            .build();
      case "newton" ->
        Newton.builder()
            .ridge(settings.get("ridge").doubleValue())
            .lineSearch(search)
            .gradientTolerance(tolerance)
            .build();
      default -> throw new IllegalArgumentException(method);
    };
  }

  private static LineSearch search(JsonNode settings) {
    return switch (settings.get("line_search").textValue()) {
      case "fixed" -> new FixedStep(settings.get("step").doubleValue());
      case "armijo" ->
        Backtracking.builder()
            .initialStep(settings.get("initial_step").doubleValue())
            .shrink(settings.get("shrink").doubleValue())
            .sufficientDecrease(settings.get("c1").doubleValue())
            .build();
      default -> exactOnQuadratics();
    };
  }

  /** Of a quadratic, whose slope along a ray is a line. */
  static LineSearch exactOnQuadratics() {
    return (function, value, slope, suggested) -> {
      assertThat(function.value(1)).isFinite();
      double step = slope / (slope - function.slope());
      return new LineSearchResult(step, function.value(step), 2, LineSearchResult.Status.FOUND);
    };
  }

  /** With exact steps on a quadratic, all of these are conjugate gradients. */
  @Test
  void theConjugateMethodsAgreeOnAQuadratic() {
    JsonNode golden = golden("cg_exact_quadratic");
    double[] atol = Golden.numbers(golden.at("/tolerance/atol_per_element"));
    LineSearch exact = exactOnQuadratics();
    List<Minimizer> methods = new ArrayList<>();
    for (ConjugateGradient.Beta beta : ConjugateGradient.Beta.values()) {
      methods.add(ConjugateGradient.builder().beta(beta).lineSearch(exact).build());
    }
    methods.add(Bfgs.builder().initialScaling(false).lineSearch(exact).build());
    methods.add(LBfgs.builder().lineSearch(exact).build());
    methods.add(LBfgs.builder().scaling(false).history(1).lineSearch(exact).build());
    for (Minimizer method : methods) {
      Parameters parameters = Problem.at(Golden.numbers(golden.get("initial")));
      List<double[]> points = new ArrayList<>();
      method.minimize(Problem.of(golden.get("problem")), parameters, iteration -> {
        points.add(Problem.where(parameters));
        return true;
      });
      assertThat(points).as("%s", method).hasSizeBetween(6, 7);
      for (int k = 0; k < golden.get("iterations").size(); k++) {
        Golden.assertClose(
            method + " iteration " + k,
            Nd4j.createFromArray(points.get(k)),
            Golden.numbers(golden.get("iterations").get(k).get("x")),
            1e-9,
            atol);
      }
    }
  }

  @Test
  void multipliesByTheInverseHessian() {
    JsonNode golden = golden("inverse_hessian_updates");
    double[] gradient = Golden.numbers(golden.get("gradient"));
    JsonNode pairs = golden.get("pairs_oldest_first");
    FlatPreconditioner none = new FlatPreconditioner(null, new Layout(Problem.at(gradient)));
    for (JsonNode expected : golden.get("two_loop")) {
      int used = expected.get("newest_pairs_used").intValue();
      PairHistory history = new PairHistory(Math.max(1, used), gradient.length);
      for (int i = used == 0 ? pairs.size() : 0; i < pairs.size(); i++) {
        history.add(
            Golden.numbers(pairs.get(i).get("s")), Golden.numbers(pairs.get(i).get("y")), 0);
      }
      double[] actual = gradient.clone();
      history.multiply(actual, expected.get("scale_by_last_pair").booleanValue(), none, null);
      assertCloseToLargest(actual, Golden.numbers(expected.get("H_times_g")));
    }

    Bfgs.InverseHessian inverse =
        new Bfgs.InverseHessian(gradient.length, false, new FlatPreconditioner(null, null));
    // Gradients whose changes are those of the pairs.
    double[] there = new double[gradient.length];
    for (JsonNode pair : pairs) {
      inverse.find(null, there, new double[there.length]);
      double[] y = Golden.numbers(pair.get("y"));
      Vectors.add(there, 1, y);
      inverse.moved(there, Golden.numbers(pair.get("s")), y, 1, -1, 0);
    }
    double[] matrix = new double[25];
    for (int i = 0; i < 5; i++) {
      double[] unit = new double[5];
      unit[i] = 1;
      double[] column = new double[5];
      inverse.multiply(unit, column);
      for (int j = 0; j < 5; j++) {
        matrix[j * 5 + i] = column[j];
      }
    }
    assertCloseToLargest(matrix, Golden.numbers(golden.at("/inverse_hessian_all_pairs/data")));
  }

  private static void assertCloseToLargest(double[] actual, double[] expected) {
    double[] atol = {1e-12 * Vectors.maxNorm(expected)};
    Golden.assertClose("product", Nd4j.createFromArray(actual), expected, 0, atol);
  }

  static List<String> derivatives() {
    return names("derivatives");
  }

  /** The tests' own functions are right, and differences of gradients come close to the Hessian. */
  @ParameterizedTest
  @MethodSource("derivatives")
  void theFunctionsHaveTheirDerivatives(String name) {
    JsonNode golden = golden(name);
    Problem problem = Problem.of(golden.get("problem"));
    for (JsonNode point : golden.get("points")) {
      double[] x = Golden.numbers(point.get("x"));
      double[] gradient = new double[x.length];
      double value = problem.value(x, gradient);
      assertThat(Golden.close(value, point.get("f").doubleValue())).isTrue();
      assertCloseToLargest(gradient, Golden.numbers(point.get("gradient")));
      double[] hessian = Golden.numbers(point.get("hessian"));
      double[][] rows = new double[x.length][x.length];
      problem.hessian(x, rows);
      double[] flat = new double[x.length * x.length];
      for (int i = 0; i < x.length; i++) {
        System.arraycopy(rows[i], 0, flat, i * x.length, x.length);
      }
      assertCloseToLargest(flat, hessian);
      Parameters parameters = Problem.at(x);
      HessianProduct differenced =
          problem.withDifferencedHessianProduct().hessianProduct().orElseThrow();
      for (int i = 0; i < x.length; i++) {
        INDArray unit = Nd4j.zeros(DataType.DOUBLE, x.length).putScalar(i, 1);
        INDArray column = Nd4j.zeros(DataType.DOUBLE, x.length);
        differenced.multiply(parameters, List.of(unit), List.of(column));
        double[] expected = new double[x.length];
        System.arraycopy(hessian, i * x.length, expected, 0, x.length);
        double[] atol = {1e-8 * Vectors.maxNorm(hessian)};
        Golden.assertClose("column " + i, column, expected, 0, atol);
        assertThat(Problem.where(parameters)).isEqualTo(x);
      }
    }
  }

  static List<String> bars() {
    return names("bars");
  }

  @ParameterizedTest
  @MethodSource("bars")
  void needsNoMoreEvaluationsThanTheBar(String name) {
    JsonNode golden = golden(name);
    for (JsonNode run : golden.get("runs")) {
      JsonNode bar = run.get("bar");
      Map<String, Minimizer> methods = new TreeMap<>(Map.of(
          "quasi_newton BFGS", Bfgs.builder().gradientTolerance(1e-8).build(),
          "quasi_newton L-BFGS", LBfgs.builder().gradientTolerance(1e-8).build(),
          "quasi_newton L-BFGS Hager-Zhang",
              LBfgs.builder()
                  .gradientTolerance(1e-8)
                  .lineSearch(new HagerZhang())
                  .build(),
          "conjugate_gradient PR+",
              ConjugateGradient.builder().gradientTolerance(1e-8).build(),
          "conjugate_gradient HS",
              ConjugateGradient.builder()
                  .gradientTolerance(1e-8)
                  .beta(ConjugateGradient.Beta.HESTENES_STIEFEL)
                  .build(),
          "conjugate_gradient Newton-CG",
              NewtonCg.builder().gradientTolerance(1e-8).build(),
          "conjugate_gradient Newton-CG line search",
              NewtonCg.builder()
                  .gradientTolerance(1e-8)
                  .globalization(NewtonCg.Globalization.LINE_SEARCH)
                  .build()));
      methods.forEach((method, minimizer) -> {
        Problem problem = Problem.of(golden.get("problem"));
        Parameters parameters = Problem.at(Golden.numbers(run.get("initial")));
        MinimizerResult result = minimizer.minimize(problem.withItsHessian(), parameters);
        String family = method.substring(0, method.indexOf(' '));
        String what = name + " " + method + " " + result;
        assertThat(result.reason()).as(what).isEqualTo(StopReason.GRADIENT);
        assertThat(result.gradientNorm()).as(what).isLessThanOrEqualTo(1e-8);
        assertThat(problem.evaluationsTo1e5())
            .as(what)
            .isLessThanOrEqualTo(bar.get(family + "_evaluations_to_1e-5").doubleValue());
        assertThat(problem.evaluationsTo1e8())
            .as(what)
            .isLessThanOrEqualTo(bar.get(family + "_evaluations_to_1e-8").doubleValue());
        // The mlp is not convex, and a method may end in another minimum: all of these end in this
        // one.
        double[] within = {bar.get("x_within").doubleValue()};
        Golden.assertClose(
            what, parameters.get(0).value(), Golden.numbers(run.get("minimiser")), 0, within);
        assertThat(result.value())
            .as(what)
            .isCloseTo(run.get("minimum").doubleValue(), Offset.offset(1e-12));
      });
    }
  }

  static List<String> l1() {
    return names("l1");
  }

  @ParameterizedTest
  @MethodSource("l1")
  void findsSparseMinimizers(String name) {
    JsonNode golden = golden(name);
    double[] minimizer = Golden.numbers(golden.get("minimiser"));
    Parameters parameters = Problem.at(new double[minimizer.length]);
    MinimizerResult result = OwlQn.builder(golden.get("lambda1").doubleValue())
        .gradientTolerance(1e-10)
        .build()
        .minimize(Problem.of(golden.get("problem")), parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(Math.abs(result.value() - golden.get("minimum").doubleValue())).isLessThan(1e-13);
    Golden.assertClose(name, parameters.get(0).value(), minimizer, 0, new double[] {1e-8});
    for (JsonNode zero : golden.get("zeros")) {
      assertThat(parameters.get(0).value().getDouble(zero.intValue())).isEqualTo(0.0);
    }
  }

  static List<String> constrained() {
    return names("constrained");
  }

  @ParameterizedTest
  @MethodSource("constrained")
  void staysInsideOfSets(String name) {
    JsonNode golden = golden(name);
    Problem problem = Problem.of(golden.get("problem"));
    Projection projection = projection(golden.get("constraint"));
    double[] minimizer = Golden.numbers(golden.get("minimiser"));
    for (double step : new double[] {golden.get("step").doubleValue(), 0}) {
      ProjectedGradient.Builder builder =
          ProjectedGradient.builder(projection).gradientTolerance(step > 0 ? 1e-10 : 1e-7);
      if (step > 0) {
        builder.stepLength(step);
      }
      Parameters parameters = Problem.at(Golden.numbers(golden.get("initial")));
      List<double[]> points = new ArrayList<>();
      MinimizerResult result = builder.build().minimize(problem, parameters, iteration -> {
        points.add(Problem.where(parameters));
        return true;
      });
      assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
      // A search compares values, whose rounding hides what is left of the gradient earlier.
      double[] within = {step > 0 ? 1e-8 : 1e-6};
      Golden.assertClose(name, parameters.get(0).value(), minimizer, 0, within);
      JsonNode iterates = golden.get("iterates");
      for (int k = 0; k < iterates.size() && step > 0; k++) {
        double[] expected = Golden.numbers(iterates.get(k));
        double[] atol = {1e-12 * Vectors.maxNorm(expected)};
        Golden.assertClose(name + " " + k, Nd4j.createFromArray(points.get(k)), expected, 0, atol);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("constrained")
  void findsMinimizersInBoxes(String name) {
    JsonNode set = golden(name).get("constraint");
    boolean box = set.get("set").textValue().equals("box");
    if (!box && !set.get("set").textValue().equals("non_negative")) {
      return;
    }
    ProjectedLBfgs.Builder builder = ProjectedLBfgs.builder().gradientTolerance(1e-10);
    if (box) {
      builder
          .lower(Nd4j.createFromArray(Golden.numbers(set.get("lower"))))
          .upper(Nd4j.createFromArray(Golden.numbers(set.get("upper"))));
    } else {
      builder.bounds(0, Double.POSITIVE_INFINITY);
    }
    JsonNode golden = golden(name);
    Parameters parameters = Problem.at(Golden.numbers(golden.get("initial")));
    MinimizerResult result =
        builder.build().minimize(Problem.of(golden.get("problem")), parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(result.evaluations()).as("%s", result).isLessThan(60);
    Golden.assertClose(
        name, parameters.get(0).value(), Golden.numbers(golden.get("minimiser")), 0, new double[] {
          1e-8
        });
  }

  static Projection projection(JsonNode set) {
    return switch (set.get("set").textValue()) {
      case "non_negative" -> Projection.nonNegative();
      case "box" -> Projection.box(array(set.get("lower")), array(set.get("upper")));
      case "l2_ball" -> Projection.l2Ball(set.get("radius").doubleValue());
      case "half_space" ->
        Projection.halfSpace(array(set.get("a")), set.get("b").doubleValue());
      default -> Projection.simplex(set.get("total").doubleValue());
    };
  }

  private static INDArray array(JsonNode numbers) {
    return Nd4j.createFromArray(Golden.numbers(numbers));
  }
}
