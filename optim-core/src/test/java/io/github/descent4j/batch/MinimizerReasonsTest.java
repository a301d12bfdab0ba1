package io.github.descent4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.constraint.Projection;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Functions of a scale, or with an edge, at which a search is tempted to end for a wrong reason. */
@Timeout(120)
class MinimizerReasonsTest {
  private static final Objective HALF_SQUARE = MinimizerTest.of(x -> x * x / 2, x -> x);

  /** f = c x^2 / 2: whatever c is, it has its minimum at 0. */
  private static Objective flat(double curvature) {
    return MinimizerTest.of(x -> curvature * x * x / 2, x -> curvature * x);
  }

  /** |x| with a round bottom, of any slope. */
  private static Objective huber(double slope) {
    return MinimizerTest.of(
        x -> slope * (Math.abs(x) <= 1 ? x * x / 2 : Math.abs(x) - 0.5),
        x -> slope * Math.max(-1, Math.min(1, x)));
  }

  private static double end(Parameters parameters) {
    return Problem.where(parameters)[0];
  }

  private static Offset<Double> within(double distance) {
    return Offset.offset(distance);
  }

  /** A radius that was chosen is a limit to steps, and says nothing of the function. */
  @Test
  void aChosenRadiusIsNoEndOfTheFunction() {
    Parameters parameters = Problem.at(10);
    MinimizerResult result = NewtonCg.builder()
        .maxRadius(1)
        .build()
        .minimize(HALF_SQUARE.withDifferencedHessianProduct(), parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(end(parameters)).isCloseTo(0, within(1e-5));
    for (Iteration iteration : result.history()) {
      assertThat(iteration.stepLength()).isLessThanOrEqualTo(1);
    }
  }

  /** Nor is a point far out one that a search has gone to, if it began there. */
  @ParameterizedTest
  @MethodSource("io.github.descent4j.batch.MinimizerTest#methods")
  void aStartFarOutIsNoEndOfTheFunction(Minimizer method) {
    if (method.toString().contains("FixedStep(step=0.1)")) {
      return;
    }
    Parameters parameters = Problem.at(1e13);
    MinimizerResult result =
        method.minimize(MinimizerTest.objective(HALF_SQUARE, x -> 1), parameters);
    assertThat(result.reason()).as("%s %s", method, result).isEqualTo(StopReason.GRADIENT);
    assertThat(end(parameters)).isCloseTo(0, within(1e-5));
  }

  /** A function that is nothing but a slope has no minimum, from wherever and of whatever slope. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 1e-3, 1, 1e6})
  void aSlopeHasNoMinimum(double slope) {
    Objective line = MinimizerTest.of(x -> -slope * x, x -> -slope);
    for (double start : new double[] {0, -2, 1e3}) {
      for (Minimizer method : List.of(
          limited(new Bfgs()),
          limited(new LBfgs()),
          LBfgs.builder().gradientTolerance(1e-12).lineSearch(new HagerZhang()).build(),
          ConjugateGradient.builder().gradientTolerance(1e-12).build(),
          NewtonCg.builder().gradientTolerance(1e-12).build(),
          OwlQn.builder(0).gradientTolerance(1e-12).build(),
          ProjectedGradient.builder(all -> {}).gradientTolerance(1e-12).build(),
          ProjectedLBfgs.builder().gradientTolerance(1e-12).build())) {
        MinimizerResult result =
            method.minimize(line.withDifferencedHessianProduct(), Problem.at(start));
        assertThat(result.reason())
            .as("slope %s from %s: %s %s", slope, start, method, result)
            .isEqualTo(StopReason.UNBOUNDED);
      }
    }
  }

  private static Minimizer limited(Minimizer like) {
    return like instanceof Bfgs
        ? Bfgs.builder().gradientTolerance(1e-12).build()
        : LBfgs.builder().gradientTolerance(1e-12).build();
  }

  @Test
  void aMinimumReachedByAGreatStepIsOne() {
    Parameters parameters = Problem.at(1);
    MinimizerResult result = ProjectedGradient.builder(all -> {})
        .gradientTolerance(1e-20)
        .build()
        .minimize(flat(1e-13), parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(end(parameters)).isCloseTo(0, within(1e-7));
  }

  /** Where the gradient is 0 outside of the set, its length says nothing of steps inside. */
  @Test
  void aStationaryPointOutsideOfTheSetIsLeft() {
    Parameters edge = Problem.at(0);
    MinimizerResult atEdge = ProjectedGradient.builder(Projection.box(1, 2))
        .build()
        .minimize(MinimizerTest.of(x -> x * x, x -> 2 * x), edge);
    assertThat(atEdge.reason()).as("%s", atEdge).isEqualTo(StopReason.GRADIENT);
    assertThat(end(edge)).isEqualTo(1.0);

    Parameters inner = Problem.at(0);
    MinimizerResult inside = ProjectedGradient.builder(Projection.box(1, 2))
        .build()
        .minimize(
            MinimizerTest.of(
                x -> x * x * (x - 1.5) * (x - 1.5),
                x -> 2 * x * (x - 1.5) * (x - 1.5) + 2 * x * x * (x - 1.5)),
            inner);
    assertThat(inside.reason()).as("%s", inside).isEqualTo(StopReason.GRADIENT);
    assertThat(end(inner)).isCloseTo(1.5, within(1e-4));
  }

  /** The longest step is in lengths of the direction, which is a gradient and as small as the function. */
  @Test
  void theScaleOfTheFunctionDoesNotMatter() {
    for (Minimizer method : List.of(
        LBfgs.builder().gradientTolerance(1e-20).build(),
        Bfgs.builder().gradientTolerance(1e-20).build(),
        LBfgs.builder().gradientTolerance(1e-20).lineSearch(new HagerZhang()).build(),
        ConjugateGradient.builder().gradientTolerance(1e-20).build())) {
      Parameters parameters = Problem.at(1);
      MinimizerResult result = method.minimize(flat(1e-12), parameters);
      assertThat(result.reason()).as("%s %s", method, result).isEqualTo(StopReason.GRADIENT);
      assertThat(end(parameters)).as("%s", method).isCloseTo(0, within(1e-8));
    }
  }

  /** The slope of 1e-9 is that of a function with a minimum: what the longest step passes over is only 10. */
  @Test
  void aGentleSlopeIsFollowedToItsMinimum() {
    for (Minimizer method : List.of(
        LBfgs.builder().gradientTolerance(1e-15).build(),
        Bfgs.builder().gradientTolerance(1e-15).build(),
        ConjugateGradient.builder().gradientTolerance(1e-15).build())) {
      Parameters parameters = Problem.at(1e6);
      MinimizerResult result = method.minimize(huber(1e-9), parameters);
      assertThat(result.reason()).as("%s %s", method, result).isEqualTo(StopReason.GRADIENT);
      assertThat(end(parameters)).as("%s", method).isCloseTo(0, within(1e-5));
    }
  }

  @Test
  void aChosenLongestStepIsNoEndOfTheFunction() {
    for (LineSearch search : List.of(
        MoreThuente.builder().maxStep(1).build(),
        HagerZhang.builder().maxStep(1).build())) {
      Parameters parameters = Problem.at(1000);
      MinimizerResult result =
          LBfgs.builder().lineSearch(search).build().minimize(flat(0.01), parameters);
      assertThat(result.reason()).as("%s %s", search, result).isEqualTo(StopReason.GRADIENT);
      assertThat(end(parameters)).isCloseTo(0, within(1e-2));
      // Steps are in lengths of the direction, and keep to their limit.
      assertThat(result.history()).allMatch(iteration -> iteration.stepLength() <= 1);
    }
  }

  /** A slope with a value that does not fall is no descent. */
  @Test
  void aValueThatNeverFallsIsNotUnbounded() {
    MinimizerResult result = LBfgs.builder()
        .lineSearch(new HagerZhang())
        .build()
        .minimize(MinimizerTest.of(x -> 3, x -> 1), Problem.at(1));
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.LINE_SEARCH_FAILED);
  }

