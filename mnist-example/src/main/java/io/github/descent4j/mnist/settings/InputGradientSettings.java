package io.github.descent4j.mnist.settings;

import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.nn.BatchGradient;
import io.github.descent4j.nn.DoubleBackpropagation;
import io.github.descent4j.nn.train.AdversarialTraining;

/**
 * What a training does with the gradient of the loss by the images.
 *
 * @param attack on the images that are trained on, or null
 * @param epsilon its size, in grey values from 0 to 1
 * @param weight of the images after the attack
 * @param penalty on the squared gradient, or null; not with an attack
 */
public record InputGradientSettings(
    AttackChoice attack, double epsilon, double weight, Double penalty) {
  /** Nothing. */
  public static final InputGradientSettings NONE = new InputGradientSettings(null, 0, 0, null);

  /** How gradients are computed. */
  public BatchGradient gradient(GreyScale scale) {
    if (attack != null) {
      return new AdversarialTraining(attack.of(epsilon, scale), 1 - weight);
    }
    return penalty != null ? new DoubleBackpropagation(penalty) : BatchGradient.backpropagation();
  }

  /** In words, or empty. */
  @Override
  public String toString() {
    if (attack != null) {
      return ", " + attack + " " + epsilon + " of weight " + weight;
    }
    return penalty == null ? "" : ", input gradient penalty " + penalty;
  }
}
