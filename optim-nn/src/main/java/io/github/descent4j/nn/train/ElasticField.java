package io.github.descent4j.nn.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A random field that is smooth: uniform numbers in [-1, 1), convolved with a Gaussian that is cut off at three deviations.
 *
 * <p>Beyond the border the numbers repeat from the other side. Zeros there would make the field weaker at the border.
 */
final class ElasticField {
  private final int height;
  private final int width;
  private final int radius;
  private final float[] kernel;
  private final float[] noise;
  private final float[] rows;
  private final float[] smoothed;
  private final float[] columns;

  /** Lines at four distances, each from its first element on: C2 vectorizes no loop over arrays at different offsets. */
  private final float[][] shifted;

  ElasticField(int height, int width, double sigma) {
    this.height = height;
    this.width = width;
    radius = (int) Math.ceil(3 * sigma);
    kernel = kernel(radius, sigma);
    noise = new float[height * width];
    rows = new float[(height + 2 * radius) * width];
    smoothed = new float[height * width];
    columns = new float[(width + 2 * radius) * height];
    shifted = new float[4][height * width];
  }

  /** The Gaussian at whole distances up to {@code radius}, of sum 1. */
  static float[] kernel(int radius, double sigma) {
    double[] weights = new double[2 * radius + 1];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double distance = (i - radius) / sigma;
      weights[i] = StrictMath.exp(-distance * distance / 2);
      sum += weights[i];
    }
    float[] kernel = new float[weights.length];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = (float) (weights[i] / sum);
    }
    return kernel;
  }

  /** Draws a field of {@code [width, height]}: one column after another. */
  void draw(SplittableRandom random, float[] field) {
    for (int i = 0; i < noise.length; i += 2) {
      long bits = random.nextLong();
      noise[i] = (int) bits * 0x1p-31f;
      if (i + 1 < noise.length) {
        noise[i + 1] = (int) (bits >> Integer.SIZE) * 0x1p-31f;
      }
    }
    for (int y = 0; y < height + 2 * radius; y++) {
      int from = Math.floorMod(y - radius, height) * width;
      System.arraycopy(noise, from, rows, y * width, width);
    }
    convolve(rows, width, smoothed);
    for (int x = 0; x < width + 2 * radius; x++) {
      int from = Math.floorMod(x - radius, width);
      for (int y = 0; y < height; y++) {
        columns[x * height + y] = smoothed[y * width + from];
      }
    }
    convolve(columns, height, field);
  }

  /** Convolves over lines of a length. */
  private void convolve(float[] lines, int length, float[] result) {
    int n = height * width;
    Arrays.fill(result, 0, n, 0);
    int t = 0;
    for (; t + 4 <= kernel.length; t += 4) {
      for (int i = 0; i < 4; i++) {
        System.arraycopy(lines, (t + i) * length, shifted[i], 0, n);
      }
      addMultiples(result, t, n);
    }
    for (; t < kernel.length; t++) {
      System.arraycopy(lines, t * length, shifted[0], 0, n);
      addMultiple(result, shifted[0], kernel[t], n);
    }
  }

  /** Adds four multiples in order, so that the sum is loaded and stored once. */
  private void addMultiples(float[] sum, int t, int n) {
    float[] a = shifted[0];
    float[] b = shifted[1];
    float[] c = shifted[2];
    float[] d = shifted[3];
    float ka = kernel[t];
    float kb = kernel[t + 1];
    float kc = kernel[t + 2];
    float kd = kernel[t + 3];
    for (int i = 0; i < n; i++) {
      sum[i] = sum[i] + ka * a[i] + kb * b[i] + kc * c[i] + kd * d[i];
    }
  }

  private static void addMultiple(float[] sum, float[] a, float factor, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += factor * a[i];
    }
  }
}
