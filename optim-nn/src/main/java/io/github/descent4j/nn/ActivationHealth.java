package io.github.descent4j.nn;

import java.util.Locale;

/**
 * How the units of one {@link Relu}, {@link Sigmoid} or {@link Tanh} answer to a batch; made by {@link NetworkHealth}. A unit is
 * a feature of {@code [batch, features]} or a channel of {@code [batch, channels, height, width]}.
 *
 * <pre>{@code
 * ActivationHealth first = NetworkHealth.of(network, images).layers().get(0);
 * System.out.println(first.deadUnits() + " of " + first.units());
 * }</pre>
 *
 * @param name the layer with parameters before it and the function, such as {@code fc1 Relu}
 * @param units how many units
 * @param deadUnits of a {@link Relu} those that answer 0 to every example, through which no gradient comes; 0 for the others
 * @param saturated of a {@link Sigmoid} or {@link Tanh} the part of the outputs within 0.01 of a bound, where the derivative is below
 *     a twentieth of its maximum; 0 for a {@link Relu}
 * @param distinctUnits groups of units, dead ones apart, that answer alike to every example, to within 1e-5 of the layer's largest
 *     output (the rounding of sums)
 * @param verdict the first that holds, in the order of {@link Verdict}
 */
public record ActivationHealth(
    String name, int units, int deadUnits, double saturated, int distinctUnits, Verdict verdict) {

  /** What is the matter with a layer. */
  public enum Verdict {
    /** An output is NaN or infinite. */
    NOT_FINITE,

    /** More than half of the units are dead. */
    DEAD,

    /** More than half of the outputs are saturated. */
    SATURATED,

    /** At least half of the units that live repeat another one: they get the same gradient, and stay the same. */
    SYMMETRIC,

    /** None of the others. */
    HEALTHY;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }
}
