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

  ElasticField(int height, int width, double sigma) {
    this.height = height;
    this.width = width;
    radius = (int) Math.ceil(3 * sigma);
    kernel = kernel(radius, sigma);
    noise = new float[height * width];
    rows = new float[(height + 2 * radius) * width];
    smoothed = new float[height * width];
    columns = new float[(width + 2 * radius) * height];
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
    for (int t = 0; t < kernel.length; t++) {
      addMultiple(result, lines, t * length, kernel[t], n);
    }
  }

  private static void addMultiple(float[] sum, float[] a, int from, float factor, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += factor * a[from + i];
    }
  }
}
