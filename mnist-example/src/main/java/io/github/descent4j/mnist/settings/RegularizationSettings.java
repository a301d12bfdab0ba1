package io.github.descent4j.mnist.settings;

import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.ElasticNet;
import io.github.descent4j.nn.train.L0Penalty;
import io.github.descent4j.nn.train.WeightPenalty;

/**
 * What keeps a network from learning its training images by heart, besides dropout, label smoothing, weight decay and augmentation.
 *
 * @param l1 strength of the L1 penalty
 * @param l2 strength of the L2 penalty
 * @param patience epochs without improvement after which training ends, or null
 * @param validation how many of the last training images are held out, to see which epoch was the best; 0 without patience
 * @param hidden what is random in hidden layers
 * @param inputGradient what is done with the gradient of the loss by the images
 */
public record RegularizationSettings(
    double l1,
    double l2,
    Integer patience,
    int validation,
    HiddenSettings hidden,
    InputGradientSettings inputGradient) {
  /** No penalty, and no end before the last epoch. */
  public static final RegularizationSettings NONE =
      new RegularizationSettings(0, 0, null, 0, HiddenSettings.NONE, InputGradientSettings.NONE);

  /** Penalties and early stopping alone. */
  public RegularizationSettings(double l1, double l2, Integer patience, int validation) {
    this(l1, l2, patience, validation, HiddenSettings.NONE, InputGradientSettings.NONE);
  }

  /** The penalty on the parameters of a network that was made by these settings. */
  public WeightPenalty penalty(Sequential network) {
    WeightPenalty weights = ElasticNet.of(l1, l2);
    return hidden.l0() == null ? weights : weights.and(L0Penalty.of(network, hidden.l0()));
  }

  /** In words, or empty. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (l1 > 0) {
      text.append(", l1 ").append(l1);
    }
    if (l2 > 0) {
      text.append(", l2 ").append(l2);
    }
    if (patience != null) {
      text.append(", early stopping after ").append(patience);
    }
    return text.append(hidden).append(inputGradient).toString();
  }
}
