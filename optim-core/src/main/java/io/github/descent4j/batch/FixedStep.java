package io.github.descent4j.batch;

import io.github.descent4j.batch.LineSearchResult.Status;
import io.github.descent4j.internal.Check;

/**
 * The same step at every iteration, whether the value falls or not; halved, up to sixty times, while the function is not finite
 * there.
 *
 * <p>It guarantees nothing: a minimizer that uses it ends at the best point that it came across.
 */
public final class FixedStep implements LineSearch {
  private static final int HALVINGS = 60;

  private final double step;

  /**
   * Of a length.
   *
   * @param step finite and above 0; 1 is the full step of Newton's method
   * @throws IllegalArgumentException if it is not
   */
  public FixedStep(double step) {
    this.step = Check.positive("step", step);
  }

  @Override
  public LineSearchResult search(
      LineFunction function, double value, double slope, double suggested) {
    double length = step;
    for (int evaluations = 1; evaluations <= HALVINGS; evaluations++) {
      double there = function.value(length);
      if (!Double.isNaN(there)) {
        return new LineSearchResult(length, there, evaluations, Status.FOUND);
      }
      length /= 2;
    }
    return LineSearchResult.failed(value, HALVINGS);
  }

  @Override
  public String toString() {
    return "FixedStep(step=" + step + ")";
  }
}
