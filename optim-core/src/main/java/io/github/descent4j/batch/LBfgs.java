package io.github.descent4j.batch;

import io.github.descent4j.internal.Check;

/**
 * L-BFGS: BFGS from the last m pairs alone (Nocedal 1980; N&amp;W Algorithms 7.4 and 7.5).
 *
 * <pre>
 * d = -H g by the two-loop recursion over the pairs s = x_new - x, y = g_new - g with s.y &gt; 0
 * H starts from gamma P,  gamma = s.y / y.P y of the newest pair    (N&amp;W equation 7.20 for P = I)
 * </pre>
 *
 * <p>The line search starts from 1; as long as there is no pair, from twice the last step, and at first from min(1, 1 / |d|), so that the
 * first step has at most length 1.
 *
 * <p>The first choice for smooth functions of many elements: an iteration costs little more than an evaluation, of which there is
 * mostly one.
 *
 * <p><b>Memory.</b> 2 history vectors of double.
 *
 * <p><b>Fork.</b> PyTorch keeps a pair if s.y &gt; 1e-10, whatever its scale; here if it is positive beyond the rounding of
 * gradients to the parameters' type.
 *
 * <p><b>Defaults.</b> history 10, scaling true (false: gamma = 1), no preconditioner, lineSearch {@link MoreThuente}; to stop:
 * gradientTolerance 1e-5 of the largest element, maxIterations 1000. With box bounds: {@link ProjectedLBfgs}; with an L1 penalty:
 * {@link OwlQn}; on mini-batches: {@link LBfgsOptimizer}.
 *
 * <pre>{@code
 * MinimizerResult result = LBfgs.builder().gradientTolerance(1e-8).build().minimize(objective, parameters);
 * }</pre>
 */
public final class LBfgs extends LineSearchMinimizer {
  private final int history;
  private final boolean scaling;
  private final Preconditioner preconditioner;

  /** With the defaults. */
  public LBfgs() {
    this(builder());
  }

  private LBfgs(Builder builder) {
    super(builder);
    history = Check.count(1, "history", builder.history);
    scaling = builder.scaling;
    preconditioner = builder.preconditioner;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  Directions directions(Evaluator evaluator) {
    Workspace workspace = evaluator.workspace();
    return new LimitedMemory(workspace.pairs(history), scaling, workspace.flat(preconditioner));
  }

  @Override
  public String toString() {
    return "LBfgs(history=" + history + ", scaling=" + scaling + ", preconditioned="
        + (preconditioner != null) + ", lineSearch=" + lineSearch + ", " + limits() + ")";
  }

  private static final class LimitedMemory implements Directions {
    private final PairHistory pairs;
    private final boolean scaling;
    private final FlatPreconditioner preconditioner;
    private double length;

    /** The last step, if it has left no pair; else 0. */
    private double last;

    LimitedMemory(PairHistory pairs, boolean scaling, FlatPreconditioner preconditioner) {
      this.pairs = pairs;
      this.scaling = scaling;
      this.preconditioner = preconditioner;
    }

    @Override
    public void find(double[] x, double[] gradient, double[] direction) {
      Vectors.negate(direction, gradient);
      pairs.multiply(direction, scaling, preconditioner, null);
      length = pairs.count() > 0 ? 0 : Vectors.twoNorm(direction);
    }

    @Override
    public void moved(
        double[] gradient,
        double[] step,
        double[] change,
        double stepLength,
        double slope,
        double noise) {
      last = pairs.add(step, change, noise) ? 0 : stepLength;
    }

    @Override
    public double suggestedStep(double[] gradient, double slope, double decrease) {
      return pairs.count() > 0 ? 1 : last > 0 ? 2 * last : Math.min(1, 1 / length);
    }

    @Override
    public boolean forget() {
      boolean remembered = pairs.count() > 0 || last > 0;
      pairs.clear();
      last = 0;
      return remembered;
    }
  }

  /** Settings of {@link LBfgs}, at their defaults until set. */
  public static final class Builder extends LineSearchMinimizer.Builder<Builder> {
    private int history = 10;
    private boolean scaling = true;
    private Preconditioner preconditioner;

    private Builder() {
      super(new MoreThuente());
    }

    @Override
    Builder self() {
      return this;
    }

    /** How many pairs, m: at least 1; mostly 3 to 30. */
    public Builder history(int history) {
      this.history = history;
      return this;
    }

    /** Whether H has the scale of the newest pair. */
    public Builder scaling(boolean scaling) {
      this.scaling = scaling;
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
    public LBfgs build() {
      return new LBfgs(this);
    }
  }
}
