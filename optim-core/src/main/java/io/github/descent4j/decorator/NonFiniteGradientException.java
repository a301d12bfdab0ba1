package io.github.descent4j.decorator;

/** A gradient was NaN or infinite under {@link NonFinite#FAIL}; nothing has changed. */
public final class NonFiniteGradientException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  private final String parameterName;

  /**
   * Of a parameter.
   *
   * @param element what its gradient has, a phrase such as "is NaN at [0, 1]"
   */
  public NonFiniteGradientException(String parameterName, String element) {
    super("gradient of parameter '" + parameterName + "' " + element + ", expected finite numbers");
    this.parameterName = parameterName;
  }

  /** The first parameter, in the order of the step, whose gradient is not finite. */
  public String parameterName() {
    return parameterName;
  }
}
