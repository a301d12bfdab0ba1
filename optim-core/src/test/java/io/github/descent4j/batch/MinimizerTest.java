package io.github.descent4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.constraint.Projection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What holds for every method, whatever the function. */
@Timeout(120)
class MinimizerTest {

  /** All methods: Newton's with a ridge, because without one it is at the minimum of a quadratic at once. */
  static List<Minimizer> methods() {
    return List.of(
        new GradientDescent(),
        GradientDescent.builder().lineSearch(new FixedStep(0.1)).build(),
        new ConjugateGradient(),
        ConjugateGradient.builder()
            .beta(ConjugateGradient.Beta.FLETCHER_REEVES)
            .restartAfter(5)
            .orthogonality(0.2)
            .build(),
        ConjugateGradient.builder()
            .beta(ConjugateGradient.Beta.HESTENES_STIEFEL)
            .build(),
        new Bfgs(),
        Bfgs.builder().lineSearch(new Backtracking()).build(),
        new LBfgs(),
        LBfgs.builder().lineSearch(new HagerZhang()).build(),
        LBfgs.builder().lineSearch(new FixedStep(1)).build(),
        new NewtonCg(),
        NewtonCg.builder().globalization(NewtonCg.Globalization.LINE_SEARCH).build(),
        Newton.builder().ridge(0.5).build(),
        OwlQn.builder(0).build(),
        ProjectedGradient.builder(
                Projection.box(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY))
            .build(),
        ProjectedLBfgs.builder().build());
  }

  /** Gradients, with the Hessian of a problem. */
  private static Objective objective(Objective gradients, Problem problem) {
    return gradients
        .withHessian(problem.withItsHessian().hessian().orElseThrow())
        .withDifferencedHessianProduct();
  }

  /** A function of one variable with its second derivative. */
  static Objective objective(Objective gradients, DoubleUnaryOperator second) {
    return gradients
        .withHessian((parameters, hessian) -> hessian.putScalar(
            0, 0, second.applyAsDouble(parameters.get(0).value().getDouble(0))))
        .withDifferencedHessianProduct();
  }

  /** A function of one variable, from value and derivative. */
  static Objective of(DoubleUnaryOperator value, DoubleUnaryOperator derivative) {
    return parameters -> {
      double x = parameters.get(0).value().getDouble(0);
      parameters.get(0).gradient().putScalar(0, derivative.applyAsDouble(x));
      return value.applyAsDouble(x);
    };
  }

