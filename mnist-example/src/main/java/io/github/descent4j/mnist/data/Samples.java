package io.github.descent4j.mnist.data;

import java.util.Arrays;

/** Statistics of pixels. */
final class Samples {
  private Samples() {}

  /** The mean over a rectangle, whose edges may go through pixels. */
  static double mean(double[][] values, double top, double bottom, double left, double right) {
    double sum = 0;
    for (int y = (int) top; y < Math.min(bottom, values.length); y++) {
      double high = Math.min(bottom, y + 1) - Math.max(top, y);
      for (int x = (int) left; x < Math.min(right, values[0].length); x++) {
        sum += values[y][x] * high * (Math.min(right, x + 1) - Math.max(left, x));
      }
    }
    return sum / ((bottom - top) * (right - left));
  }

  /** The value below which a part of the values is. */
  static double quantile(double[] values, double part) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1L, (long) (part * sorted.length))];
  }

  static double median(double[] values) {
    return quantile(values, 0.5);
  }

  /** A picture whose longer side is at most {@code side}, each of its pixels the mean of those it stands for. */
  static double[][] reduced(double[][] values, int side) {
    int height = values.length;
    int width = values[0].length;
    int longer = Math.max(height, width);
    if (longer <= side) {
      return values;
    }
    int rows = Math.max(1, (int) Math.round((double) height * side / longer));
    int columns = Math.max(1, (int) Math.round((double) width * side / longer));
    double[][] reduced = new double[rows][columns];
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        reduced[y][x] = mean(
            values,
            (double) y * height / rows,
            (y + 1.0) * height / rows,
            (double) x * width / columns,
            (x + 1.0) * width / columns);
      }
    }
    return reduced;
  }

  /** The pixels along the four edges; each corner counts twice. */
  static double[] border(double[][] values) {
    int height = values.length;
    int width = values[0].length;
    double[] border = new double[2 * (height + width)];
    int n = 0;
    for (int x = 0; x < width; x++) {
      border[n++] = values[0][x];
      border[n++] = values[height - 1][x];
    }
    for (double[] row : values) {
      border[n++] = row[0];
      border[n++] = row[width - 1];
    }
    return border;
  }
}
