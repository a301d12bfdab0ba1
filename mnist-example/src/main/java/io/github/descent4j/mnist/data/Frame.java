package io.github.descent4j.mnist.data;

import java.util.Arrays;

/** Cuts frames: even bands, or lines, along all four edges, that the paper ends at. */
final class Frame {
  /** A frame is no wider than this part of the side. */
  private static final double WIDEST = 0.15;

  /** It differs from what it encloses by more than this part of the range from black to white. */
  private static final double STEP = 0.25;

  /** So much of an edge is of one brightness, to within {@link #EVEN}. */
  private static final double MOST = 0.9;

  private static final double EVEN = 0.12;

  /** A margin, and the line of a box in it. */
  private static final int FRAMES = 2;

  private static final int SMALLEST_SIDE = 16;

  private Frame() {}

  static double[][] cut(double[][] picture) {
    double[][] rest = picture;
    for (int i = 0; i < FRAMES; i++) {
      rest = cutOnce(rest);
    }
    return rest;
  }

  private static double[][] cutOnce(double[][] picture) {
    int height = picture.length;
    int width = picture[0].length;
    if (Math.min(height, width) < SMALLEST_SIDE) {
      return picture;
    }
    double[][] columns = Orientation.turned(picture, 5);
    int top = thickness(picture, false);
    int bottom = thickness(picture, true);
    int left = thickness(columns, false);
    int right = thickness(columns, true);
    // What is at one side only may be a stroke.
    if (top == 0 || bottom == 0 || left == 0 || right == 0) {
      return picture;
    }
    double[][] rest = new double[height - top - bottom][];
    for (int y = 0; y < rest.length; y++) {
      rest[y] = Arrays.copyOfRange(picture[top + y], left, width - right);
    }
    return rest;
  }

  /** How many lines at the first edge, or at the last one, are frame, its blurred edge with it; 0 for none. */
  private static int thickness(double[][] lines, boolean last) {
    int widest = (int) Math.ceil(lines.length * WIDEST);
    double edge = Samples.median(line(lines, 0, last));
    for (int i = 0; i < widest; i++) {
      double[] line = line(lines, i, last);
      double median = Samples.median(line);
      if (Math.abs(median - edge) > STEP) {
        return i + blurred(lines, i, last, edge);
      }
      double level = i == 0 ? edge : median;
      if (Math.abs(level - edge) > EVEN
          && Math.abs(Samples.median(line(lines, i + 1, last)) - edge) <= STEP) {
        return 0;
      }
      if (Math.abs(level - edge) <= EVEN && !isEven(line, edge)) {
        return 0;
      }
    }
    return 0;
  }

  /** Lines after the step that are not yet what comes behind them. */
  private static int blurred(double[][] lines, int from, boolean last, double edge) {
    int lines2 = 0;
    double before = Samples.median(line(lines, from, last));
    for (int i = from + 1; i < lines.length / 2; i++) {
      double median = Samples.median(line(lines, i, last));
      if (Math.abs(median - before) < EVEN / 4
          || Math.abs(median - edge) < Math.abs(before - edge)) {
        break;
      }
      before = median;
      lines2++;
    }
    return lines2;
  }

  private static boolean isEven(double[] line, double level) {
    return Arrays.stream(line).filter(v -> Math.abs(v - level) <= EVEN).count()
        >= MOST * line.length;
  }

  private static double[] line(double[][] lines, int i, boolean last) {
    return lines[last ? lines.length - 1 - i : i];
  }
}