  @ParameterizedTest
  @MethodSource("methods")
  void findsTheMinimumOfAQuadratic(Minimizer method) {
    Problem problem = Problem.quadratic(6, 1, 5);
    Parameters parameters = Problem.at(1, -2, 3, -4, 5, -6);
    MinimizerResult result = method.minimize(objective(problem, problem), parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(result.converged()).isTrue();
    double[] gradient = new double[6];
    assertThat(problem.value(Problem.where(parameters), gradient)).isEqualTo(result.value());
    assertThat(Vectors.maxNorm(gradient)).isLessThanOrEqualTo(1e-5);
    assertThat(result.history()).hasSize(result.iterations() + 1);
    assertThat(result.history().get(0).stepLength()).isEqualTo(0.0);
    assertThat(parameters.get(0).gradient().toDoubleVector()).isEqualTo(gradient);
  }

  /** The same bits, run after run. */
  @ParameterizedTest
  @MethodSource("methods")
  void givesTheSameBitsAgain(Minimizer method) {
    List<MinimizerResult> results = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      Problem problem = Problem.quadratic(9, 2, 5);
      results.add(method.minimize(objective(problem, problem), Problem.at(new double[9])));
    }
    assertThat(results.get(0)).isEqualTo(results.get(1));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aListenerThatStopsLeavesTheBestPoint(Minimizer method) {
    Problem problem = Problem.quadratic(5, 3, 5);
    Parameters parameters = Problem.at(3, 3, 3, 3, 3);
    List<double[]> told = new ArrayList<>();
    MinimizerResult result = method.minimize(objective(problem, problem), parameters, iteration -> {
      double[] here = Problem.where(parameters);
      double[] gradient = new double[5];
      // Parameters and gradients are those of the iteration.
      assertThat(problem.value(here, gradient)).isEqualTo(iteration.value());
      assertThat(parameters.get(0).gradient().toDoubleVector()).isEqualTo(gradient);
      told.add(here);
      return iteration.number() < 2;
    });
    assertThat(result.reason()).isEqualTo(StopReason.STOPPED);
    assertThat(told).hasSize(3);
    assertThat(problem.value(Problem.where(parameters), new double[5])).isEqualTo(result.value());
    assertThat(result.value()).isLessThanOrEqualTo(result.history().get(2).value());
  }

  /** The lowest of all points evaluated, those that a search has tried and left included. */
  @ParameterizedTest
  @MethodSource("methods")
  void aListenerThatStopsLeavesTheLowestOfAllPoints(Minimizer method) {
    int stopped = 0;
    for (int seed = 0; seed < 30; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int n = 2 * random.nextInt(1, 6);
      Problem problem = seed % 2 == 0 ? new Problem.Rosenbrock() : Problem.quadratic(n, seed, 1000);
      Parameters parameters = Problem.at(random.doubles(n, -2, 2).toArray());
      List<double[]> points = new ArrayList<>();
      List<Double> values = new ArrayList<>();
      Objective watched = all -> {
        double value = problem.evaluate(all);
        points.add(Problem.where(all));
        values.add(value);
        return value;
      };
      Objective whole = watched
          .withHessian(problem.withItsHessian().hessian().orElseThrow())
          .withHessianProduct(problem.withItsHessian().hessianProduct().orElseThrow());
      int last = random.nextInt(8);
      MinimizerResult result =
          method.minimize(whole, parameters, iteration -> iteration.number() < last);
      String what = method + ", seed " + seed + ": " + result;
      stopped += result.reason() == StopReason.STOPPED ? 1 : 0;
      double lowest =
          values.stream().filter(Double::isFinite).min(Double::compare).orElseThrow();
      // Values that differ by rounding alone are the same.
      double rounding = 64 * 0x1p-52 * Math.max(1, Math.abs(lowest));
      assertThat(result.value()).as(what).isLessThanOrEqualTo(lowest + rounding);
      assertThat(values.get(indexOf(points, Problem.where(parameters))))
          .as(what)
          .isEqualTo(result.value());
    }
    assertThat(stopped).as("%s", method).isGreaterThan(15);
  }

  private static int indexOf(List<double[]> points, double[] point) {
    for (int i = 0; i < points.size(); i++) {
      if (Arrays.equals(points.get(i), point)) {
        return i;
      }
    }
    throw new AssertionError("no such point: " + Arrays.toString(point));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void anExceptionLeavesTheBestPoint(Minimizer method) {
    Problem problem = Problem.quadratic(5, 3, 5);
    Parameters parameters = Problem.at(3, 3, 3, 3, 3);
    double[] lowest = {Double.POSITIVE_INFINITY};
    int[] calls = {0};
    Objective failing = all -> {
      if (++calls[0] > 5) {
        all.get(0).value().assign(77);
        throw new UnsupportedOperationException("disk full");
      }
      double value = problem.evaluate(all);
      lowest[0] = Math.min(lowest[0], value);
      return value;
    };
    assertThatThrownBy(() -> method.minimize(objective(failing, problem), parameters))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("disk full");
    assertThat(problem.value(Problem.where(parameters), new double[5]))
        .isLessThanOrEqualTo(problem.value(new double[] {3, 3, 3, 3, 3}, new double[5]));
    if (!(method instanceof NewtonCg)) {
      assertThat(problem.value(Problem.where(parameters), new double[5])).isEqualTo(lowest[0]);
    }
  }

  @Test
  void limitsEndIt() {
    Parameters parameters = Problem.at(-1.2, 1);
    MinimizerResult one =
        LBfgs.builder().maxEvaluations(1).build().minimize(new Problem.Rosenbrock(), parameters);
    assertThat(one.reason()).isEqualTo(StopReason.EVALUATION_LIMIT);
    assertThat(one.evaluations()).isEqualTo(1);
    assertThat(Problem.where(parameters)).isEqualTo(new double[] {-1.2, 1});
    MinimizerResult some =
        LBfgs.builder().maxIterations(4).build().minimize(new Problem.Rosenbrock(), parameters);
    assertThat(some.reason()).isEqualTo(StopReason.ITERATION_LIMIT);
    assertThat(some.iterations()).isEqualTo(4);
  }

  @Test
  void toleratesValuesAndSteps() {
    MinimizerResult byValue = LBfgs.builder()
        .gradientTolerance(0)
        .valueTolerance(1e-6)
        .build()
        .minimize(Problem.quadratic(8, 4, 100), Problem.at(new double[8]));
    assertThat(byValue.reason()).isEqualTo(StopReason.VALUE);
    MinimizerResult byStep = LBfgs.builder()
        .gradientTolerance(0)
        .stepTolerance(1e-6)
        .build()
        .minimize(Problem.quadratic(8, 4, 100), Problem.at(new double[8]));
    assertThat(byStep.reason()).isEqualTo(StopReason.STEP);
  }

  /** -log(1 - x) - 5 x: not a number beyond 1, infinite at it. */
  @ParameterizedTest
  @MethodSource("methods")
  void stepsBackFromWhereThereIsNoValue(Minimizer method) {
    Objective barrier = of(x -> -Math.log(1 - x) - 5 * x, x -> 1 / (1 - x) - 5);
    Parameters parameters = Problem.at(-3);
    MinimizerResult result =
        method.minimize(objective(barrier, x -> 1 / (1 - x) / (1 - x)), parameters);
    // A step of 0.1, whatever comes, goes round and round the minimum.
    boolean blind = method.toString().contains("FixedStep(step=0.1)");
    assertThat(result.reason())
        .as("%s %s", method, result)
        .isEqualTo(blind ? StopReason.ITERATION_LIMIT : StopReason.GRADIENT);
    assertThat(Problem.where(parameters)[0]).isCloseTo(0.8, within(blind ? 0.3 : 1e-4));
  }

  private static Offset<Double> within(double distance) {
    return Offset.offset(distance);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aStartWithoutValueIsAnError(Minimizer method) {
    Parameters parameters = Problem.at(2);
    Objective noValue = objective(of(x -> Double.NaN, x -> 1), x -> 0);
    assertThatThrownBy(() -> method.minimize(noValue, parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("value of the objective at the start is NaN, expected a finite number");
    Objective noGradient = objective(of(x -> 1, x -> Double.POSITIVE_INFINITY), x -> 0);
    assertThatThrownBy(() -> method.minimize(noGradient, parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "gradient of parameter 'x' has an element Infinity at the start, expected finite"
                + " numbers");
    assertThat(Problem.where(parameters)).isEqualTo(new double[] {2});
    Objective line = objective(of(x -> 1, x -> 1), x -> 0);
    assertThatThrownBy(() -> method.minimize(line, Problem.at(Double.NaN)))
        .hasMessage(
            "value of parameter 'x' has an element NaN at the start, expected finite numbers");
  }

  /** What no method can do anything about. */
  private enum Hostile {
    WRONG_SIGN(1),
    FLAT(1),
    STATIONARY(1),
    JUMP(-2),
    LINE(0),
    PARABOLA(1),
    DROWNED(3),
    NOISY(3),
    CREEPING(1);

    private final double start;

    Hostile(double start) {
      this.start = start;
    }

    double secondDerivative() {
      return switch (this) {
        case WRONG_SIGN, PARABOLA -> -2;
        case FLAT, STATIONARY, JUMP, LINE, CREEPING -> 0;
        case DROWNED, NOISY -> 2;
      };
    }

    Objective objective() {
      SplittableRandom random = new SplittableRandom(5);
      return switch (this) {
        case WRONG_SIGN -> of(x -> x * x, x -> -2 * x);
        case FLAT -> of(x -> 3, x -> 1);
        case STATIONARY -> of(x -> 3, x -> 0);
        // A step down to the right of 0, and its slope as if there were none.
        case JUMP -> of(x -> x < 0 ? -x : 5 - x, x -> -1);
        case LINE -> of(x -> -x, x -> -1);
        case PARABOLA -> of(x -> -x * x, x -> -2 * x);
        // 1e20 plus what is less than its rounding: the value never changes.
        case DROWNED -> of(x -> 1e20 + x * x, x -> 2 * x);
        // Noise as large as the function.
        case NOISY -> of(x -> x * x + random.nextDouble(), x -> 2 * x + random.nextDouble());
        // Falls by a rounding at every call, wherever that is.
        case CREEPING -> {
          double[] last = {3};
          yield of(x -> last[0] = Math.nextDown(last[0]), x -> 1);
        }
      };
    }
  }

  /** Why each of the methods, in their order, ends on each of the functions. */
  private static final String REASONS = """
      NO_PROGRESS NO_PROGRESS GRADIENT ITERATION_LIMIT UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      ITERATION_LIMIT NO_PROGRESS GRADIENT ITERATION_LIMIT ITERATION_LIMIT UNBOUNDED GRADIENT ITERATION_LIMIT NO_PROGRESS
      NO_PROGRESS NO_PROGRESS GRADIENT NO_PROGRESS UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      NO_PROGRESS NO_PROGRESS GRADIENT NO_PROGRESS UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      NO_PROGRESS NO_PROGRESS GRADIENT NO_PROGRESS UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      NO_PROGRESS NO_PROGRESS GRADIENT NO_PROGRESS UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      NO_PROGRESS NO_PROGRESS GRADIENT ITERATION_LIMIT UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      NO_PROGRESS NO_PROGRESS GRADIENT NO_PROGRESS UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      LINE_SEARCH_FAILED LINE_SEARCH_FAILED GRADIENT UNBOUNDED UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED LINE_SEARCH_FAILED
      NOT_A_DESCENT_DIRECTION NO_PROGRESS GRADIENT ITERATION_LIMIT ITERATION_LIMIT UNBOUNDED GRADIENT ITERATION_LIMIT NO_PROGRESS
      LINE_SEARCH_FAILED LINE_SEARCH_FAILED GRADIENT ITERATION_LIMIT UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED LINE_SEARCH_FAILED
      NO_PROGRESS NO_PROGRESS GRADIENT ITERATION_LIMIT UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      NO_PROGRESS NO_PROGRESS GRADIENT ITERATION_LIMIT UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      LINE_SEARCH_FAILED NO_PROGRESS GRADIENT ITERATION_LIMIT UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      NO_PROGRESS NO_PROGRESS GRADIENT ITERATION_LIMIT UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      NO_PROGRESS NO_PROGRESS GRADIENT ITERATION_LIMIT UNBOUNDED UNBOUNDED GRADIENT LINE_SEARCH_FAILED NO_PROGRESS
      """;

  @Test
  void endsOnHostileFunctionsForTheRightReason() {
    StringBuilder found = new StringBuilder();
    for (Minimizer method : methods()) {
      List<String> reasons = new ArrayList<>();
      for (Hostile function : Hostile.values()) {
        MinimizerResult result = runAndCheckBest(method, function);
        reasons.add(result.reason().name());
      }
      found.append(String.join(" ", reasons)).append('\n');
    }
    assertThat(found.toString()).isEqualTo(REASONS);
  }

  /** Runs, and checks that the parameters end at the best of all points that the method has evaluated. */
  private static MinimizerResult runAndCheckBest(Minimizer method, Hostile function) {
    Objective plain = function.objective();
    Parameters parameters = Problem.at(function.start);
    List<double[]> seen = new ArrayList<>();
    Objective watched = all -> {
      double value = plain.evaluate(all);
      seen.add(new double[] {value, all.get(0).value().getDouble(0)});
      return value;
    };
    // Evaluations for products are none of the search.
    HessianProduct product =
        plain.withDifferencedHessianProduct().hessianProduct().orElseThrow();
    Objective whole = objective(watched, x -> function.secondDerivative());
    MinimizerResult result = method.minimize(whole.withHessianProduct(product), parameters);
    String what = method + " on " + function + ": " + result;
    assertThat(result.iterations()).as(what).isLessThanOrEqualTo(1000);
    assertThat(result.evaluations()).as(what).isEqualTo(seen.size()).isLessThan(65_000);
    double lowest = seen.stream()
        .mapToDouble(each -> each[0])
        .filter(Double::isFinite)
        .min()
        .orElseThrow();
    double here = Problem.where(parameters)[0];
    // Values that differ by rounding alone are the same.
    assertThat(result.value())
        .as(what)
        .isLessThanOrEqualTo(lowest + 16 * 0x1p-52 * Math.abs(lowest));
    assertThat(seen).as(what).anyMatch(each -> each[0] == result.value() && each[1] == here);
    return result;
  }

  /** Arrays of every type and order, views, scalars and empty ones: they are paired by index. */
  @ParameterizedTest
  @MethodSource("methods")
  void takesArraysOfAnyLayout(Minimizer method) {
    INDArray buffer = Nd4j.zeros(DataType.DOUBLE, 4, 6);
    INDArray view = buffer.get(NDArrayIndex.interval(1, 3), NDArrayIndex.interval(0, 2, 6));
    INDArray stretch = Nd4j.zeros(DataType.DOUBLE, 9).get(NDArrayIndex.interval(4, 7));
    Parameters parameters = Parameters.of(
        Parameter.of("view", view, Nd4j.zeros(DataType.DOUBLE, 2, 3)),
        Parameter.of("stretch", stretch, Nd4j.zeros(DataType.DOUBLE, 3)),
        Parameter.of(
            "columns",
            Nd4j.create(DataType.DOUBLE, new long[] {3, 2}, 'f'),
            Nd4j.create(DataType.DOUBLE, new long[] {3, 2}, 'c')),
        Parameter.of("float", Nd4j.create(DataType.FLOAT, 2, 2), Nd4j.create(DataType.FLOAT, 2, 2)),
        Parameter.of("scalar", Nd4j.scalar(DataType.DOUBLE, 7), Nd4j.scalar(DataType.DOUBLE, 0)),
        Parameter.of(
            "empty", Nd4j.create(DataType.DOUBLE, 0, 3), Nd4j.create(DataType.DOUBLE, 0, 3)));
    Objective objective = all -> {
      double value = 0;
      double first = 1;
      for (Parameter parameter : all) {
        INDArray x = parameter.value();
        if (x.isEmpty()) {
          continue;
        }
        INDArray target = Nd4j.linspace(first, first + x.length() - 1, x.length(), x.dataType())
            .reshape('c', x.shape());
        first += x.length();
        INDArray error = x.sub(target);
        double factor = 1 + x.rank();
        value += factor / 2 * error.mul(error).sumNumber().doubleValue();
        parameter.gradient().assign(error.mul(factor));
      }
      return value;
    };
    HessianFunction hessian = (all, matrix) -> {
      int row = 0;
      for (Parameter parameter : all) {
        INDArray x = parameter.value();
        for (int i = 0; !x.isEmpty() && i < x.length(); i++, row++) {
          matrix.putScalar(row, row, 1 + x.rank());
        }
      }
    };
    MinimizerResult result =
        method.minimize(objective.withHessian(hessian).withDifferencedHessianProduct(), parameters);
    assertThat(result.value()).as("%s %s", method, result).isLessThan(1e-6);
    assertThat(view.getDouble(1, 0)).isCloseTo(4, within(1e-3));
    assertThat(buffer.getDouble(2, 0)).isCloseTo(4, within(1e-3));
    assertThat(buffer.getDouble(0, 0)).isEqualTo(0.0);
    assertThat(stretch.getDouble(2)).isCloseTo(9, within(1e-3));
    assertThat(parameters.get("columns").value().getDouble(1, 0)).isCloseTo(12, within(1e-3));
    assertThat(parameters.get("scalar").value().getDouble(0)).isCloseTo(20, within(1e-3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLOAT", "HALF", "BFLOAT16"})
  void worksInCoarserTypes(String type) {
    Parameters parameters = Problem.at(DataType.valueOf(type), -1.2, 1);
    MinimizerResult result = LBfgs.builder().build().minimize(new Problem.Rosenbrock(), parameters);
    double limit = type.equals("FLOAT") ? 1e-6 : type.equals("HALF") ? 0.3 : 5;
    assertThat(result.value()).as("%s", result).isLessThan(limit);
    assertThat(new Problem.Rosenbrock().value(Problem.where(parameters), new double[2]))
        .isEqualTo(result.value());
  }

  @Test
  void asksForWhatIsMissing() {
    assertThatThrownBy(() -> new Newton().minimize(new Problem.Booth(), Problem.at(0, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("objective has no Hessian, expected one for Newton: withHessian");
    assertThatThrownBy(() -> new NewtonCg().minimize(new Problem.Booth(), Problem.at(0, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("withDifferencedHessianProduct");
    assertThatThrownBy(() -> new LBfgs().minimize(new Problem.Booth(), Parameters.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameters have 0 elements together, expected from 1 to 2147483639");
    assertThatThrownBy(() -> new LBfgs().minimize(null, Problem.at(0)))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("objective is null, expected a function to minimize");
    Parameters closed = Problem.at(1, 2);
    closed.get(0).value().close();
    assertThatThrownBy(() -> new LBfgs().minimize(new Problem.Booth(), closed))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("value of parameter 'x' has been closed, expected an open array");
  }

  @Test
  void checksSettings() {
    assertThatThrownBy(() -> LBfgs.builder().history(0).build())
        .hasMessage("history is 0, expected a number >= 1");
    assertThatThrownBy(() -> Bfgs.builder().gradientTolerance(-1).build())
        .hasMessage("gradientTolerance is -1.0, expected a finite number >= 0");
    assertThatThrownBy(() -> new FixedStep(0))
        .hasMessage("step is 0.0, expected a finite number > 0");
    assertThatThrownBy(() -> MoreThuente.builder().maxStep(0).build())
        .hasMessage("maxStep is 0.0, expected a finite number > minStep = 0.0");
    assertThatThrownBy(() -> HagerZhang.builder().curvature(0.05).build())
        .hasMessage("curvature is 0.05, expected a number in [sufficientDecrease = 0.1, 1)");
    assertThatThrownBy(() -> Backtracking.builder().shrink(1).build())
        .hasMessage("shrink is 1.0, expected a number in (0, 1)");
    assertThatThrownBy(() -> ProjectedLBfgs.builder().bounds(1, 0))
        .hasMessage("lower is 1.0, expected a number <= upper = 0.0");
    assertThatThrownBy(() -> Projection.box(1, 0))
        .hasMessage("lower is 1.0, expected a number <= upper = 0.0");
    assertThatThrownBy(() -> ProjectedLBfgs.builder()
            .lower(Nd4j.zeros(DataType.DOUBLE, 2))
            .build()
            .minimize(Problem.quadratic(3, 1, 2), Problem.at(0, 0, 0)))
        .hasMessage("lower bound of parameter 'x' has shape [2], expected [3] as the value");
    assertThatThrownBy(() -> NewtonCg.builder().maxRadius(0.5).build())
        .hasMessage("maxRadius is 0.5, expected a finite number >= initialRadius = 1.0");
    assertThatThrownBy(() -> OwlQn.builder(-1).build())
        .hasMessage("l1 is -1.0, expected a finite number >= 0");
  }

  /** The penalty is of the parameters that are asked for alone. */
  @Test
  void penalizesWhatIsAskedFor() {
    Parameters parameters = Parameters.of(
        Parameter.of("w", Nd4j.zeros(DataType.DOUBLE, 1), Nd4j.zeros(DataType.DOUBLE, 1)),
        Parameter.of("b", Nd4j.zeros(DataType.DOUBLE, 1), Nd4j.zeros(DataType.DOUBLE, 1)));
    Objective objective = all -> {
      double value = 0;
      for (Parameter parameter : all) {
        double error = parameter.value().getDouble(0) - 0.3;
        parameter.gradient().putScalar(0, error);
        value += error * error / 2;
      }
      return value;
    };
    MinimizerResult result = OwlQn.builder(0.5)
        .penalized(parameter -> parameter.name().equals("w"))
        .build()
        .minimize(objective, parameters);
    assertThat(result.reason()).isEqualTo(StopReason.GRADIENT);
    assertThat(parameters.get("w").value().getDouble(0)).isEqualTo(0.0);
    assertThat(parameters.get("b").value().getDouble(0)).isCloseTo(0.3, within(1e-5));
    assertThat(result.value()).isCloseTo(0.045, within(1e-9));
  }

  @Test
  void namesThemselvesWithTheirSettings() {
    assertThat(new LBfgs().toString())
        .startsWith(
            "LBfgs(history=10, scaling=true, preconditioned=false, lineSearch=MoreThuente(");
    assertThat(methods().stream().map(Object::toString)).doesNotHaveDuplicates();
    assertThat(Arrays.stream(StopReason.values()).filter(StopReason::converged))
        .containsExactly(StopReason.GRADIENT, StopReason.VALUE, StopReason.STEP);
  }
}
