package io.github.descent4j.mnist.settings;

import java.util.Locale;

/** Where the weight decay acts. */
public enum DecayMode {
  /** On the gradient. */
  COUPLED,
  /** On the weight. */
  DECOUPLED;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
