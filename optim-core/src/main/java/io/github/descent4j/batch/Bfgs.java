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
 * <p>H starts as P, the identity if there is no preconditioner; with initialScaling it becomes (s.y / y.P y) P ahead of its first update
 * (N&amp;W equation 6.20 for P = I).
 *
 * <p>The line search starts from 1; as long as there was no update, from twice the last step, and at first from min(1, 1 / |d|), so that
 * the first step has at most length 1.
 *
 * <p><b>Memory and cost.</b> n^2 numbers, and as many operations an iteration: for up to some thousands of elements. {@link LBfgs} is
 * for more.
 *
 * <p><b>Defaults.</b> initialScaling true, no preconditioner, lineSearch {@link MoreThuente}; to stop: gradientTolerance 1e-5 of the largest element,
 * maxIterations 1000.
 *
 * <pre>{@code
 * MinimizerResult result = new Bfgs().minimize(objective, parameters);
 * }</pre>
 */
public final class Bfgs extends LineSearchMinimizer {
  private final boolean initialScaling;
  private final Preconditioner preconditioner;

  /** With the defaults. */
  public Bfgs() {
    this(builder());
  }

  private Bfgs(Builder builder) {
    super(builder);
    initialScaling = builder.initialScaling;
    preconditioner = builder.preconditioner;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  Directions directions(Evaluator evaluator, PairHistory memory) {
    return new InverseHessian(
        evaluator.size(),
        initialScaling,
        new FlatPreconditioner(preconditioner, evaluator.layout()));
  }

  @Override
  public String toString() {
    return "Bfgs(initialScaling=" + initialScaling + ", preconditioned=" + (preconditioner != null)
        + ", lineSearch=" + lineSearch + ", " + limits() + ")";
  }

  /** H, row after row; nothing is allocated while it is P. */
  static final class InverseHessian implements Directions {
    private final int n;
    private final boolean initialScaling;
    private final FlatPreconditioner preconditioner;
    private double[] matrix;
    private double[] product;
    private boolean updated;

    /** Of the first direction. */
    private double length;

    /** The last step, if it has left no update; else 0. */
    private double last;

    InverseHessian(int n, boolean initialScaling, FlatPreconditioner preconditioner) {
      this.n = n;
      this.initialScaling = initialScaling;
      this.preconditioner = preconditioner;
    }

    @Override
    public void find(double[] x, double[] gradient, double[] direction) {
      if (updated) {
        multiply(gradient, direction);
      } else {
        preconditioner.apply(gradient, direction);
        length = Vectors.twoNorm(direction);
      }
      Vectors.negate(direction, direction);
    }

    void multiply(double[] v, double[] result) {
      for (int i = 0; i < n; i++) {
        result[i] = Vectors.dot(matrix, i * n, v, 0, n);
      }
    }

    @Override
    public void moved(double[] s, double[] y, double stepLength, double slope, double noise) {
      double sy = Vectors.dot(s, y);
      boolean curved = PairHistory.isCurved(sy, s, y, noise);
      last = curved ? 0 : stepLength;
      if (!curved) {
        return;
      }
      if (!updated) {
        begin(sy, y);
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

    private void begin(double sy, double[] y) {
      if (matrix == null) {
        matrix = new double[Math.multiplyExact(n, n)];
        product = new double[n];
      } else {
        Arrays.fill(matrix, 0);
      }
      preconditioner.apply(y, product);
      double gamma = initialScaling ? sy / Vectors.dot(y, product) : 1;
      if (preconditioner.isIdentity()) {
        for (int i = 0; i < n; i++) {
          matrix[i * n + i] = gamma;
        }
      } else {
        double[] unit = new double[n];
        for (int j = 0; j < n; j++) {
          unit[j] = 1;
          preconditioner.apply(unit, product);
          unit[j] = 0;
          for (int i = 0; i < n; i++) {
            matrix[i * n + j] = gamma * product[i];
          }
        }
      }
      updated = true;
    }

    @Override
    public double suggestedStep(double[] gradient, double slope, double decrease) {
      return updated ? 1 : last > 0 ? 2 * last : Math.min(1, 1 / length);
    }

    @Override
    public boolean forget() {
      boolean remembered = updated || last > 0;
      updated = false;
      last = 0;
      return remembered;
    }
  }

  /** Settings of {@link Bfgs}, at their defaults until set. */
  public static final class Builder extends LineSearchMinimizer.Builder<Builder> {
    private boolean initialScaling = true;
    private Preconditioner preconditioner;

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

    /** The preconditioner; null for none. */
    public Builder preconditioner(Preconditioner preconditioner) {
      this.preconditioner = preconditioner;
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
