package io.github.descent4j.internal;

import java.util.Locale;
import java.util.Objects;

/**
 * Validation of arguments: every message names the parameter, the value and what was expected, and each check returns
 * the value it was given.
 */
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

  /** A part of a whole that is neither nothing nor all of it. */
  public static double between(String name, double value) {
    return require(value > 0 && value < 1, name, value, "a number in (0, 1)");
  }

  /** A count with a least value. */
  public static int count(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", expected a number >= " + least);
    }
    return value;
  }

  /** The factor by which a rate falls. */
  public static double decayFactor(String name, double value) {
    return require(value > 0 && value <= 1, name, value, "a number in (0, 1]");
  }

  /** A number from 0 to one that has a name of its own. */
  public static double atMost(String name, double value, String limitName, double limit) {
    return require(
        value >= 0 && value <= limit,
        name,
        value,
        "a number in [0, " + limitName + "] = [0.0, " + limit + "]");
  }

  /** The number of a step. */
  public static long step(long step) {
    return atLeastZero("step", step);
  }

  /** A factor that lets nothing shrink. */
  public static double atLeastOne(String name, double value) {
    return require(
        value >= 1 && value < Double.POSITIVE_INFINITY, name, value, "a finite number >= 1");
  }

  /** A count. */
  public static long atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected a number >= 1");
    }
    return value;
  }

  /** A count that may be none. */
  public static long atLeastZero(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is " + value + ", expected a number >= 0");
    }
    return value;
  }

  /** A count that may be none. */
  public static int atLeastZero(String name, int value) {
    return (int) atLeastZero(name, (long) value);
  }

  /** Adds two numbers of steps that are at least 1. */
  public static long sum(String name, long value, String otherName, long other) {
    if (value > Long.MAX_VALUE - other) {
      throw new IllegalArgumentException(name + " is " + value
          + ", expected at most Long.MAX_VALUE less " + otherName + ", which is " + other);
    }
    return value + other;
  }

  /** Returns a checked copy. */
  public static long[] ascendingSteps(String name, long[] array) {
    long[] steps = Objects.requireNonNull(array, name + " is null, expected an array of steps")
        .clone();
    for (int i = 0; i < steps.length; i++) {
      atLeastOne(name + "[" + i + "]", steps[i]);
      if (i > 0 && steps[i] <= steps[i - 1]) {
        throw new IllegalArgumentException(name + "[" + i + "] is " + steps[i] + ", expected above "
            + name + "[" + (i - 1) + "], which is " + steps[i - 1]);
      }
    }
    return steps;
  }

  /** A value of which the caller knows whether it is valid. */
  public static double require(boolean valid, String name, double value, String expected) {
    if (!valid) {
      throw new IllegalArgumentException(name + " is " + value + ", expected " + expected);
    }
    return value;
  }
}
