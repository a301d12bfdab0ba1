package io.github.descent4j.schedule;

import java.util.Objects;

/** The argument checks of this package; each returns the value it was given. */
final class Check {

  private Check() {}

  static long step(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step is " + step + ", expected a number >= 0");
    }
    return step;
  }

  static double atLeastZero(String name, double value) {
    return require(
        value >= 0 && value < Double.POSITIVE_INFINITY, name, value, "a finite number >= 0");
  }

  static double positive(String name, double value) {
    return require(
        value > 0 && value < Double.POSITIVE_INFINITY, name, value, "a finite number > 0");
  }

  static double atLeastOne(String name, double value) {
    return require(
        value >= 1 && value < Double.POSITIVE_INFINITY, name, value, "a finite number >= 1");
  }

  static double decayFactor(String name, double value) {
    return require(value > 0 && value <= 1, name, value, "a number in (0, 1]");
  }

  static double atMost(String name, double value, String limitName, double limit) {
    return require(
        value >= 0 && value <= limit,
        name,
        value,
        "a number in [0, " + limitName + "] = [0.0, " + limit + "]");
  }

  static double require(boolean valid, String name, double value, String expected) {
    if (!valid) {
      throw new IllegalArgumentException(name + " is " + value + ", expected " + expected);
    }
    return value;
  }

  static long atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected a number >= 1");
    }
    return value;
  }

  static long atLeastZero(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is " + value + ", expected a number >= 0");
    }
    return value;
  }

  static int atLeastZero(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is " + value + ", expected a number >= 0");
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

  /** Returns a checked copy. */
  static long[] ascendingSteps(String name, long[] array) {
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
}
