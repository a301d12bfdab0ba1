package io.github.descent4j.mnist.compare;

import io.github.descent4j.mnist.settings.OptimizerChoice;
import java.math.BigDecimal;
import picocli.CommandLine.TypeConversionException;

/**
 * A learning rate as it is, {@code 0.01}, or as a factor of the one that {@code train} picks for an optimizer, {@code 3x}.
 *
 * @param value the rate or the factor
 * @param factor whether it is a factor
 */
public record Rate(double value, boolean factor) {

  public static Rate parse(String text) {
    boolean factor = text.endsWith("x");
    try {
      return new Rate(
          Double.parseDouble(factor ? text.substring(0, text.length() - 1) : text), factor);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "expected a number, or a factor of the optimizer's own rate as '3x', but was '" + text
              + "'");
    }
  }

  /** Whether it is finite and above 0. */
  public boolean isValid() {
    return value > 0 && Double.isFinite(value);
  }

  /** The rate for an optimizer: of a factor the product as on paper, without what binary numbers add. */
  double of(OptimizerChoice optimizer) {
    return factor
        ? BigDecimal.valueOf(value)
            .multiply(BigDecimal.valueOf(optimizer.defaultLearningRate))
            .doubleValue()
        : value;
  }

  @Override
  public String toString() {
    return factor ? value + "x" : Double.toString(value);
  }
}
