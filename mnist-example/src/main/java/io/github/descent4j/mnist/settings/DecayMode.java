package io.github.descent4j.mnist.settings;

import io.github.descent4j.WeightDecay;
import java.util.Locale;

/** Where the weight decay acts. */
public enum DecayMode {
  /** On the gradient. */
  COUPLED,
  /** On the weight. */
  DECOUPLED;

  /** Weight decay of this mode. */
  public WeightDecay of(double coefficient) {
    return this == COUPLED ? WeightDecay.coupled(coefficient) : WeightDecay.decoupled(coefficient);
  }

  /** The one that this is not. */
  public DecayMode other() {
    return this == COUPLED ? DECOUPLED : COUPLED;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
