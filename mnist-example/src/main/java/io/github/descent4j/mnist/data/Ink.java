package io.github.descent4j.mnist.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * How much of each pixel is ink, 0 to 1, and the rectangle that all of it is in.
 *
 * @param pixels row by row
 * @param top first row with ink
 * @param left first column with ink
 * @param height rows of the rectangle, 0 if there is no ink
 * @param width columns of it
 * @param alone false where something of a similar mass is beside the digit
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares ink.
record Ink(double[][] pixels, int top, int left, int height, int width, boolean alone) {
  /** A larger picture is read at this size, which makes the noise of its pixels smaller. */
  private static final int SIDE = 256;

  /** Less ink than this, of 1, is noise. */
  private static final double NOISE = 0.1;

  /** A digit differs from what is around it by at least this part of the range from black to white. */
  private static final double LEAST_CONTRAST = 0.05;

  /** Paper whose brightness along the edges differs by more than this, of the contrast, is straightened. */
  private static final double UNEVEN = 0.1;

  /** Noise of this standard deviation, of the contrast, makes pixels of a large picture look like ink. */
  private static final double NOISY = 0.015;

  /** A spot of less than this part of the ink of the largest is none of the digit's. */
  private static final double SPECK = 0.04;

  /** What has more than this part of it is something of its own, if it is beside it. */
  private static final double ANOTHER = 0.3;

  static Ink of(double[][] brightness) {
    double[][] picture = Frame.cut(Samples.reduced(brightness, SIDE));
    double[][] ink = evenly(picture);
    return ink == null ? bounded(unevenly(picture), SPECK) : bounded(ink, 0);
  }

  boolean isEmpty() {
    return height == 0;
  }

  /** How far each pixel is from what is along the edges, or null where that is not of one brightness. */
  private static double[][] evenly(double[][] picture) {
    double[] border = Samples.border(picture);
    double paper = Samples.median(border);
    double most = 0;
    for (double[] row : picture) {
      for (double value : row) {
        most = Math.max(most, Math.abs(value - paper));
      }
    }
    double noise = noise(border, paper);
    if (most >= LEAST_CONTRAST && (spread(border) > UNEVEN * most || noise > NOISY * most)) {
      return null;
    }
    double[][] ink = new double[picture.length][picture[0].length];
    for (int y = 0; y < ink.length; y++) {
      for (int x = 0; x < ink[0].length; x++) {
        double part = most < LEAST_CONTRAST ? 0 : Math.abs(picture[y][x] - paper) / most;
        ink[y][x] = part < NOISE ? 0 : part;
      }
    }
    return ink;
  }

  /** The standard deviation, as strokes at an edge do not change it. */
  private static double noise(double[] values, double paper) {
    return 1.4826
        * Samples.median(Arrays.stream(values).map(v -> Math.abs(v - paper)).toArray());
  }

  /** Of the middle eight tenths: a stroke may reach an edge. */
  private static double spread(double[] border) {
    return Samples.quantile(border, 0.9) - Samples.quantile(border, 0.1);
  }

  private static double[][] unevenly(double[][] picture) {
    int height = picture.length;
    int width = picture[0].length;
    Paper paper = Paper.of(picture);
    double[][] dark = new double[height][width];
    double[] flat = new double[height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        dark[y][x] = paper.at(y, x) - picture[y][x];
        flat[y * width + x] = dark[y][x];
      }
    }
    // Ink is what differs most: dark on bright, or bright on dark.
    boolean bright = -Samples.quantile(flat, 0.01) > Samples.quantile(flat, 0.99);
    double noise = noise(flat, 0);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        // A shadow darkens paper and ink alike; light on ink that shines does not.
        double light = Math.max(paper.at(y, x), LEAST_CONTRAST);
        dark[y][x] = Math.max(0, bright ? -dark[y][x] : dark[y][x] / light);
        flat[y * width + x] = dark[y][x];
      }
    }
    double full = Samples.quantile(flat, 0.99);
    double least = Math.max(2.5 * NOISE, 4 * noise / Math.max(full, LEAST_CONTRAST));
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double part = full < LEAST_CONTRAST ? 0 : Math.min(1, dark[y][x] / full);
        dark[y][x] = part < least ? 0 : part;
      }
    }
    return dark;
  }

  /** With its rectangle, and without specks, of less than a part of the largest spot; all pixels of even paper are meant. */
  private static Ink bounded(double[][] ink, double speck) {
    List<Spot> spots = spots(ink);
    if (spots.isEmpty()) {
      return new Ink(ink, 0, 0, 0, 0, true);
    }
    spots.sort(Comparator.comparingDouble(Spot::mass).reversed());
    Spot largest = spots.get(0);
    boolean alone = true;
    Spot digit = largest;
    for (Spot spot : spots.subList(1, spots.size())) {
      if (spot.mass() < speck * largest.mass()) {
        spot.erase(ink);
      } else {
        alone &= spot.mass() < ANOTHER * largest.mass() || !spot.isBeside(largest);
        digit = digit.with(spot);
      }
    }
    return new Ink(
        ink,
        digit.top(),
        digit.left(),
        digit.bottom() - digit.top() + 1,
        digit.right() - digit.left() + 1,
        alone);
  }

  /** Pixels with ink that touch, by an edge or a corner. */
  private record Spot(List<int[]> pixels, double mass, int top, int bottom, int left, int right) {

    void erase(double[][] ink) {
      pixels.forEach(pixel -> ink[pixel[0]][pixel[1]] = 0);
    }

    Spot with(Spot other) {
      return new Spot(
          pixels,
          mass,
          Math.min(top, other.top),
          Math.max(bottom, other.bottom),
          Math.min(left, other.left),
          Math.max(right, other.right));
    }

    boolean isBeside(Spot other) {
      return left > other.right || right < other.left;
    }
  }

  private static List<Spot> spots(double[][] ink) {
    boolean[][] seen = new boolean[ink.length][ink[0].length];
    List<Spot> spots = new ArrayList<>();
    for (int y = 0; y < ink.length; y++) {
      for (int x = 0; x < ink[0].length; x++) {
        if (ink[y][x] > 0 && !seen[y][x]) {
          spots.add(spot(ink, y, x, seen));
        }
      }
    }
    return spots;
  }

  private static Spot spot(double[][] ink, int fromY, int fromX, boolean[][] seen) {
    List<int[]> pixels = new ArrayList<>();
    Deque<int[]> open = new ArrayDeque<>(List.of(new int[] {fromY, fromX}));
    seen[fromY][fromX] = true;
    double mass = 0;
    int top = fromY;
    int bottom = fromY;
    int left = fromX;
    int right = fromX;
    while (!open.isEmpty()) {
      int[] pixel = open.poll();
      pixels.add(pixel);
      mass += ink[pixel[0]][pixel[1]];
      top = Math.min(top, pixel[0]);
      bottom = Math.max(bottom, pixel[0]);
      left = Math.min(left, pixel[1]);
      right = Math.max(right, pixel[1]);
      for (int y = Math.max(0, pixel[0] - 1); y <= Math.min(ink.length - 1, pixel[0] + 1); y++) {
        for (int x = Math.max(0, pixel[1] - 1);
            x <= Math.min(ink[0].length - 1, pixel[1] + 1);
            x++) {
          if (ink[y][x] > 0 && !seen[y][x]) {
            seen[y][x] = true;
            open.add(new int[] {y, x});
          }
        }
      }
    }
    return new Spot(pixels, mass, top, bottom, left, right);
  }
}
