package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.internal.Check;

/**
 * Nonlinear conjugate gradients (N&amp;W section 5.2), with or without a preconditioner P.
 *
 * <pre>
 * z = P g,   d = -z + beta d_old,   x = x + a d
 * FR:   beta = z.g / z_old.g_old                     Fletcher and Reeves 1964
 * PR+:  beta = max(0, z.(g - g_old) / z_old.g_old)   Polak and Ribière 1969, Gilbert and Nocedal 1992
 * HS:   beta = z.(g - g_old) / d_old.(g - g_old)     Hestenes and Stiefel 1952
 * </pre>
 *
 * <p>On a quadratic of n dimensions with exact steps it ends within n iterations, all three being the same. It remembers two vectors, so
 * it is for where even the history of {@link LBfgs} is too much.
 *
 * <p><b>Restarts</b>, that is beta = 0: where d does not descend, always; after every restartAfter iterations; and where successive
 * gradients are far from orthogonal, |z.g_old| &gt;= orthogonality z.g (Powell 1977, with 0.2).
 *
 * <p><b>Line search.</b> It starts from 1 / |z| in the first iteration, then from the step that would bring the same first-order change
 * as the last one, a_old (g_old.d_old) / (g.d).
 *
 * <p><b>Defaults.</b> beta {@link Beta#POLAK_RIBIERE_PLUS}, no preconditioner, restartAfter and orthogonality without limit,
 * lineSearch {@link MoreThuente} with curvature 0.1; to stop: gradientTolerance 1e-5 of the largest element, maxIterations 1000.
 *
 * <pre>{@code
 * Minimizer minimizer = ConjugateGradient.builder()
 *     .preconditioner(Preconditioner.dividingBy(diagonal))
 *     .gradientTolerance(1e-8)
 *     .build();
 * }</pre>
 */
public final class ConjugateGradient extends LineSearchMinimizer {

  /** The formula of beta. */
  public enum Beta {
    /** FR. */
    FLETCHER_REEVES,
    /** PR+. */
    POLAK_RIBIERE_PLUS,
    /** HS. */
    HESTENES_STIEFEL
  }

  private final Beta beta;
  private final Preconditioner preconditioner;
  private final int restartAfter;
  private final double orthogonality;

  /** With the defaults. */
  public ConjugateGradient() {
    this(builder());
  }

  private ConjugateGradient(Builder builder) {
    super(builder);
    beta = requireNonNull(builder.beta, "beta is null, expected a formula");
    preconditioner = builder.preconditioner;
    restartAfter = Check.count(1, "restartAfter", builder.restartAfter);
    orthogonality = Check.require(
        builder.orthogonality > 0, "orthogonality", builder.orthogonality, "a number > 0");
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  Directions directions(Evaluator evaluator) {
    return new Conjugate(evaluator);
  }

  @Override
  public String toString() {
    return "ConjugateGradient(beta=" + beta + ", preconditioned=" + (preconditioner != null)
        + ", restartAfter=" + restartAfter + ", orthogonality=" + orthogonality + ", lineSearch="
        + lineSearch + ", " + limits() + ")";
  }

  private final class Conjugate implements Directions {
    private final FlatPreconditioner scaling;
    private final double[] z;
    private final double[] directionBefore;
    private final double[] gradientBefore;
    private double weight;
    private double weightBefore;

    /** Iterations since the last restart. */
    private int since;

    // Of the last line search: the slopes at its beginning and end, and its step.
    private double slopeBefore = Double.NaN;
    private double slopeAfter;
    private double stepBefore;

    Conjugate(Evaluator evaluator) {
      scaling = evaluator.workspace().flat(preconditioner);
      z = new double[evaluator.size()];
      directionBefore = new double[evaluator.size()];
      gradientBefore = new double[evaluator.size()];
    }

    @Override
    public void find(double[] x, double[] gradient, double[] direction) {
      scaling.apply(gradient, z);
      weight = Vectors.dot(z, gradient);
      boolean restart = since == 0 || since >= restartAfter;
      double factor = 0;
      if (!restart) {
        double overlap = Vectors.dot(z, gradientBefore);
        restart = Math.abs(overlap) >= orthogonality * weight;
        factor = restart ? 0 : factor(overlap);
      }
      Vectors.negate(direction, z);
      if (factor != 0) {
        Vectors.add(direction, factor, directionBefore);
        if (!(Vectors.dot(direction, gradient) < 0)) {
          Vectors.negate(direction, z);
          factor = 0;
        }
      }
      since = factor == 0 ? 0 : since;
      Vectors.copy(direction, directionBefore);
      Vectors.copy(gradient, gradientBefore);
      weightBefore = weight;
    }

    private double factor(double overlap) {
      double numerator = weight - overlap;
      double factor = switch (beta) {
        case FLETCHER_REEVES -> weight / weightBefore;
        case POLAK_RIBIERE_PLUS -> Math.max(0, numerator / weightBefore);
        case HESTENES_STIEFEL -> numerator / (slopeAfter - slopeBefore);
      };
      return Double.isFinite(factor) ? factor : 0;
    }

    @Override
    public void moved(
        double[] gradient,
        double[] step,
        double[] change,
        double stepLength,
        double slope,
        double noise) {
      slopeBefore = slope;
      stepBefore = stepLength;
      slopeAfter = slope + Vectors.dot(step, change) / stepLength;
      since++;
    }

    @Override
    public double suggestedStep(double[] gradient, double slope, double decrease) {
      double step = stepBefore * slopeBefore / slope;
      return step > 0 && step < Double.POSITIVE_INFINITY ? step : 1 / Vectors.twoNorm(z);
    }

    @Override
    public boolean forget() {
      boolean remembers = since > 0 || !Double.isNaN(slopeBefore);
      since = 0;
      slopeBefore = Double.NaN;
      return remembers;
    }
  }

  /** Settings of {@link ConjugateGradient}, at their defaults until set. */
  public static final class Builder extends LineSearchMinimizer.Builder<Builder> {
    private Beta beta = Beta.POLAK_RIBIERE_PLUS;
    private Preconditioner preconditioner;
    private int restartAfter = Integer.MAX_VALUE;
    private double orthogonality = Double.POSITIVE_INFINITY;

    private Builder() {
      super(MoreThuente.builder().curvature(0.1).build());
    }

    @Override
    Builder self() {
      return this;
    }

    /** The formula of beta. */
    public Builder beta(Beta beta) {
      this.beta = beta;
      return this;
    }

    /** The preconditioner; null for none. */
    public Builder preconditioner(Preconditioner preconditioner) {
      this.preconditioner = preconditioner;
      return this;
    }

    /** Restarts after so many iterations, such as the number of dimensions: at least 1. */
    public Builder restartAfter(int restartAfter) {
      this.restartAfter = restartAfter;
      return this;
    }

    /** Restarts where gradients overlap by this share: above 0. */
    public Builder orthogonality(double orthogonality) {
      this.orthogonality = orthogonality;
      return this;
    }

    /**
     * Makes the minimizer.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public ConjugateGradient build() {
      return new ConjugateGradient(this);
    }
  }
}