  /** Falling up to where there is no value is not falling without end. */
  @Test
  void anEdgeOfTheFunctionIsNotUnbounded() {
    LineSearch patient = HagerZhang.builder().maxEvaluations(200).build();
    for (LineSearch search : List.of(patient, new HagerZhang(), new MoreThuente())) {
      MinimizerResult result = LBfgs.builder()
          .lineSearch(search)
          .build()
          .minimize(MinimizerTest.of(x -> x < 3 ? -x : Double.NaN, x -> -1), Problem.at(0));
      assertThat(result.reason()).as("%s %s", search, result).isNotEqualTo(StopReason.UNBOUNDED);
      assertThat(result.value()).as("%s %s", search, result).isCloseTo(-3, within(1e-6));
    }
  }

  @Test
  void aStartOutsideTheBoxIsMovedBeforeAnythingElse() {
    List<Double> seen = new ArrayList<>();
    Objective logarithm = MinimizerTest.of(
        x -> {
          seen.add(x);
          return x - Math.log(x);
        },
        x -> 1 - 1 / x);
    Parameters parameters = Problem.at(-1);
    MinimizerResult result =
        ProjectedLBfgs.builder().bounds(0.1, 10).build().minimize(logarithm, parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(end(parameters)).isCloseTo(1, within(1e-4));
    assertThat(seen.get(0)).isEqualTo(0.1);
    assertThat(seen).allMatch(x -> x >= 0.1 && x <= 10);
    assertThat(result.history().get(0).evaluations()).isEqualTo(1);
  }

  /** An element so close to a bound that it is not free yet has a part in what a step promises: all of it here. */
  @Test
  void anElementCloseToItsBoundGoesThere() {
    Parameters parameters = Problem.at(1e-4);
    MinimizerResult result = ProjectedLBfgs.builder()
        .bounds(0, 1)
        .build()
        .minimize(MinimizerTest.of(x -> x, x -> 1), parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(result.evaluations()).isEqualTo(2);
    assertThat(end(parameters)).isEqualTo(0.0);
  }

  @Test
  void oneEvaluationIsEnoughForAResultInTheBox() {
    Parameters parameters = Problem.at(-1);
    MinimizerResult result = ProjectedLBfgs.builder()
        .bounds(1, 2)
        .maxEvaluations(1)
        .build()
        .minimize(MinimizerTest.of(x -> x - 2 * Math.log(x), x -> 1 - 2 / x), parameters);
    assertThat(result.reason()).isEqualTo(StopReason.EVALUATION_LIMIT);
    assertThat(result.iterations()).isEqualTo(0);
    assertThat(result.evaluations()).isEqualTo(1);
    assertThat(result.value()).isEqualTo(1.0);
    assertThat(result.gradientNorm()).isEqualTo(1.0);
    assertThat(end(parameters)).isEqualTo(1.0);
    assertThat(result.history()).hasSize(1);
  }

  @Test
  void aStartWithoutValueStaysWhereItWas() {
    Parameters parameters = Problem.at(-1);
    assertThatThrownBy(() -> ProjectedLBfgs.builder()
            .bounds(1, 2)
            .build()
            .minimize(MinimizerTest.of(x -> Double.NaN, x -> 1), parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("value of the objective at the start is NaN, expected a finite number");
    assertThat(end(parameters)).isEqualTo(-1.0);
    Parameters written = Problem.at(3);
    assertThatThrownBy(() -> new LBfgs()
            .minimize(
                all -> {
                  all.get(0).value().assign(77);
                  throw new UnsupportedOperationException("disk full");
                },
                written))
        .hasMessage("disk full");
    assertThat(end(written)).isEqualTo(3.0);
  }

  /** Where nothing else was seen, the result is the start's, outside of the set as it is. */
  @Test
  void aRunThatNeverLeavesAStartOutsideReportsIt() {
    for (ProjectedGradient.Builder builder : List.of(
        ProjectedGradient.builder(Projection.box(1, 2)).maxEvaluations(1),
        ProjectedGradient.builder(Projection.box(1, 2)).maxIterations(0))) {
      Parameters parameters = Problem.at(-1);
      MinimizerResult result =
          builder.build().minimize(MinimizerTest.of(x -> x * x, x -> 2 * x), parameters);
      assertThat(result.reason().converged()).as("%s", result).isFalse();
      assertThat(result.value()).as("%s", result).isEqualTo(1.0);
      // P(-1 + 2) is 1.
      assertThat(result.gradientNorm()).as("%s", result).isEqualTo(2.0);
      assertThat(end(parameters)).isEqualTo(-1.0);
    }
    // Within the tolerance of the set and yet outside: not converged.
    MinimizerResult almost = ProjectedGradient.builder(Projection.box(1, 2))
        .maxEvaluations(1)
        .build()
        .minimize(MinimizerTest.of(x -> x, x -> 1), Problem.at(1 - 1e-9));
    assertThat(almost.reason()).as("%s", almost).isEqualTo(StopReason.EVALUATION_LIMIT);
  }

  /** The first step of 1 / 0.44 leads from 1.2 to 0, a maximum. */
  @Test
  void aStationaryPointAboveTheStartIsNoResult() {
    Objective wells = MinimizerTest.of(x -> x * x * x * x / 4 - x * x / 2, x -> x * x * x - x);
    Parameters parameters = Problem.at(1.2);
    MinimizerResult result = GradientDescent.builder()
        .lineSearch(new FixedStep(1 / 0.44))
        .build()
        .minimize(wells, parameters);
    assertThat(result.history().get(1).gradientNorm()).isLessThan(1e-5);
    assertThat(end(parameters)).isEqualTo(1.2);
    assertThat(result.gradientNorm()).isCloseTo(0.528, within(1e-12));
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.NO_PROGRESS);
  }

  /** Likewise where the value, or the point, no longer changes but is not the best one. */
  @Test
  void aPointThatStaysAboveTheStartIsNoResult() {
    // From 1.2 to where the function is flat but for a slope of 1e-9.
    Objective shelf =
        MinimizerTest.of(x -> x < 1.1 ? 1 + 1e-9 * x : 0.5 * x, x -> x < 1.1 ? 1e-9 : 0.5);
    for (boolean byValue : new boolean[] {true, false}) {
      GradientDescent.Builder builder =
          GradientDescent.builder().gradientTolerance(0).lineSearch(new FixedStep(1));
      MinimizerResult result = (byValue
              ? builder.valueTolerance(1e-6)
              : builder.stepTolerance(1e-6))
          .build()
          .minimize(shelf, Problem.at(1.2));
      assertThat(result.value()).isEqualTo(0.6);
      assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.NO_PROGRESS);
    }
  }

  /** With a gradient of the wrong sign backtracking ends at steps that rounding swallows. */
  @Test
  void aStepThatMovesNothingIsNotConverged() {
    Objective wrongSign = MinimizerTest.of(x -> x * x, x -> -2 * x);
    for (Minimizer method : List.of(
        GradientDescent.builder().stepTolerance(1e-9).build(),
        GradientDescent.builder().valueTolerance(1e-9).build(),
        LBfgs.builder().lineSearch(new Backtracking()).stepTolerance(1e-9).build(),
        ProjectedGradient.builder(all -> {}).valueTolerance(1e-9).build(),
        ProjectedLBfgs.builder().valueTolerance(1e-9).build())) {
      MinimizerResult result = method.minimize(wrongSign, Problem.at(1));
      assertThat(result.converged()).as("%s %s", method, result).isFalse();
      assertThat(result.iterations()).as("%s %s", method, result).isLessThan(20);
    }
  }

  /** Every value is lower than the last one, by a rounding: eight of them count. */
  @Test
  void theBestPointDoesNotStayBehindWhileValuesFallByRoundings() {
    double[] last = {3};
    Objective creeping = MinimizerTest.of(
        x -> {
          last[0] = Math.nextDown(last[0]);
          return last[0];
        },
        x -> 1);
    MinimizerResult result = new GradientDescent().minimize(creeping, Problem.at(1));
    assertThat(result.evaluations()).isGreaterThan(20);
    // Eight roundings of a number just below 3 are twelve units.
    assertThat(result.value()).isLessThanOrEqualTo(last[0] + 13 * Math.ulp(2.9));
  }

  /** However many calls a search makes, and whatever it evaluates besides. */
  @Test
  void aSearchOfManyCallsThatGoesByRoundingEndsToo() {
    for (LineSearch search : List.of(
        new MoreThuente(),
        MoreThuente.builder().maxEvaluations(200).build(),
        HagerZhang.builder().maxEvaluations(200).build(),
        new Backtracking())) {
      for (Minimizer method : List.of(
          LBfgs.builder().lineSearch(search).build(),
          Bfgs.builder().lineSearch(search).build(),
          ConjugateGradient.builder().lineSearch(search).build(),
          GradientDescent.builder().lineSearch(search).build(),
          NewtonCg.builder()
              .globalization(NewtonCg.Globalization.LINE_SEARCH)
              .lineSearch(search)
              .build())) {
        double[] last = {3};
        Objective creeping = MinimizerTest.of(
            x -> {
              last[0] = Math.nextDown(last[0]);
              return last[0];
            },
            x -> 1);
        MinimizerResult result =
            method.minimize(creeping.withDifferencedHessianProduct(), Problem.at(1));
        assertThat(result.reason())
            .as("%s %s", method, result)
            .isIn(StopReason.NO_PROGRESS, StopReason.LINE_SEARCH_FAILED);
        assertThat(result.iterations()).as("%s", method).isLessThanOrEqualTo(12);
      }
    }
  }

  /** A ball whose radius has no square, and steps without one: Newton's step to the minimum is inside. */
  @Test
  void lengthsHaveNoSquare() {
    double far = 1e170;
    Objective wide =
        MinimizerTest.of(x -> 1e-170 * (x - far) * (x - far) / 2, x -> 1e-170 * (x - far));
    Parameters parameters = Problem.at(0);
    MinimizerResult result = NewtonCg.builder()
        .initialRadius(1e200)
        .build()
        .minimize(
            wide.withHessianProduct(
                (all, vector, product) -> product.get(0).assign(vector.get(0).mul(1e-170))),
            parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(result.iterations()).isEqualTo(1);
    assertThat(end(parameters) / far).isCloseTo(1, within(1e-14));

    // To the edge of such a ball, where the curvature is negative.
    MinimizerResult down = NewtonCg.builder()
        .initialRadius(1e200)
        .build()
        .minimize(
            MinimizerTest.of(x -> -1e-250 * x * x / 2 - x, x -> -1e-250 * x - 1)
                .withHessianProduct((all, vector, product) ->
                    product.get(0).assign(vector.get(0).mul(-1e-250))),
            Problem.at(0));
    assertThat(down.reason()).as("%s", down).isEqualTo(StopReason.UNBOUNDED);
    assertThat(down.evaluations()).as("%s", down).isEqualTo(2);
  }

  /** More elements than a matrix can have is said at once, before anything is evaluated or the matrix allocated. */
  @Test
  void tooManyElementsForAMatrixAreSaidAtOnce() {
    Objective never = all -> {
      throw new AssertionError("evaluated");
    };
    Objective withHessian = never.withHessian((all, hessian) -> {});
    Parameters newton = Problem.at(new double[46_341]);
    assertThatThrownBy(() -> new Newton().minimize(withHessian, newton))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameters have 46341 elements together, expected at most 46340 for Newton:"
            + " NewtonCg takes more");
    Parameters bfgs = Problem.at(new double[65_536]);
    assertThatThrownBy(() -> new Bfgs().minimize(never, bfgs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameters have 65536 elements together, expected at most 65535 for Bfgs:"
            + " LBfgs takes more");
    // At most: H is the identity until there is a pair, and takes no memory.
    Objective zero = all -> 0;
    assertThat(new Bfgs().minimize(zero, Problem.at(new double[65_535])).reason())
        .isEqualTo(StopReason.GRADIENT);
  }

  /** A step of 1e39 is finite in double, and infinite in FLOAT: the function is not asked there. */
  @Test
  void aPointThatRoundsToInfinityIsNone() {
    List<Double> seen = new ArrayList<>();
    Objective falling = MinimizerTest.of(
        x -> {
          seen.add(x);
          return Math.exp(-x);
        },
        x -> -Math.exp(-x));
    Parameters parameters = Problem.at(DataType.FLOAT, 0);
    GradientDescent.builder().lineSearch(new FixedStep(1e39)).build().minimize(falling, parameters);
    assertThat(seen).allMatch(Double::isFinite);
    assertThat(end(parameters)).isFinite();
  }

  /** Below 6e-6 a point behind is negative, where there is no root. */
  @ParameterizedTest
  @MethodSource("newtonCg")
  void differencesOfGradientsStayWhereTheFunctionIs(NewtonCg method) {
    Objective root = MinimizerTest.of(x -> x - 2e-3 * Math.sqrt(x), x -> 1 - 1e-3 / Math.sqrt(x));
    Parameters parameters = Problem.at(1);
    MinimizerResult result = method.minimize(root.withDifferencedHessianProduct(), parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(end(parameters)).isCloseTo(1e-6, within(1e-10));
  }

  static List<NewtonCg> newtonCg() {
    return List.of(
        new NewtonCg(),
        NewtonCg.builder().globalization(NewtonCg.Globalization.LINE_SEARCH).build());
  }

  /** At 1e-6 from the end of a logarithm the value ahead is NaN, and the gradient a number of the wrong sign. */
  @Test
  void differencesLookAtTheValueToo() {
    Objective barrier = MinimizerTest.of(x -> -Math.log(1 - x) - 1e6 * x, x -> 1 / (1 - x) - 1e6);
    HessianProduct product =
        barrier.withDifferencedHessianProduct().hessianProduct().orElseThrow();
    Parameters parameters = Problem.at(1 - 1e-6);
    Parameters vector = Problem.at(1);
    product.multiply(
        parameters, List.of(vector.get(0).value()), List.of(vector.get(0).gradient()));
    assertThat(vector.get(0).gradient().getDouble(0) / 1e12).isCloseTo(1, within(0.05));
    assertThat(end(parameters)).isEqualTo(1 - 1e-6);
  }

  /** On the edge itself there is a gradient on one side alone. */
  @Test
  void differencesOnAnEdgeAreOneSided() {
    Objective half = MinimizerTest.of(
        x -> (x - 3) * (x - 3) * (x - 3), x -> x >= 2 ? 3 * (x - 3) * (x - 3) : Double.NaN);
    HessianProduct product =
        half.withDifferencedHessianProduct().hessianProduct().orElseThrow();
    for (double sign : new double[] {1, -1}) {
      Parameters parameters = Problem.at(2);
      Parameters vector = Problem.at(sign);
      product.multiply(
          parameters, List.of(vector.get(0).value()), List.of(vector.get(0).gradient()));
      assertThat(vector.get(0).gradient().getDouble(0)).isCloseTo(-6 * sign, within(1e-5));
    }
  }

  /** A product or Hessian that is no number is an error at the start, and from there on no reason to stop. */
  @Test
  void aHessianThatIsNotFiniteOnTheWayIsReplacedByASteepestStep() {
    Objective square = MinimizerTest.of(x -> x * x * x * x / 4 + x * x / 2, x -> x * x * x + x);
    for (int bad = 1; bad <= 2; bad++) {
      int missing = bad;
      int[] calls = {0};
      Objective all = square
          .withHessian((parameters, hessian) -> {
            double x = end(parameters);
            hessian.putScalar(0, 0, ++calls[0] == missing ? Double.NaN : 3 * x * x + 1);
          })
          .withHessianProduct((parameters, vector, product) -> {
            double x = end(parameters);
            double factor = ++calls[0] == missing ? Double.POSITIVE_INFINITY : 3 * x * x + 1;
            product.get(0).putScalar(0, factor * vector.get(0).getDouble(0));
          });
      List<Minimizer> methods = new ArrayList<>(newtonCg());
      methods.add(new Newton());
      for (Minimizer method : methods) {
        calls[0] = 0;
        Parameters parameters = Problem.at(3);
        if (bad == 1) {
          assertThatThrownBy(() -> method.minimize(all, parameters))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("essian of the objective has elements that are not finite");
          assertThat(end(parameters)).isEqualTo(3.0);
        } else {
          MinimizerResult result = method.minimize(all, parameters);
          assertThat(result.reason()).as("%s %s", method, result).isEqualTo(StopReason.GRADIENT);
          assertThat(end(parameters)).isCloseTo(0, within(1e-5));
        }
      }
    }
  }

  /** No finite number on the diagonal makes this positive definite. */
  @Test
  void aHessianBeyondDampingIsReplacedByASteepestStep() {
    Problem huge = new Problem() {
      @Override
      double value(double[] x, double[] gradient) {
        gradient[0] = x[0];
        gradient[1] = x[1];
        return (x[0] * x[0] + x[1] * x[1]) / 2;
      }

      @Override
      void hessian(double[] x, double[][] hessian) {
        hessian[0][1] = 1.7e308;
        hessian[1][0] = 1.7e308;
      }
    };
    MinimizerResult result = new Newton().minimize(huge.withItsHessian(), Problem.at(3, 4));
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
  }

  @Test
  void productsOfAnIterationAreLimited() {
    assertThat(new NewtonCg().toString()).contains("maxProducts=20 n");
    assertThat(NewtonCg.builder().maxProducts(7).build().toString()).contains("maxProducts=7,");
    assertThatThrownBy(() -> NewtonCg.builder().maxProducts(0))
        .hasMessage("maxProducts is 0, expected a number >= 1");
    // A matrix that differs from call to call: the residual never gets small.
    int[] calls = {0};
    Objective changing = HALF_SQUARE.withHessianProduct((parameters, vector, product) -> {
      calls[0]++;
      product.get(0).assign(vector.get(0).mul(calls[0] % 2 == 0 ? 1e-3 : 1e3));
    });
    NewtonCg.builder().maxIterations(1).build().minimize(changing, Problem.at(1));
    assertThat(calls[0]).isLessThanOrEqualTo(20);
  }

  /** An element that no penalty is on has no orthant to stay in. */
  @Test
  void elementsWithoutPenaltyKeepTheirDirection() {
    Parameters parameters = Problem.at(-1.2, 1);
    MinimizerResult result =
        OwlQn.builder(0).build().minimize(new Problem.Rosenbrock(), parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(result.evaluations()).as("%s", result).isLessThan(80);
    assertThat(Problem.where(parameters)[0]).isCloseTo(1, within(1e-4));

    Parameters some = Parameters.of(
        Parameter.of("w", Nd4j.createFromArray(-1.2, 1), Nd4j.zeros(DataType.DOUBLE, 2)),
        Parameter.of("b", Nd4j.createFromArray(0.5), Nd4j.zeros(DataType.DOUBLE, 1)));
    Problem.Rosenbrock inner = new Problem.Rosenbrock();
    Objective both = all -> {
      double[] gradient = new double[2];
      double value = inner.value(all.get("w").value().toDoubleVector(), gradient);
      double b = all.get("b").value().getDouble(0);
      all.get("w").gradient().assign(Nd4j.createFromArray(gradient));
      all.get("b").gradient().putScalar(0, b - 0.1);
      return value + (b - 0.1) * (b - 0.1) / 2;
    };
    MinimizerResult mixed = OwlQn.builder(0.3)
        .penalized(parameter -> parameter.name().equals("b"))
        .build()
        .minimize(both, some);
    assertThat(mixed.reason()).as("%s", mixed).isEqualTo(StopReason.GRADIENT);
    assertThat(mixed.evaluations()).as("%s", mixed).isLessThan(120);
    assertThat(some.get("b").value().getDouble(0)).isEqualTo(0.0);
    assertThat(some.get("w").value().getDouble(1)).isCloseTo(1, within(1e-3));
  }

  /** As long as the slope is all that is known, steps grow. */
  @Test
  void stepsGrowWhereThereIsNoCurvature() {
    for (Minimizer method : List.of(
        ProjectedLBfgs.builder().build(),
        OwlQn.builder(0).build(),
        LBfgs.builder().lineSearch(new Backtracking()).build(),
        Bfgs.builder().lineSearch(new Backtracking()).build())) {
      Parameters parameters = Problem.at(5000);
      MinimizerResult result = method.minimize(huber(1), parameters);
      assertThat(result.reason()).as("%s %s", method, result).isEqualTo(StopReason.GRADIENT);
      assertThat(result.iterations()).as("%s %s", method, result).isLessThan(40);
      assertThat(end(parameters)).isCloseTo(0, within(1e-5));
    }
  }

  /** Gradients of FLOAT are rounded: what is left of s.y below that rounding is no curvature. */
  @Test
  void aCurvatureBelowTheRoundingOfGradientsIsNone() {
    PairHistory pairs = new PairHistory(3, 2);
    double[] step = {1, 0};
    double[] change = {1e-7, 1e-3};
    assertThat(pairs.add(step, change, 0)).isTrue();
    assertThat(pairs.add(step, change, 0x1p-52)).isTrue();
    assertThat(pairs.add(step, change, 0x1p-23)).isFalse();
    assertThat(pairs.count()).isEqualTo(2);
    Bfgs.InverseHessian inverse =
        new Bfgs.InverseHessian(2, false, new FlatPreconditioner(null, null));
    double[] product = {3, 4};
    inverse.moved(step, step, change, 1, -1, 0x1p-23);
    inverse.find(step, new double[] {3, 4}, product);
    assertThat(product).isEqualTo(new double[] {-3, -4});
    inverse.moved(step, step, change, 1, -1, 0x1p-52);
    inverse.find(step, new double[] {3, 4}, product);
    assertThat(product).isNotEqualTo(new double[] {-3, -4});
  }
}
