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
 * <p><b>Memory and cost.</b> H is symmetric, and half of it is kept: n^2 / 2 numbers. An iteration goes through them twice, to multiply H by
 * g_new and to update it, with 2 n^2 multiplications: H y is H g_new - H g. For up to some thousands of elements; more than 65,535 are an
 * IllegalArgumentException at the start. {@link LBfgs} is for more.
 *
 * <p><b>Defaults.</b> initialScaling true, no preconditioner, lineSearch {@link MoreThuente}; to stop: gradientTolerance 1e-5 of the largest element,
 * maxIterations 1000.
 *
 * <pre>{@code
 * MinimizerResult result = new Bfgs().minimize(objective, parameters);
 * }</pre>
 */
public final class Bfgs extends LineSearchMinimizer {
  /** Of which H has 17 GB: beyond, an error at once says more than one of the memory on the way. */
  private static final int MOST_ELEMENTS = 65_535;

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
  Directions directions(Evaluator evaluator) {
    int n = evaluator.requireAtMost(MOST_ELEMENTS, "Bfgs", "LBfgs");
    return new InverseHessian(n, initialScaling, evaluator.workspace().flat(preconditioner));
  }

  @Override
  public String toString() {
    return "Bfgs(initialScaling=" + initialScaling + ", preconditioned=" + (preconditioner != null)
        + ", lineSearch=" + lineSearch + ", " + limits() + ")";
  }

  /**
   * H, of which the lower half is kept, in rows: all loops over them are over arrays with the same index, which is what the JVM makes vector
   * instructions of. Nothing is allocated while it is P.
   */
  static final class InverseHessian implements Directions {
    private final int n;
    private final boolean initialScaling;
    private final FlatPreconditioner preconditioner;
    private double[][] half;

    /** H y of an update. */
    private double[] product;

    /** H g, of the gradient of the last direction, or already of the next one. */
    private double[] ofGradient;

    private boolean ofNext;
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
        if (!ofNext) {
          multiply(gradient, ofGradient);
        }
        ofNext = false;
        Vectors.negate(direction, ofGradient);
      } else {
        preconditioner.apply(gradient, direction);
        length = Vectors.twoNorm(direction);
        Vectors.negate(direction, direction);
      }
    }

    /** result = H v: an element of the half stands for two. */
    void multiply(double[] v, double[] result) {
      for (int i = 0; i < n; i++) {
        double[] row = half[i];
        double vi = v[i];
        result[i] = Vectors.dot(row, 0, v, 0, i + 1);
        for (int j = 0; j < i; j++) {
          result[j] += row[j] * vi;
        }
      }
    }

    @Override
    public void moved(
        double[] gradient, double[] s, double[] y, double stepLength, double slope, double noise) {
      double sy = Vectors.dot(s, y);
      boolean curved = PairHistory.isCurved(sy, s, y, noise);
      last = curved ? 0 : stepLength;
      if (!curved) {
        return;
      }
      if (updated) {
        // H y is the difference of what H makes of two gradients, one of which is known.
        Vectors.copy(ofGradient, product);
        multiply(gradient, ofGradient);
        Vectors.subtract(product, ofGradient, product);
      } else {
        begin(sy, y);
        multiply(y, product);
        multiply(gradient, ofGradient);
      }
      // H + (1 + y.Hy / s.y) s s'/s.y - (Hy s' + s Hy')/s.y, the formula above multiplied out.
      double own = (1 + Vectors.dot(y, product) / sy) / sy;
      for (int i = 0; i < n; i++) {
        double[] row = half[i];
        double ofStep = own * s[i] - product[i] / sy;
        double ofProduct = -s[i] / sy;
        for (int j = 0; j <= i; j++) {
          row[j] += ofStep * s[j] + ofProduct * product[j];
        }
      }
      // The same of H g.
      double alongStep = Vectors.dot(s, gradient) / sy;
      double alongProduct = Vectors.dot(product, gradient) / sy;
      Vectors.add(ofGradient, own * sy * alongStep - alongProduct, s);
      Vectors.add(ofGradient, -alongStep, product);
      ofNext = true;
    }

    private void begin(double sy, double[] y) {
      if (half == null) {
        half = new double[n][];
        for (int i = 0; i < n; i++) {
          half[i] = new double[i + 1];
        }
        product = new double[n];
        ofGradient = new double[n];
      } else {
        for (double[] row : half) {
          Arrays.fill(row, 0);
        }
      }
      preconditioner.apply(y, product);
      double gamma = initialScaling ? sy / Vectors.dot(y, product) : 1;
      if (preconditioner.isIdentity()) {
        for (int i = 0; i < n; i++) {
          half[i][i] = gamma;
        }
      } else {
        double[] unit = new double[n];
        for (int i = 0; i < n; i++) {
          unit[i] = 1;
          preconditioner.apply(unit, product);
          unit[i] = 0;
          for (int j = 0; j <= i; j++) {
            half[i][j] = gamma * product[j];
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
      ofNext = false;
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
