package io.github.descent4j.batch;

import io.github.descent4j.batch.LineSearchResult.Status;
import io.github.descent4j.internal.Check;

/**
 * Backtracking to Armijo's condition (Armijo 1966; N&amp;W Algorithm 3.1).
 *
 * <pre>
 * a = initialStep;  while not phi(a) &lt;= phi(0) + sufficientDecrease a phi'(0):  a *= shrink
 * </pre>
 *
 * <p><b>Defaults.</b> sufficientDecrease 1e-4, shrink 0.5, initialStep what the method suggests, maxEvaluations 60. A value that is not
 * finite is one that has not decreased.
 *
 * <p>The step says nothing of the slope: quasi-Newton methods then skip the pairs that have no positive curvature, and can creep.
 * {@link MoreThuente} is what they are made for.
 */
public final class Backtracking implements LineSearch {
  private final double sufficientDecrease;
  private final double shrink;
  private final double initialStep;
  private final int maxEvaluations;

  /** With the defaults. */
  public Backtracking() {
    this(builder());
  }

  private Backtracking(Builder builder) {
    sufficientDecrease = Check.between("sufficientDecrease", builder.sufficientDecrease);
    shrink = Check.between("shrink", builder.shrink);
    initialStep = builder.initialStep;
    maxEvaluations = Check.count(1, "maxEvaluations", builder.maxEvaluations);
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public LineSearchResult search(
      LineFunction function, double value, double slope, double suggested) {
    double step = initialStep > 0 ? initialStep : suggested;
    for (int evaluations = 1; evaluations <= maxEvaluations; evaluations++) {
      double there = function.value(step);
      if (there <= value + sufficientDecrease * step * slope) {
        return new LineSearchResult(step, there, evaluations, Status.FOUND);
      }
      step *= shrink;
    }
    return LineSearchResult.failed(value, maxEvaluations);
  }

  @Override
  public String toString() {
    return "Backtracking(sufficientDecrease=" + sufficientDecrease + ", shrink=" + shrink
        + ", initialStep=" + (initialStep > 0 ? initialStep : "suggested")
        + ", maxEvaluations=" + maxEvaluations + ")";
  }

  /** Settings of {@link Backtracking}, at their defaults until set. */
  public static final class Builder extends LineSearchBuilder<Builder> {
    private double shrink = 0.5;
    private double initialStep;

    private Builder() {
      super(1e-4, 60);
    }

    @Override
    Builder self() {
      return this;
    }

    /** The factor from a step to the next: in (0, 1). */
    public Builder shrink(double shrink) {
      this.shrink = shrink;
      return this;
    }

    /**
     * The first step of every search, in place of the one that the method suggests.
     *
     * @throws IllegalArgumentException if it is not finite and above 0
     */
    public Builder initialStep(double initialStep) {
      this.initialStep = Check.positive("initialStep", initialStep);
      return this;
    }

    /**
     * Makes the search.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public Backtracking build() {
      return new Backtracking(this);
    }
  }
}
