package io.github.descent4j.nn.train;

import java.util.Arrays;

/**
 * The sines and cosines that fit in a length, each of norm 1 times what a Gaussian leaves of it.
 *
 * <p>From the other end of the length cosines are the same and sines have the other sign, so that two values of their sum cost one.
 */
final class Waves {
  /** Frequencies that the Gaussian leaves less of than this are left out. */
  private static final double LEAST = 1e-2;

  private final int length;

  /** Of each cosine its values, and behind them of each sine. */
  private final float[][] values;

  private final int cosines;

  /**
   * @param sigma the Gaussian's deviation
   */
  Waves(int length, double sigma) {
    this.length = length;
    double[] left = left(length, sigma);
    cosines = left.length;
    float[][] waves = new float[2 * cosines][];
    int count = cosines;
    for (int frequency = 0; frequency < cosines; frequency++) {
      waves[frequency] = new float[length];
      float[] sines = new float[length];
      // The mean has no sine, nor has the highest frequency of an even length.
      boolean alone = 2 * frequency % length == 0;
      double factor = left[frequency] * Math.sqrt((alone ? 1.0 : 2.0) / length);
      for (int i = 0; i < length; i++) {
        double angle = 2 * Math.PI * frequency * i / length;
        waves[frequency][i] = (float) (factor * StrictMath.cos(angle));
        sines[i] = (float) (factor * StrictMath.sin(angle));
      }
      if (!alone) {
        waves[count++] = sines;
      }
    }
    values = Arrays.copyOf(waves, count);
  }

  /** What the Gaussian leaves of each frequency that is not left out. */
  private static double[] left(int length, double sigma) {
    int radius = (int) Math.ceil(5 * sigma);
    double[] kernel = kernel(radius, sigma);
    double[] result = new double[length / 2 + 1];
    for (int frequency = 0; frequency < result.length; frequency++) {
      double angle = 2 * Math.PI * frequency / length;
      for (int i = 0; i < kernel.length; i++) {
        result[frequency] += kernel[i] * StrictMath.cos(angle * (i - radius));
      }
      if (result[frequency] < LEAST) {
        return Arrays.copyOf(result, frequency);
      }
    }
    return result;
  }

  /** The Gaussian at whole distances up to {@code radius}, of sum 1. */
  static double[] kernel(int radius, double sigma) {
    double[] weights = new double[2 * radius + 1];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double distance = (i - radius) / sigma;
      weights[i] = StrictMath.exp(-distance * distance / 2);
      sum += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  /** How many there are: the mean, then the cosines by frequency, then the sines. */
  int count() {
    return values.length;
  }

  /** The value of a wave at a place. */
  float value(int wave, int at) {
    return values[wave][at];
  }

  /** Sums of waves: {@code result[i] = sum of value(k, i) terms[k]}. */
  void sums(float[][] terms, float[][] result) {
    for (int i = 0; 2 * i <= length; i++) {
      add(0, cosines, i, terms, result[i]);
      int mirror = length - i;
      if (mirror > i && mirror < length) {
        float[] ofSines = result[mirror];
        add(cosines, values.length, i, terms, ofSines);
        exchange(result[i], ofSines);
      }
    }
  }

  private void add(int from, int to, int at, float[][] terms, float[] sum) {
    Arrays.fill(sum, 0);
    int k = from;
    for (; k + 3 <= to; k += 3) {
      addMultiples(
          sum,
          terms[k],
          values[k][at],
          terms[k + 1],
          values[k + 1][at],
          terms[k + 2],
          values[k + 2][at]);
    }
    for (; k < to; k++) {
      addMultiple(sum, terms[k], values[k][at]);
    }
  }

  /** Adds three multiples in order, so that the sum is loaded and stored once. */
  private static void addMultiples(
      float[] sum, float[] a, float ofA, float[] b, float ofB, float[] c, float ofC) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] = sum[i] + ofA * a[i] + ofB * b[i] + ofC * c[i];
    }
  }

  private static void addMultiple(float[] sum, float[] a, float factor) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * a[i];
    }
  }

  /** Two sums become their sum and their difference. */
  private static void exchange(float[] cosines, float[] sines) {
    for (int i = 0; i < cosines.length; i++) {
      float even = cosines[i];
      float odd = sines[i];
      cosines[i] = even + odd;
      sines[i] = even - odd;
    }
  }
}
