package io.github.descent4j.rule;

import static java.util.Objects.requireNonNull;

/**
 * An array that an {@link UpdateRule} keeps for each parameter, in the parameter's shape: DOUBLE for a
 * DOUBLE parameter and FLOAT for any other.
 *
 * <pre>{@code
 * Slot firstMoment = Slot.zero("m");
 * }</pre>
 *
 * @param name under which state and state files have it, not empty
 * @param initialValue of every element
 */
public record Slot(String name, double initialValue) {

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public Slot {
    requireNonNull(name, "name of a slot is null, expected a name");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name of a slot is '', expected a name");
    }
  }

  /** One that begins at 0. */
  public static Slot zero(String name) {
    return new Slot(name, 0);
  }
}
