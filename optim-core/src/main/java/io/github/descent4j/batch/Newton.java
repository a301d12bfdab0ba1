package io.github.descent4j.batch;

import io.github.descent4j.internal.Check;

/**
 * Newton's method with the exact Hessian, damped where that is not positive definite (N&amp;W sections 3.3 and 3.4).
 *
 * <pre>
 * (H + (ridge + tau) I) d = -g,   x = x + a d
 * </pre>
 *
 * <p>tau is 0 if H + ridge I has a Cholesky factor; else it begins at a thousandth of the largest |H_ii + ridge| and is multiplied by 4
 * until there is one (Levenberg 1944, Marquardt 1963; N&amp;W Algorithm 3.3). Where H is not finite, as it may be at an edge of the function,
 * or no finite tau is enough, d is -g; an H that is not finite at the start is an error.
 *
 * <p>Converges quadratically close to a minimum, and its iterates do not depend on the scale of the parameters as long as neither ridge
 * nor tau is added.
 *
 * <p><b>Memory and cost.</b> 2.5 n^2 numbers, n^3 / 6 multiplications an iteration: for up to a thousand elements or so. More than 46,340 are an
 * IllegalArgumentException at the start. {@link NewtonCg} is for more.
 *
 * <p><b>Defaults.</b> ridge 0, lineSearch {@link MoreThuente} from a step of 1; to stop: gradientTolerance 1e-5 of the largest
 * element, maxIterations 1000. The objective needs a Hessian.
 *
 * <pre>{@code
 * MinimizerResult result = new Newton().minimize(objective.withHessian(hessian), parameters);
 * }</pre>
 */
public final class Newton extends LineSearchMinimizer {
  private static final double FIRST_DAMPING = 1e-3;
  private static final double GROWTH = 4;

  /** A matrix is one array, of at most 2^31 - 9 elements. */
  private static final int MOST_ELEMENTS = 46_340;

  private final double ridge;

  /** With the defaults. */
  public Newton() {
    this(builder());
  }

  private Newton(Builder builder) {
    super(builder);
    ridge = Check.atLeastZero("ridge", builder.ridge);
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  Directions directions(Evaluator evaluator) {
    return new Solver(evaluator, evaluator.requireHessian("Newton"));
  }

  @Override
  public String toString() {
    return "Newton(ridge=" + ridge + ", lineSearch=" + lineSearch + ", " + limits() + ")";
  }

  private final class Solver extends NewtonDirections {
    private final Evaluator evaluator;
    private final HessianFunction function;
    private final int n;
    private final double[] hessian;
    private final Cholesky factors;

    /** Whether a Hessian has been finite: one that never is one is a mistake, and not the edge of a function. */
    private boolean known;

    Solver(Evaluator evaluator, HessianFunction function) {
      this.evaluator = evaluator;
      this.function = function;
      n = evaluator.requireAtMost(MOST_ELEMENTS, "Newton", "NewtonCg");
      hessian = new double[n * n];
      factors = new Cholesky(n);
    }

    @Override
    boolean solve(double[] x, double[] gradient, double[] direction) {
      evaluator.hessian(function, x, hessian);
      if (!Vectors.isFinite(hessian)) {
        if (!known) {
          throw new IllegalStateException(
              "hessian of the objective has elements that are not finite, expected finite numbers");
        }
        return false;
      }
      known = true;
      double largest = 0;
      for (int i = 0; i < n; i++) {
        largest = Math.max(largest, Math.abs(hessian[i * n + i] + ridge));
      }
      double damping = FIRST_DAMPING * (largest > 0 ? largest : 1);
      double shift = ridge;
      while (!factors.factor(hessian, shift)) {
        shift = ridge + damping;
        damping *= GROWTH;
        if (shift == Double.POSITIVE_INFINITY) {
          return false;
        }
      }
      Vectors.negate(direction, gradient);
      factors.solve(direction);
      return true;
    }
  }

  /** Settings of {@link Newton}, at their defaults until set. */
  public static final class Builder extends LineSearchMinimizer.Builder<Builder> {
    private double ridge;

    private Builder() {
      super(new MoreThuente());
    }

    @Override
    Builder self() {
      return this;
    }

    /** Is added to the diagonal of every Hessian: finite and at least 0. */
    public Builder ridge(double ridge) {
      this.ridge = ridge;
      return this;
    }

    /**
     * Makes the minimizer.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public Newton build() {
      return new Newton(this);
    }
  }
}
