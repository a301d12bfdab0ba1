package io.github.descent4j.internal.gradient;

/** Loops over blocks on the heap that belong to no update rule, each short enough for C2 to vectorize it. */
public final class BlockLoops {

  private BlockLoops() {}

  /** {@code g *= factor}. */
  static void scale(float[] g, int n, float factor) {
    for (int i = 0; i < n; i++) {
      g[i] *= factor;
    }
  }

  /** {@code g *= factor}. */
  static void scale(double[] g, int n, double factor) {
    for (int i = 0; i < n; i++) {
      g[i] *= factor;
    }
  }

  /** {@code g = clamp(g, lower, upper)}. */
  static void clamp(float[] g, int n, float lower, float upper) {
    for (int i = 0; i < n; i++) {
      g[i] = Math.min(Math.max(g[i], lower), upper);
    }
  }

  /** {@code g = clamp(g, lower, upper)}. */
  static void clamp(double[] g, int n, double lower, double upper) {
    for (int i = 0; i < n; i++) {
      g[i] = Math.min(Math.max(g[i], lower), upper);
    }
  }

  /** {@code wide = g}. */
  static void widen(double[] wide, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      wide[i] = g[i];
    }
  }

  /** {@code lane += |g|}. */
  static void addAbsolute(double[] lanes, double[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += Math.abs(g[i]);
    }
  }

  /** {@code lane += g}. */
  public static void add(double[] lanes, double[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += g[i];
    }
  }

  /** {@code lane += g}, in double. */
  public static void add(double[] lanes, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += g[i];
    }
  }

  /** {@code lane += g²}. */
  public static void addSquares(double[] lanes, double[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += g[i] * g[i];
    }
  }

  /** {@code lane += g²}, in double. */
  public static void addSquares(double[] lanes, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      double wide = g[i];
      lanes[i] += wide * wide;
    }
  }

  /** {@code lane = max(lane, |g|)}. */
  static void maxAbsolute(double[] lanes, double[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] = Math.max(lanes[i], Math.abs(g[i]));
    }
  }

  /** {@code lane += 0 g}: 0, or NaN if an element is not finite. */
  static void addZeros(double[] lanes, double[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += 0 * g[i];
    }
  }
}
