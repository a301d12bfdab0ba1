package io.github.descent4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What theory promises of single methods: steps, scales, saddles, preconditioners. */
@Timeout(120)
class MinimizerPropertiesTest {

  /**
   * In exact arithmetic the gradient is 0 after n exact steps, on sixty quadratics of up to 50 dimensions. Rounding spoils what makes the
   * directions conjugate, the more the larger the condition; a matrix that only has to shrink mends that, one that has been scaled does
   * not.
   *
   * @param left of the first gradient after n steps
   * @param leftOfConjugate the same of conjugate gradients, and of BFGS from a scaled matrix
   */
  @ParameterizedTest
  @CsvSource({"1, 1e-14, 1e-14", "10, 1e-13, 1e-9", "100, 1e-11, 1e-3", "1e4, 1e-9, 1e-2"})
  void endsWithinNStepsWhereStepsAreExact(double condition, double left, double leftOfConjugate) {
    LineSearch exact = GoldenBatchTest.exactOnQuadratics();
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int n = seed < 10 ? seed + 1 : random.nextInt(2, 51);
      Problem problem = Problem.quadratic(n, seed, condition);
      double[] start = random.doubles(n, -1, 1).toArray();
      for (ConjugateGradient.Beta beta : ConjugateGradient.Beta.values()) {
        assertFallsWithin(
            n,
            leftOfConjugate,
            ConjugateGradient.builder().beta(beta).lineSearch(exact),
            problem,
            start);
      }
      Bfgs.Builder bfgs = Bfgs.builder().lineSearch(exact);
      assertFallsWithin(n, leftOfConjugate, bfgs, problem, start);
      assertFallsWithin(n, left, bfgs.initialScaling(false), problem, start);
      assertFallsWithin(n, left, LBfgs.builder().history(n).lineSearch(exact), problem, start);
    }
  }

  private static void assertFallsWithin(
      int steps,
      double left,
      LineSearchMinimizer.Builder<?> builder,
      Problem problem,
      double[] start) {
    builder.gradientTolerance(0).maxIterations(steps);
    Minimizer method = builder instanceof ConjugateGradient.Builder conjugate
        ? conjugate.build()
        : builder instanceof Bfgs.Builder bfgs ? bfgs.build() : ((LBfgs.Builder) builder).build();
    MinimizerResult result = method.minimize(problem, Problem.at(start));
    assertThat(result.gradientNorm())
        .as("%d dimensions: %s %s", start.length, method, result)
        .isLessThanOrEqualTo(left * result.history().get(0).gradientNorm());
  }

  /**
   * In the coordinates D x the iterates of Newton's method are D times those in x, each coordinate by a scale of its own. Powers of 2 lose
   * no digit, so to the bit.
   */
  @ParameterizedTest
  @MethodSource("scales")
  void newtonDoesNotDependOnTheScaleOfACoordinate(double[] scale) {
    Minimizer newton = Newton.builder().gradientTolerance(0).maxIterations(8).build();
    assertScaledIterates(newton, newton, scale);
  }

  /** Nor does BFGS, if its first H is scaled along: H is that of x, D H D. */
  @ParameterizedTest
  @MethodSource("scales")
  void bfgsDoesNotDependOnTheScaleOfACoordinate(double[] scale) {
    LineSearch fromHalf = new LineSearch() {
      private final LineSearch search = new MoreThuente();

      @Override
      public LineSearchResult search(
          LineFunction function, double value, double slope, double suggested) {
        // The first suggestion has a length in the coordinates, which is a scale.
        return search.search(function, value, slope, 0.5);
      }
    };
    for (boolean initialScaling : new boolean[] {true, false}) {
      Bfgs.Builder builder = Bfgs.builder()
          .initialScaling(initialScaling)
          .lineSearch(fromHalf)
          .gradientTolerance(0)
          .maxIterations(20);
      Minimizer plain = builder.build();
      Minimizer scaled = builder
          .preconditioner(Preconditioner.dividingBy(
              Nd4j.createFromArray(1 / scale[0] / scale[0], 1 / scale[1] / scale[1])))
          .build();
      assertScaledIterates(plain, scaled, scale);
    }
  }

  static List<double[]> scales() {
    return List.of(
        new double[] {1.0 / 64, 32}, new double[] {0x1p20, 1}, new double[] {0x1p-10, 0x1p-30});
  }

  private static void assertScaledIterates(Minimizer plain, Minimizer scaled, double[] scale) {
    List<double[]> expected = iterates(plain, new double[] {1, 1});
    List<double[]> found = iterates(scaled, scale);
    assertThat(found).hasSameSizeAs(expected).hasSizeGreaterThan(5);
    for (int k = 0; k < found.size(); k++) {
      double[] back = {found.get(k)[0] / scale[0], found.get(k)[1] / scale[1]};
      assertThat(back).as("iterate %d", k).isEqualTo(expected.get(k));
    }
  }

  /** With a first step that is exact BFGS takes a common scale from the first pair by itself. */
  @Test
  void bfgsDoesNotDependOnTheScaleOfAllParameters() {
    Minimizer method = Bfgs.builder()
        .lineSearch(GoldenBatchTest.exactOnQuadratics())
        .gradientTolerance(0)
        .maxIterations(5)
        .build();
    double[] start = {1, -2, 3, -4, 5, -6};
    Problem.Quadratic plain = Problem.quadratic(6, 1, 5);
    double[][] a = new double[6][];
    double[] b = plain.b.clone();
    double[] scaledStart = start.clone();
    for (int i = 0; i < 6; i++) {
      a[i] = plain.a[i].clone();
      Vectors.scale(a[i], 1 / 64.0);
    }
    Vectors.scale(b, 1 / 8.0);
    Vectors.scale(scaledStart, 8);
    Parameters there = Problem.at(scaledStart);
    Parameters here = Problem.at(start);
    MinimizerResult scaled = method.minimize(new Problem.Quadratic(a, b), there);
    MinimizerResult result = method.minimize(plain, here);
    assertThat(scaled.iterations()).isEqualTo(result.iterations()).isEqualTo(5);
    for (int i = 0; i < 6; i++) {
      assertThat(Problem.where(there)[i] / 8).isCloseTo(Problem.where(here)[i], within());
    }
    for (int k = 0; k <= 5; k++) {
      assertThat(scaled.history().get(k).value())
          .isCloseTo(result.history().get(k).value(), within());
    }
  }

  private static List<double[]> iterates(Minimizer method, double[] scale) {
    Problem.Rosenbrock inner = new Problem.Rosenbrock();
    Problem problem = new Problem() {
      @Override
      double value(double[] y, double[] gradient) {
        double value = inner.value(unscaled(y), gradient);
        gradient[0] /= scale[0];
        gradient[1] /= scale[1];
        return value;
      }

      private double[] unscaled(double[] y) {
        return new double[] {y[0] / scale[0], y[1] / scale[1]};
      }

      @Override
      void hessian(double[] y, double[][] hessian) {
        inner.hessian(unscaled(y), hessian);
        for (int i = 0; i < 2; i++) {
          for (int j = 0; j < 2; j++) {
            hessian[i][j] /= scale[i] * scale[j];
          }
        }
      }
    };
    Parameters parameters = Problem.at(-1.2 * scale[0], scale[1]);
    List<double[]> points = new ArrayList<>();
    method.minimize(problem.withItsHessian(), parameters, iteration -> {
      points.add(Problem.where(parameters));
      return true;
    });
    return points;
  }

  /** Where the Hessian is not positive definite: a saddle, from almost on its ridge. */
  @Test
  void newtonLeavesASaddle() {
    Problem problem = new Problem() {
      @Override
      double value(double[] x, double[] gradient) {
        gradient[0] = 4 * x[0] * x[0] * x[0] - 4 * x[0];
        gradient[1] = 2 * x[1];
        return Math.pow(x[0], 4) - 2 * x[0] * x[0] + x[1] * x[1];
      }

      @Override
      void hessian(double[] x, double[][] hessian) {
        hessian[0][0] = 12 * x[0] * x[0] - 4;
        hessian[1][1] = 2;
      }
    };
    for (Minimizer method : List.of(
        new Newton(),
        new NewtonCg(),
        NewtonCg.builder().globalization(NewtonCg.Globalization.LINE_SEARCH).build())) {
      Parameters parameters = Problem.at(1e-3, 1);
      MinimizerResult result = method.minimize(problem.withItsHessian(), parameters);
      assertThat(result.reason()).as("%s", method).isEqualTo(StopReason.GRADIENT);
      assertThat(result.value()).as("%s", method).isCloseTo(-1, within());
      assertThat(result.hessians()).isPositive();
    }
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-8);
  }

  /** A diagonal that makes the Hessian the identity leaves nothing to do. */
  @Test
  void preconditioningIsAChangeOfVariables() {
    int n = 30;
    double[] diagonal = new double[n];
    double[][] a = new double[n][n];
    double[] b = new double[n];
    for (int i = 0; i < n; i++) {
      diagonal[i] = Math.pow(10, i / 5.0);
      a[i][i] = diagonal[i];
      b[i] = 1;
    }
    Preconditioner jacobi = Preconditioner.dividingBy(Nd4j.createFromArray(diagonal));
    for (int method = 0; method < 3; method++) {
      MinimizerResult plain =
          solver(method, null).minimize(new Problem.Quadratic(a, b), Problem.at(new double[n]));
      MinimizerResult preconditioned =
          solver(method, jacobi).minimize(new Problem.Quadratic(a, b), Problem.at(new double[n]));
      assertThat(preconditioned.reason()).isEqualTo(StopReason.GRADIENT);
      assertThat(preconditioned.iterations()).isLessThanOrEqualTo(3);
      assertThat(plain.iterations()).isGreaterThan(5 * preconditioned.iterations());
    }
  }

  private static Minimizer solver(int method, Preconditioner preconditioner) {
    return switch (method) {
      case 0 -> ConjugateGradient.builder().preconditioner(preconditioner).build();
      case 1 -> LBfgs.builder().preconditioner(preconditioner).build();
      default -> Bfgs.builder().preconditioner(preconditioner).build();
    };
  }

  /** Arrays that were given are no part of what has been made of them. */
  @Test
  void whatIsMadeOfArraysKeepsCopies() {
    INDArray diagonal = Nd4j.createFromArray(2.0, 4.0);
    INDArray lower = Nd4j.createFromArray(0.0, 0.0);
    INDArray upper = Nd4j.createFromArray(1.0, 1.0);
    Preconditioner half = Preconditioner.dividingBy(diagonal);
    Minimizer boxed = ProjectedLBfgs.builder().lower(lower).upper(upper).build();
    diagonal.assign(1e9);
    lower.assign(-7);
    upper.assign(7);
    INDArray result = Nd4j.createFromArray(0.0f, 0.0f);
    half.apply(List.of(Nd4j.createFromArray(6.0f, 6.0f)), List.of(result));
    assertThat(result.toDoubleVector()).isEqualTo(new double[] {3, 1.5});
    Parameters parameters = Problem.at(0.5, 0.5);
    boxed.minimize(
        new Problem.Quadratic(new double[][] {{1, 0}, {0, 1}}, new double[] {5, -5}), parameters);
    assertThat(Problem.where(parameters)).isEqualTo(new double[] {1, 0});
  }

  @Test
  void refusesABadPreconditioner() {
    assertThatThrownBy(() -> Preconditioner.dividingBy(Nd4j.createFromArray(1.0, 0.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("diagonal 0 has elements from 0.0 to 1.0, expected finite numbers > 0");
    assertThatThrownBy(() -> Preconditioner.dividingBy(Nd4j.createFromArray(1.0, Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("diagonal 0 has elements from NaN to NaN, expected finite numbers > 0");
    Preconditioner small = Preconditioner.dividingBy(Nd4j.createFromArray(1.0, 2.0));
    Preconditioner two =
        Preconditioner.dividingBy(Nd4j.createFromArray(1.0, 2.0, 3.0), Nd4j.createFromArray(1.0));
    for (int method = 0; method < 3; method++) {
      Minimizer solver = solver(method, small);
      Parameters parameters = Problem.at(1, 2, 3);
      assertThatThrownBy(() -> solver.minimize(Problem.quadratic(3, 1, 2), parameters))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("diagonal of parameter 'x' has shape [2], expected [3] as the value");
      assertThat(Problem.where(parameters)).isEqualTo(new double[] {1, 2, 3});
      Minimizer other = solver(method, two);
      assertThatThrownBy(() -> other.minimize(Problem.quadratic(3, 1, 2), parameters))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("diagonal has 2 arrays, expected one for each of 1 parameters");
    }
    Preconditioner wrongSign =
        (vector, result) -> result.get(0).assign(vector.get(0).neg());
    for (int method = 0; method < 3; method++) {
      MinimizerResult result =
          solver(method, wrongSign).minimize(Problem.quadratic(3, 1, 2), Problem.at(1, 2, 3));
      assertThat(result.reason()).isEqualTo(StopReason.NOT_A_DESCENT_DIRECTION);
    }
  }
}
