package io.github.descent4j.mnist.data;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What records ask of their values, which may come from a file. */
public final class Require {
  private Require() {}

  /**
   * Checks a value.
   *
   * @throws IllegalArgumentException with name, value and what was expected, unless {@code valid}
   */
  public static void that(boolean valid, String name, Object value, String expected) {
    if (!valid) {
      throw new IllegalArgumentException(name + " is "
          + CommandException.quoted(String.valueOf(value)) + ", expected " + expected);
    }
  }

  /** Checks that a value is there. */
  public static void present(String name, Object value) {
    that(value != null, name, value, "a value");
  }

  /** Checks that a list is there, and each of its elements. */
  public static void elements(String name, Collection<?> values) {
    present(name, values);
    for (Object value : values) {
      present("an element of " + name, value);
    }
  }

  /** Checks that a map is there, and each of its values. */
  public static void values(String name, Map<?, ?> map) {
    present(name, map);
    map.forEach((key, value) -> present(name + " " + key, value));
  }

  /** Checks that numbers rise from each to the next. */
  public static void rising(String name, List<Long> values) {
    for (int i = 1; i < values.size(); i++) {
      that(
          values.get(i) > values.get(i - 1),
          name,
          values.get(i) + " after " + values.get(i - 1),
          "rising numbers");
    }
  }
}
