package io.github.descent4j.nn;

/**
 * Huber's loss, which grows like a square near the target and like a line far from it, so that outliers pull no harder than others: the
 * mean over all outputs of all examples of
 *
 * <ul>
 *   <li>d² / 2 where |d| is at most delta,
 *   <li>delta (|d| - delta / 2) elsewhere,
 * </ul>
 *
 * with d = y - t, for outputs y and targets t of the same shape. The gradient is max(-delta, min(delta, d)) / (batch outputs). PyTorch's
 * {@code HuberLoss} is the same.
 *
 * <p>P. J. Huber: Robust estimation of a location parameter. The Annals of Mathematical Statistics 35(1), 1964.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder(network, new Adam(1e-3)).loss(new Huber(1)).build();
 * }</pre>
 *
 * <p>A regression has no correct examples: {@link #correct} is 0.
 */
public final class Huber extends ElementwiseLoss {
  private final double delta;

  /** A loss with a delta of 1. */
  public Huber() {
    this(1);
  }

  /**
   * A loss.
   *
   * @param delta the distance at which the square ends, above 0 and finite
   * @throws IllegalArgumentException if it is not
   */
  public Huber(double delta) {
    if (!(delta > 0 && Double.isFinite(delta))) {
      throw new IllegalArgumentException(
          "delta is " + delta + ", expected a finite number above 0");
    }
    this.delta = delta;
  }

  @Override
  double loss(double output, double target) {
    double distance = Math.abs(output - target);
    return distance <= delta ? distance * distance / 2 : delta * (distance - delta / 2);
  }

  @Override
  double slope(double output, double target) {
    return Math.max(-delta, Math.min(delta, output - target));
  }

  @Override
  double curvature(double output, double target) {
    return Math.abs(output - target) <= delta ? 1 : 0;
  }

  @Override
  boolean isRight(double output, double target) {
    return false;
  }

  @Override
  public String toString() {
    return "Huber delta " + delta;
  }
}
