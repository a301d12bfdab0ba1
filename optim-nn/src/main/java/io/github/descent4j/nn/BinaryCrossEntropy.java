package io.github.descent4j.nn;

/**
 * Cross-entropy of decisions between yes and no, each with a logit of its own: the mean over all outputs of all examples of -t log p -
 * (1 - t) log(1 - p), with p = 1 / (1 + exp(-z)) for the logit z and a target t in [0, 1].
 *
 * <p>Computed from the logits as max(z, 0) - z t + log(1 + exp(-|z|)), which is finite and exact however large they are: there is no
 * {@link Sigmoid} at the end of the network. The gradient is (p - t) / (batch outputs). PyTorch's {@code BCEWithLogitsLoss} is the same.
 *
 * <pre>{@code
 * BinaryCrossEntropy loss = new BinaryCrossEntropy();
 * double meanLoss = loss.forward(logits, Targets.values(yesOrNo)); // both [batch, questions], targets 1 and 0
 * }</pre>
 *
 * <p>An example is {@linkplain #correct correct} if all its logits are on the side of their targets: z above 0 where t is above 1/2, and
 * not above 0 where it is not.
 */
public final class BinaryCrossEntropy extends ElementwiseLoss {

  @Override
  double loss(double output, double target) {
    return Math.max(output, 0)
        - output * target
        + StrictMath.log1p(StrictMath.exp(-Math.abs(output)));
  }

  @Override
  double slope(double output, double target) {
    return 1 / (1 + StrictMath.exp(-output)) - target;
  }

  @Override
  double curvature(double output, double target) {
    double p = 1 / (1 + StrictMath.exp(-output));
    return p * (1 - p);
  }

  @Override
  boolean isRight(double output, double target) {
    return !Double.isNaN(output) && output > 0 == target > 0.5;
  }

  @Override
  boolean takes(double target) {
    return target >= 0 && target <= 1;
  }

  @Override
  String expectedTarget() {
    return "a value in [0, 1]";
  }

  @Override
  public String toString() {
    return "BinaryCrossEntropy";
  }
}
