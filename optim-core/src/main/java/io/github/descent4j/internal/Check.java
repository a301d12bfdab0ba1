package io.github.descent4j.internal;

import java.util.Locale;

/** Validation of hyperparameters: every message names the parameter, the value, what was expected. */
public final class Check {

  private Check() {}

  /** A rate, decay or offset: finite and not negative. */
  public static double atLeastZero(String name, double value) {
    return require(
        value >= 0 && value < Double.POSITIVE_INFINITY, name, value, "a finite number >= 0");
  }

  /** An epsilon: finite and greater than 0. */
  public static double positive(String name, double value) {
    return require(
        value > 0 && value < Double.POSITIVE_INFINITY, name, value, "a finite number > 0");
  }

  /** The factor of an exponential average. */
  public static double fraction(String name, double value) {
    return require(value >= 0 && value < 1, name, value, "a number in [0, 1)");
  }

  /** A count or factor with a least value. */
  public static double atLeast(double least, String name, double value) {
    boolean valid = value >= least && value < Double.POSITIVE_INFINITY;
    return require(valid, name, value, String.format(Locale.ROOT, "a finite number >= %s", least));
  }

  /** A value of which the caller knows whether it is valid. */
  public static double require(boolean valid, String name, double value, String expected) {
    if (!valid) {
      throw new IllegalArgumentException(name + " is " + value + ", expected " + expected);
    }
    return value;
  }
}
