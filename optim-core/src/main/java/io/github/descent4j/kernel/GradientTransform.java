package io.github.descent4j.kernel;

/**
 * What decorators do to a gradient before the update rule sees it: {@code g' = clamp(g * scale,
 * lower, upper)}.
 *
 * <p>Any sequence of scaling by a factor of at least 0 and of clamping has this form, so decorators
 * nest without ever writing a gradient.
 */
public final class GradientTransform {
  private double scale;
  private double lower;
  private double upper;

  /** Starts as the identity. */
  public GradientTransform() {
    reset();
  }

  /** Back to the identity. */
  public void reset() {
    scale = 1;
    lower = Double.NEGATIVE_INFINITY;
    upper = Double.POSITIVE_INFINITY;
  }

  /** Scales what comes out of the transform so far by a factor of at least 0, or NaN. */
  public void scale(double factor) {
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
    return scale;
  }

  /** Whether no element is clamped. */
  public boolean onlyScales() {
    return lower == Double.NEGATIVE_INFINITY && upper == Double.POSITIVE_INFINITY;
  }

  double lower() {
    return lower;
  }

  double upper() {
    return upper;
  }

  void apply(float[] g, int n) {
    if (scale != 1) {
      FloatLoops.scale(g, n, (float) scale);
    }
    if (!onlyScales()) {
      FloatLoops.clamp(g, n, (float) lower, (float) upper);
    }
  }

  void apply(double[] g, int n) {
    if (scale != 1) {
      DoubleLoops.scale(g, n, scale);
    }
    if (!onlyScales()) {
      DoubleLoops.clamp(g, n, lower, upper);
    }
  }
}
