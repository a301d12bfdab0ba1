package io.github.descent4j.internal.state;

import static java.util.Objects.requireNonNull;

/**
 * An array that a rule or decorator keeps for each parameter, in the parameter's shape: DOUBLE for a
 * DOUBLE parameter and FLOAT for any other.
 *
 * <pre>{@code
 * SlotDefinition firstMoment = SlotDefinition.zero("m");
 * }</pre>
 *
 * @param name under which state and state files have it, not empty
 * @param initialValue of every element
 */
public record SlotDefinition(String name, double initialValue) {

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

  /** One that begins at 0. */
  public static SlotDefinition zero(String name) {
    return new SlotDefinition(name, 0);
  }
}
