package io.github.descent4j.benchmarks;

/** The numbers that every implementation starts from, as functions of an element's index. */
public final class Inputs {
  private static final float[] SCALES = {1, -0.5f, 0.25f, 1};

  private Inputs() {}

  /** A start value in [-1, 1). */
  public static float parameter(int index) {
    return fraction(2 * index) * 2 - 1;
  }

  /** A gradient of either sign, from 0.25 to 1.25 in size, so that no slot becomes subnormal. */
  public static float gradient(int index) {
    float fraction = fraction(2 * index + 1) * 2 - 1;
    return fraction < 0 ? fraction - 0.25f : fraction + 0.25f;
  }

  /** What multiplies the gradients at step t, from 1, when validating: exact in float. */
  public static float scale(int t) {
    return SCALES[(t - 1) % SCALES.length];
  }

  /** 24 scrambled bits of the number, as a value in [0, 1). */
  private static float fraction(int number) {
    int h = number * 0x9E3779B1;
    h = (h ^ (h >>> 15)) * 0x85EBCA77;
    h ^= h >>> 13;
    return (h >>> 8) * 0x1p-24f;
  }
}
