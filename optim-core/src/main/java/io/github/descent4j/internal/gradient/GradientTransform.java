package io.github.descent4j.internal.gradient;

import io.github.descent4j.internal.program.Preparation;

/**
 * What decorators do to a gradient before the update rule sees it: {@code g' = clamp(g * scale,
 * lower, upper)}.
 *
 * <p>Any sequence of scaling by a factor of at least 0 and of clamping has this form, so decorators
 * nest without ever writing a gradient.
 *
 * <p>The scale may be smaller than the smallest number of the gradient's type: it is then applied as two factors, the
 * first a power of two, so that only the result is rounded.
 */
public final class GradientTransform {
  private static final int EXPONENT_STEP = 512;

  /** The scale is this times two to the {@link #exponent}. */
  private double scale;

  private int exponent;
  private double lower;
  private double upper;

  /** Starts as the identity. */
  public GradientTransform() {
    reset();
  }

  /** Back to the identity. */
  public void reset() {
    scale = 1;
    exponent = 0;
    lower = Double.NEGATIVE_INFINITY;
    upper = Double.POSITIVE_INFINITY;
  }

  /** Scales what comes out of the transform so far by a factor of at least 0, or NaN. */
  public void scale(double factor) {
    if (factor < 0x1p-500 && scale < 0x1p-500 && factor > 0 && scale > 0) {
      scale *= 0x1p512;
      exponent -= EXPONENT_STEP;
    }
    scale *= factor;
    // Unbounded stays unbounded under a factor of 0, where infinity * 0 would be NaN.
    lower = Double.isInfinite(lower) ? lower : lower * factor;
    upper = Double.isInfinite(upper) ? upper : upper * factor;
  }

  /** Clamps what comes out of the transform so far; lower must not exceed upper. */
  public void clamp(double lower, double upper) {
    this.lower = Math.min(Math.max(this.lower, lower), upper);
    this.upper = Math.min(Math.max(this.upper, lower), upper);
  }

  /** The factor, where this only scales; a norm then scales along with it. */
  public double factor() {
    return Math.scalb(scale, exponent);
  }

  /** Whether no element is clamped. */
  public boolean onlyScales() {
    return lower == Double.NEGATIVE_INFINITY && upper == Double.POSITIVE_INFINITY;
  }

  /** What no element that comes out of it exceeds in size, infinite if there is no such bound. */
  public double bound() {
    return Math.max(-lower, upper);
  }

  /** Whether it leaves every gradient as it is. */
  public boolean isIdentity() {
    return scale == 1 && exponent == 0 && onlyScales();
  }

  /** Whether an element of 0 stays 0. */
  public boolean keepsZero() {
    return !Double.isNaN(scale) && lower <= 0 && upper >= 0;
  }

  /**
   * What a program has to do for this, as bits of {@link Preparation}.
   *
   * @param wide whether the arithmetic is in double
   */
  public int preparation(boolean wide) {
    int bits = onlyScales() ? 0 : Preparation.CLAMPED;
    if (scale == 1 && exponent == 0) {
      return bits;
    }
    return bits | Preparation.SCALED | (isSplit(wide) ? Preparation.SCALED_TWICE : 0);
  }

  /** Puts its numbers where a program has them, in double and rounded once to float. */
  public void putNumbers(boolean wide, double[] doubles, float[] floats, int at) {
    double first = firstScale(wide);
    double second = secondScale(wide);
    Preparation.putGradient(doubles, floats, at, first, second, lower, upper);
  }

  private boolean isSplit(boolean wide) {
    if (wide) {
      return exponent != 0 || (scale > 0 && scale < Double.MIN_NORMAL);
    }
    double factor = factor();
    return factor < Float.MIN_NORMAL && (factor > 0 || exponent != 0);
  }

  private double firstScale(boolean wide) {
    return isSplit(wide) ? Math.scalb(1.0, firstExponent(wide)) : factor();
  }

  private double secondScale(boolean wide) {
    return isSplit(wide) ? Math.scalb(scale, exponent - firstExponent(wide)) : 1;
  }

  /** Half of the scale's own: then both factors are in range if the scaled elements are. */
  private int firstExponent(boolean wide) {
    int half = (Math.getExponent(scale) + exponent) / 2;
    return Math.max(half, wide ? Double.MIN_EXPONENT : Float.MIN_EXPONENT);
  }

  void apply(float[] g, int n) {
    if (scale != 1 || exponent != 0) {
      BlockLoops.scale(g, n, (float) firstScale(false));
      if (isSplit(false)) {
        BlockLoops.scale(g, n, (float) secondScale(false));
      }
    }
    if (!onlyScales()) {
      BlockLoops.clamp(g, n, (float) lower, (float) upper);
    }
  }

  void apply(double[] g, int n) {
    if (scale != 1 || exponent != 0) {
      BlockLoops.scale(g, n, firstScale(true));
      if (isSplit(true)) {
        BlockLoops.scale(g, n, secondScale(true));
      }
    }
    if (!onlyScales()) {
      BlockLoops.clamp(g, n, lower, upper);
    }
  }
}
