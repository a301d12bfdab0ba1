package io.github.descent4j.batch;

/** Validation of settings: every message names the setting, the value, what was expected. */
final class Check {

  private Check() {}

  static double atLeastZero(String name, double value) {
    return require(
        value >= 0 && value < Double.POSITIVE_INFINITY, name, value, "a finite number >= 0");
  }

  static double positive(String name, double value) {
    return require(
        value > 0 && value < Double.POSITIVE_INFINITY, name, value, "a finite number > 0");
  }

  /** Neither 0 nor 1. */
  static double between(String name, double value) {
    return require(value > 0 && value < 1, name, value, "a number in (0, 1)");
  }

  static int atLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", expected a number >= " + least);
    }
    return value;
  }

  static double require(boolean valid, String name, double value, String expected) {
    if (!valid) {
      throw new IllegalArgumentException(name + " is " + value + ", expected " + expected);
    }
    return value;
  }
}
