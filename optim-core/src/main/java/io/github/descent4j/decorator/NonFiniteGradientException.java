package io.github.descent4j.decorator;

import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A gradient was NaN or infinite under {@link NonFinite#FAIL}, or so large that its square would make a slot infinite for
 * ever; nothing has changed.
 */
public final class NonFiniteGradientException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  private final String parameterName;
  private final boolean tooLarge;

  /**
   * Of a parameter.
   *
   * @param element what its gradient has, a phrase such as "is NaN at [0, 1]"
   */
  public NonFiniteGradientException(String parameterName, String element) {
    this(parameterName, element + ", expected finite numbers", false);
  }

  private NonFiniteGradientException(String parameterName, String element, boolean tooLarge) {
    super("gradient of parameter '" + parameterName + "' " + element);
    this.parameterName = parameterName;
    this.tooLarge = tooLarge;
  }

  /** Of a parameter whose gradient is finite, and its square is not. */
  static NonFiniteGradientException tooLarge(
      String parameterName, double largest, DataType type, double limit) {
    return new NonFiniteGradientException(
        parameterName,
        String.format(
            Locale.ROOT,
            "has an element of size %.3g, whose square would make a slot infinite for ever, expected at most %.0e"
                + " for %s; GradientClip.byValue inside the guard limits it",
            largest,
            limit,
            type),
        true);
  }

  /** Whether it is the square that is not finite. */
  boolean isTooLarge() {
    return tooLarge;
  }

  /** The first parameter, in the order of the step, whose gradient is not finite. */
  public String parameterName() {
    return parameterName;
  }
}
