package io.github.descent4j.rule;

import java.util.function.DoublePredicate;

/**
 * The values that a hyperparameter may have; each is finite.
 *
 * <pre>{@code
 * Scalar beta1 = f.hyperparameter("beta1", 0.9, Range.FRACTION);
 * }</pre>
 */
public final class Range {
  /** Any finite number. */
  public static final Range FINITE = new Range("a finite number", value -> true);

  /** At least 0: rates, decays, offsets. */
  public static final Range AT_LEAST_ZERO = atLeast("0", 0);

  /** Above 0: epsilons. */
  public static final Range POSITIVE = new Range("a finite number > 0", value -> value > 0);

  /** At least 0 and below 1: the factor of an exponential average. */
  public static final Range FRACTION =
      new Range("a number in [0, 1)", value -> value >= 0 && value < 1);

  /** From 0 to 1, both included. */
  public static final Range UNIT =
      new Range("a number in [0, 1]", value -> value >= 0 && value <= 1);

  private final String text;
  private final DoublePredicate contains;

  private Range(String text, DoublePredicate contains) {
    this.text = text;
    this.contains = contains;
  }

  /** From a number on. */
  public static Range atLeast(double least) {
    return atLeast(Double.toString(least), least);
  }

  private static Range atLeast(String text, double least) {
    return new Range("a finite number >= " + text, value -> value >= least);
  }

  /**
   * The value, if it is in this range.
   *
   * @param name for the message
   * @throws IllegalArgumentException if it is not
   */
  public double require(String name, double value) {
    if (Math.abs(value) < Double.POSITIVE_INFINITY && contains.test(value)) {
      return value;
    }
    throw new IllegalArgumentException(name + " is " + value + ", expected " + text);
  }

  @Override
  public String toString() {
    return text;
  }
}
