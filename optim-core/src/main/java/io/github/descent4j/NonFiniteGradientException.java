package io.github.descent4j;

/** A gradient was NaN or infinite under {@link NonFinite#FAIL}; nothing has changed. */
public final class NonFiniteGradientException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  private final String parameterName;

  NonFiniteGradientException(String parameterName, String element) {
    super("gradient of parameter '" + parameterName + "' " + element + ", expected finite numbers");
    this.parameterName = parameterName;
  }

  /** The first parameter, in the order of the step, whose gradient is not finite. */
  public String parameterName() {
    return parameterName;
  }
}
