package io.github.descent4j.kernel;

import io.github.descent4j.clip.Norm;
import java.util.Arrays;

/**
 * One read of a gradient: its norm, and whether all of it is finite.
 *
 * <p>Elements are summed in double, in logical 'c' order, over fixed chunks and lanes, so that
 * neither the memory order of the array nor the number of threads changes the bits of the result.
 */
public final class NormReader {

  private static final int BLOCK = 512;
  private static final int CHUNK = 64 * BLOCK;

  private final float[] g32 = new float[BLOCK];
  private final double[] g64 = new double[BLOCK];
  private final double[] lanes = new double[BLOCK];
  private final double[] zeros = new double[BLOCK];
  private final long[] offsets = new long[BLOCK];

  private boolean finite;

  /**
   * Measures a gradient as it comes out of a transform.
   *
   * @return the norm; NaN if an element is NaN, infinite if one is infinite and none is NaN
   */
  public double measure(Span gradient, GradientTransform transform, Norm kind) {
    double power = accumulate(gradient, transform, kind, 1);
    if (kind != Norm.L2) {
      return power;
    }
    // The squares of floats stay within the range of double, those of doubles may leave it.
    boolean lost = gradient.isDouble() && finite && (power > Double.MAX_VALUE || power < 0x1p-900);
    return lost ? rescaled(gradient, transform) : Math.sqrt(power);
  }

  /** Whether every element that {@link #measure} last read was finite. */
  public boolean wasFinite() {
    return finite;
  }

  /** Squares left the range of double: measures again, scaled by the power of two of the maximum. */
  private double rescaled(Span gradient, GradientTransform transform) {
    double max = accumulate(gradient, transform, Norm.MAX, 1);
    if (max == 0 || Double.isInfinite(max)) {
      return max;
    }
    int exponent = Math.max(Math.getExponent(max), Double.MIN_EXPONENT);
    double power = accumulate(gradient, transform, Norm.L2, Math.scalb(1d, -exponent));
    return Math.scalb(Math.sqrt(power), exponent);
  }

  private double accumulate(Span gradient, GradientTransform transform, Norm kind, double scale) {
    double total = 0;
    double zero = 0;
    for (long from = 0; from < gradient.length(); from += CHUNK) {
      long to = Math.min(gradient.length(), from + CHUNK);
      Arrays.fill(lanes, 0);
      Arrays.fill(zeros, 0);
      for (long at = from; at < to; at += BLOCK) {
        int n = (int) Math.min(BLOCK, to - at);
        load(gradient, transform, at, n, scale);
        switch (kind) {
          case L1 -> addAbsolute(n);
          case L2 -> addSquares(n);
          case MAX -> max(n);
        }
        addZeros(n);
      }
      double part = 0;
      for (int i = 0; i < BLOCK; i++) {
        part = kind == Norm.MAX ? Math.max(part, lanes[i]) : part + lanes[i];
        zero += zeros[i];
      }
      total = kind == Norm.MAX ? Math.max(total, part) : total + part;
    }
    finite = zero == 0;
    return total;
  }

  private void load(Span gradient, GradientTransform transform, long at, int n, double scale) {
    if (gradient.isDouble()) {
      gradient.load('c', at, n, g64, offsets);
      transform.apply(g64, n);
    } else {
      gradient.load('c', at, n, g32, offsets);
      transform.apply(g32, n);
      for (int i = 0; i < n; i++) {
        g64[i] = g32[i];
      }
    }
    if (scale != 1) {
      DoubleLoops.scale(g64, n, scale);
    }
  }

  private void addAbsolute(int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += Math.abs(g64[i]);
    }
  }

  private void addSquares(int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += g64[i] * g64[i];
    }
  }

  private void max(int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] = Math.max(lanes[i], Math.abs(g64[i]));
    }
  }

  /** Zero times a finite number is zero, times any other NaN: a finiteness test that vectorizes. */
  private void addZeros(int n) {
    for (int i = 0; i < n; i++) {
      zeros[i] += g64[i] * 0;
    }
  }
}
