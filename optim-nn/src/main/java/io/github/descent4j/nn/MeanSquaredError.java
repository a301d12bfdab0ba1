package io.github.descent4j.nn;

/**
 * The mean squared error: the mean of (y - t)² over all outputs of all examples, for outputs y and targets t of the same shape.
 *
 * <p>The gradient is 2 (y - t) / (batch outputs). There is no factor 1/2, as in PyTorch's {@code MSELoss}.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder(network, new Adam(1e-3)).loss(new MeanSquaredError()).build();
 * trainer.fit(ValueDataset.of(features, targets), 100);
 * }</pre>
 *
 * <p>A regression has no correct examples: {@link #correct} is 0.
 */
public final class MeanSquaredError extends ElementwiseLoss {

  @Override
  double loss(double output, double target) {
    return (output - target) * (output - target);
  }

  @Override
  double slope(double output, double target) {
    return 2 * (output - target);
  }

  @Override
  double curvature(double output, double target) {
    return 2;
  }

  @Override
  boolean isRight(double output, double target) {
    return false;
  }

  @Override
  public String toString() {
    return "MeanSquaredError";
  }
}
