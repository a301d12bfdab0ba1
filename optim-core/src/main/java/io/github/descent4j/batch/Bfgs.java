package io.github.descent4j.batch;

import java.util.Arrays;

/**
 * BFGS (Broyden, Fletcher, Goldfarb, Shanno 1970; N&amp;W section 6.1).
 *
 * <pre>
 * d = -H g,   x = x + a d,   s = a d,   y = g_new - g
 * H = (I - s y'/s.y) H (I - y s'/s.y) + s s'/s.y    if s.y &gt; 0    (N&amp;W equation 6.17)
 * </pre>
 *
 * <p>H starts as the identity; with initialScaling it becomes (s.y / y.y) I ahead of its first update (N&amp;W equation 6.20).
 *
 * <p>The line search starts from 1; in the first iteration from min(1, 1 / |g|), so that the first step has at most length 1.
 *
 * <p><b>Memory and cost.</b> n^2 numbers, and as many operations an iteration: for up to some thousands of elements. {@link LBfgs} is
 * for more.
 *
 * <p><b>Defaults.</b> initialScaling true, lineSearch {@link MoreThuente}; to stop: gradientTolerance 1e-5 of the largest element,
 * maxIterations 1000.
 *
 * <pre>{@code
 * MinimizerResult result = new Bfgs().minimize(objective, parameters);
 * }</pre>
 */
public final class Bfgs extends LineSearchMinimizer {
  private final boolean initialScaling;

  /** With the defaults. */
  public Bfgs() {
    this(builder());
  }

  private Bfgs(Builder builder) {
    super(builder);
    initialScaling = builder.initialScaling;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  Directions directions(Evaluator evaluator, PairHistory memory) {
    return new InverseHessian(evaluator.size(), initialScaling);
  }

  @Override
  public String toString() {
    return "Bfgs(initialScaling=" + initialScaling + ", lineSearch=" + lineSearch + ", " + limits()
        + ")";
  }

  /** H, row after row; nothing is allocated while it is the identity. */
  static final class InverseHessian implements Directions {
    private final int n;
    private final boolean initialScaling;
    private double[] matrix;
    private double[] product;
    private boolean updated;

    InverseHessian(int n, boolean initialScaling) {
      this.n = n;
      this.initialScaling = initialScaling;
    }

    @Override
    public void find(double[] x, double[] gradient, double[] direction) {
      if (updated) {
        multiply(gradient, direction);
        Vectors.negate(direction, direction);
      } else {
        Vectors.negate(direction, gradient);
      }
    }

    void multiply(double[] v, double[] result) {
      for (int i = 0; i < n; i++) {
        double sum = 0;
        int row = i * n;
        for (int j = 0; j < n; j++) {
          sum += matrix[row + j] * v[j];
        }
        result[i] = sum;
      }
    }

    @Override
    public void moved(double[] s, double[] y, double stepLength, double slope) {
      double sy = Vectors.dot(s, y);
      boolean curved = sy > 0
          && sy < Double.POSITIVE_INFINITY
          && sy > 0x1p-52 * Vectors.twoNorm(s) * Vectors.twoNorm(y);
      if (!curved) {
        return;
      }
      if (!updated) {
        begin(initialScaling ? sy / Vectors.dot(y, y) : 1);
      }
      // H + (1 + y.Hy / s.y) s s'/s.y - (Hy s' + s Hy')/s.y, the formula above multiplied out.
      multiply(y, product);
      double own = (1 + Vectors.dot(y, product) / sy) / sy;
      for (int i = 0; i < n; i++) {
        double ofStep = own * s[i] - product[i] / sy;
        double ofProduct = -s[i] / sy;
        int row = i * n;
        for (int j = 0; j < n; j++) {
          matrix[row + j] += ofStep * s[j] + ofProduct * product[j];
        }
      }
    }

    private void begin(double diagonal) {
      if (matrix == null) {
        matrix = new double[Math.multiplyExact(n, n)];
        product = new double[n];
      } else {
        Arrays.fill(matrix, 0);
      }
      for (int i = 0; i < n; i++) {
        matrix[i * n + i] = diagonal;
      }
      updated = true;
    }

    @Override
    public double suggestedStep(double[] gradient, double slope, double decrease) {
      return updated ? 1 : Math.min(1, 1 / Vectors.twoNorm(gradient));
    }

    @Override
    public boolean forget() {
      boolean remembered = updated;
      updated = false;
      return remembered;
    }
  }

  /** Settings of {@link Bfgs}, at their defaults until set. */
  public static final class Builder extends LineSearchMinimizer.Builder<Builder> {
    private boolean initialScaling = true;

    private Builder() {
      super(new MoreThuente());
    }

    @Override
    Builder self() {
      return this;
    }

    /** Whether H has the scale of the first pair. */
    public Builder initialScaling(boolean initialScaling) {
      this.initialScaling = initialScaling;
      return this;
    }

    /**
     * Makes the minimizer.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public Bfgs build() {
      return new Bfgs(this);
    }
  }
}
