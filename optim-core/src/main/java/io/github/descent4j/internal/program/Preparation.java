package io.github.descent4j.internal.program;

import java.util.List;

/**
 * What happens ahead of the rule, as bits: only what a step needs is in its program, so that no loop has a test
 * for what it does not need.
 *
 * <p>{@code g' = clamp(g * scale * secondScale, lower, upper) + coupledDecay * p; p' = p - decoupledDecay * p}.
 */
public final class Preparation {
  /** The gradient is scaled. */
  public static final int SCALED = 1;

  /** The gradient is scaled by a second factor, since the product of both is out of range. */
  public static final int SCALED_TWICE = 2;

  /** The gradient's elements are clamped. */
  public static final int CLAMPED = 4;

  /** Decay is added to the gradient. */
  public static final int COUPLED = 8;

  /** Decay is taken off the parameter. */
  public static final int DECOUPLED = 16;

  /** How many combinations there are. */
  public static final int COMBINATIONS = 32;

  // Places of its numbers, behind those of the description.
  static final int SCALE = 0;
  static final int SECOND_SCALE = 1;
  static final int LOWER = 2;
  static final int UPPER = 3;
  static final int COUPLED_DECAY = 4;
  static final int DECOUPLED_DECAY = 5;

  /** How many numbers it has. */
  static final int NUMBERS = 6;

  static final List<String> NAMES =
      List.of("scale", "secondScale", "lower", "upper", "coupledDecay", "decoupledDecay");

  private Preparation() {}

  /** Puts the numbers of the gradient's part behind those of a description. */
  public static void putGradient(
      double[] wide,
      float[] rounded,
      int at,
      double scale,
      double secondScale,
      double lower,
      double upper) {
    put(wide, rounded, at + SCALE, scale);
    put(wide, rounded, at + SECOND_SCALE, secondScale);
    put(wide, rounded, at + LOWER, lower);
    put(wide, rounded, at + UPPER, upper);
  }

  /** Puts the numbers of weight decay behind those of a description. */
  public static void putDecay(
      double[] wide, float[] rounded, int at, double coupledDecay, double decoupledDecay) {
    put(wide, rounded, at + COUPLED_DECAY, coupledDecay);
    put(wide, rounded, at + DECOUPLED_DECAY, decoupledDecay);
  }

  private static void put(double[] wide, float[] rounded, int at, double value) {
    wide[at] = value;
    rounded[at] = (float) value;
  }

  /** For the name of a class. */
  static String suffix(int bits) {
    return ((bits & SCALED) != 0 ? "_scaled" : "")
        + ((bits & SCALED_TWICE) != 0 ? "_twice" : "")
        + ((bits & CLAMPED) != 0 ? "_clamped" : "")
        + ((bits & COUPLED) != 0 ? "_coupled" : "")
        + ((bits & DECOUPLED) != 0 ? "_decoupled" : "");
  }
}
