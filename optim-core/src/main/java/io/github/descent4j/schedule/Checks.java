package io.github.descent4j.schedule;

/** The argument checks of this package; each returns the value it was given. */
final class Checks {

  private Checks() {}

  static long step(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step is " + step + ", expected at least 0");
    }
    return step;
  }

  static double notNegative(String name, double value) {
    return check(
        value >= 0 && value < Double.POSITIVE_INFINITY,
        name,
        value,
        "a finite value of at least 0");
  }

  static double positive(String name, double value) {
    return check(
        value > 0 && value < Double.POSITIVE_INFINITY, name, value, "a finite value above 0");
  }

  static double atLeastOne(String name, double value) {
    return check(
        value >= 1 && value < Double.POSITIVE_INFINITY,
        name,
        value,
        "a finite value of at least 1");
  }

  static double decayFactor(String name, double value) {
    return check(value > 0 && value <= 1, name, value, "a value in (0, 1]");
  }

  static double atMost(String name, double value, String limitName, double limit) {
    return check(
        value >= 0 && value <= limit,
        name,
        value,
        "a value in [0, " + limitName + "] = [0.0, " + limit + "]");
  }

  static double check(boolean valid, String name, double value, String expected) {
    if (!valid) {
      throw new IllegalArgumentException(name + " is " + value + ", expected " + expected);
    }
    return value;
  }

  static long atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected at least 1");
    }
    return value;
  }

  static int notNegative(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is " + value + ", expected at least 0");
    }
    return value;
  }

  /** Adds two numbers of steps that are at least 1. */
  static long sum(String name, long value, String otherName, long other) {
    if (value > Long.MAX_VALUE - other) {
      throw new IllegalArgumentException(name + " is " + value
          + ", expected at most Long.MAX_VALUE less " + otherName + ", which is " + other);
    }
    return value + other;
  }

  static long[] ascendingSteps(String name, long[] steps) {
    for (int i = 0; i < steps.length; i++) {
      atLeastOne(name + "[" + i + "]", steps[i]);
      if (i > 0 && steps[i] <= steps[i - 1]) {
        throw new IllegalArgumentException(name + "[" + i + "] is " + steps[i] + ", expected above "
            + name + "[" + (i - 1) + "], which is " + steps[i - 1]);
      }
    }
    return steps;
  }
}
