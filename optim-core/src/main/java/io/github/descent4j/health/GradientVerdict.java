package io.github.descent4j.health;

import java.util.Locale;

/**
 * What a {@link GradientMonitor}, which has the rules, says of a parameter.
 *
 * <pre>{@code
 * boolean learns = health.verdict() == GradientVerdict.HEALTHY;
 * }</pre>
 */
public enum GradientVerdict {
  /** None of the others. */
  HEALTHY,

  /** The gradient of a weight is far smaller than that of weights behind it. */
  VANISHING,

  /** A gradient or parameter is not finite, or updates are beyond all proportion. */
  EXPLODING,

  /** The gradient has been exactly 0 for a while. */
  DEAD,

  /** The gradient is not 0, and steps have left every element as it was for a while. */
  UNMOVED;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
