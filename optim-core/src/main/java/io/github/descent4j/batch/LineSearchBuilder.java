package io.github.descent4j.batch;

/**
 * What searches for Armijo's condition, and with {@link Wolfe} for those of Wolfe, have in common. Ranges and defaults are those of each
 * search. Not for other searches to extend.
 */
public abstract class LineSearchBuilder<B extends LineSearchBuilder<B>> {
  double sufficientDecrease;
  int maxEvaluations;

  LineSearchBuilder(double sufficientDecrease, int maxEvaluations) {
    this.sufficientDecrease = sufficientDecrease;
    this.maxEvaluations = maxEvaluations;
  }

  abstract B self();

  /** The share of the decrease that the slope promises, c1, mu or delta: in (0, 1), of {@link HagerZhang} in (0, 0.5). */
  public B sufficientDecrease(double sufficientDecrease) {
    this.sufficientDecrease = sufficientDecrease;
    return self();
  }

  /** The steps to try before the search takes the best of them, or fails: at least 1. */
  public B maxEvaluations(int maxEvaluations) {
    this.maxEvaluations = maxEvaluations;
    return self();
  }

  /** What searches that look at slopes, too, have in common. */
  public abstract static class Wolfe<B extends Wolfe<B>> extends LineSearchBuilder<B> {
    static final double MAX_STEP = 1e10;

    double curvature;
    double maxStep = MAX_STEP;

    Wolfe(double sufficientDecrease, double curvature, int maxEvaluations) {
      super(sufficientDecrease, maxEvaluations);
      this.curvature = curvature;
    }

    /**
     * The share of the slope that may be left, c2, eta or sigma: in (0, 1) and a good deal above sufficientDecrease; of {@link
     * HagerZhang} in [sufficientDecrease, 1).
     */
    public B curvature(double curvature) {
      this.curvature = curvature;
      return self();
    }

    /** The longest step, in lengths of the direction: finite and above 0, and above the shortest one if there is such. */
    public B maxStep(double maxStep) {
      this.maxStep = maxStep;
      return self();
    }
  }
}
