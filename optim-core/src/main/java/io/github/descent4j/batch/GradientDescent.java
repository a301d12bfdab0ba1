package io.github.descent4j.batch;

/**
 * Gradient descent with a line search (Cauchy 1847; N&amp;W section 3.1).
 *
 * <pre>
 * x = x - a g
 * </pre>
 *
 * <p>The line search starts from 1 / |g| in the first iteration, then from the step that would decrease a quadratic as much as the last
 * iteration decreased the value, 2 (f_k - f_(k-1)) / -|g|^2 (N&amp;W equation 3.60).
 *
 * <p>Slow where the Hessian is ill-conditioned: the number of iterations grows with the ratio of its eigenvalues. It is here to
 * compare with.
 *
 * <p><b>Defaults.</b> lineSearch {@link Backtracking}; to stop: gradientTolerance 1e-5 of the largest element, maxIterations 1000.
 *
 * <pre>{@code
 * Minimizer minimizer = GradientDescent.builder().lineSearch(new FixedStep(0.1)).build();
 * }</pre>
 */
public final class GradientDescent extends LineSearchMinimizer {

  /** With the defaults. */
  public GradientDescent() {
    this(builder());
  }

  private GradientDescent(Builder builder) {
    super(builder);
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  Directions directions(Evaluator evaluator) {
    return new Directions() {
      @Override
      public void find(double[] x, double[] gradient, double[] direction) {
        Vectors.negate(direction, gradient);
      }

      @Override
      public void moved(
          double[] gradient,
          double[] step,
          double[] change,
          double stepLength,
          double slope,
          double noise) {}

      @Override
      public double suggestedStep(double[] gradient, double slope, double decrease) {
        double step = -2 * decrease / slope;
        return step > 0 && step < Double.POSITIVE_INFINITY ? step : 1 / Vectors.twoNorm(gradient);
      }

      @Override
      public boolean forget() {
        return false;
      }
    };
  }

  @Override
  public String toString() {
    return "GradientDescent(lineSearch=" + lineSearch + ", " + limits() + ")";
  }

  /** Settings of {@link GradientDescent}, at their defaults until set. */
  public static final class Builder extends LineSearchMinimizer.Builder<Builder> {

    private Builder() {
      super(new Backtracking());
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * Makes the minimizer.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public GradientDescent build() {
      return new GradientDescent(this);
    }
  }
}
