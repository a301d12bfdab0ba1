package io.github.descent4j.internal.state;

import static java.util.Objects.requireNonNull;

/**
 * An array that a rule or decorator keeps for each parameter, in the parameter's shape: DOUBLE for a
 * DOUBLE parameter and FLOAT for any other. Or a number, which is always DOUBLE.
 *
 * <pre>{@code
 * SlotDefinition firstMoment = SlotDefinition.zero("m");
 * }</pre>
 *
 * @param name under which state and state files have it, not empty
 * @param initialValue of every element
 * @param isNumber whether it is one number, whatever the parameter's shape
 */
public record SlotDefinition(String name, double initialValue, boolean isNumber) {

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public SlotDefinition {
    requireNonNull(name, "name of a slot is null, expected a name");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name of a slot is '', expected a name");
    }
  }

  /** An array. */
  public SlotDefinition(String name, double initialValue) {
    this(name, initialValue, false);
  }

  /** A number that begins at 0. */
  public static SlotDefinition number(String name) {
    return new SlotDefinition(name, 0, true);
  }

  /** One that begins at 0. */
  public static SlotDefinition zero(String name) {
    return new SlotDefinition(name, 0);
  }
}
