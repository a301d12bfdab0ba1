package io.github.descent4j.nn.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Moves the pixels of a few images, whose random numbers are drawn before.
 *
 * <p>Every pixel of the result is read from where it came from: the inverse of shift, scale and rotation, plus the elastic field.
 */
final class ImageWarp {
  private final ImageAugmentation settings;
  private final int channels;
  private final int height;
  private final int width;

  /** The image with a border of background: two pixels after, one before it. */
  private final double[] padded;

  private final int paddedWidth;
  private final int plane;

  /** Of each pixel: where it is from the centre, where it comes from, the pixel at the upper left of that and the distance from it. */
  private final double[] columns;

  private final double[] rows;
  private final double[] fromX;
  private final double[] fromY;
  private final int[] at;
  private final double[] right;
  private final double[] below;

  private final Move[] moves;

  /** Of each image one along the rows and one along the columns; null where there are none. */
  private final ElasticField field;

  /** How an image is rotated and scaled, then shifted. */
  record Move(double shiftX, double shiftY, double degrees, double scale) {}

  /**
   * @param images how many there may be
   */
  ImageWarp(ImageAugmentation settings, int channels, int height, int width, int images) {
    this.settings = settings;
    this.channels = channels;
    this.height = height;
    this.width = width;
    paddedWidth = width + 3;
    plane = (height + 3) * paddedWidth;
    padded = new double[channels * plane];
    Arrays.fill(padded, settings.background);
    int pixels = height * width;
    columns = new double[pixels];
    rows = new double[pixels];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        columns[y * width + x] = x - (width - 1) / 2.0;
        rows[y * width + x] = y - (height - 1) / 2.0;
      }
    }
    fromX = new double[pixels];
    fromY = new double[pixels];
    at = new int[pixels];
    right = new double[pixels];
    below = new double[pixels];
    moves = new Move[images];
    field = settings.alpha > 0 ? new ElasticField(height, width, settings.sigma, 2 * images) : null;
  }

  /** Draws how one of the images is to be changed. */
  void draw(int image, SplittableRandom random) {
    double shiftX = settings.shift * symmetric(random);
    double shiftY = settings.shift * symmetric(random);
    double degrees = settings.rotation * symmetric(random);
    double scale = 1 + settings.scale * symmetric(random);
    move(image, new Move(shiftX, shiftY, degrees, scale));
    if (field != null) {
      field.draw(2 * image, random);
      field.draw(2 * image + 1, random);
    }
  }

  void move(int image, Move move) {
    moves[image] = move;
  }

  private static double symmetric(SplittableRandom random) {
    return 2 * random.nextDouble() - 1;
  }

  /** Computes the fields of all images, once they are drawn. */
  void computeFields() {
    if (field != null) {
      field.compute();
    }
  }

  /** Changes an image {@code [channels, height, width]} as it was drawn: rotates, scales and shifts, then bends it. */
  void apply(int image, double[] pixels) {
    pad(pixels);
    origins(moves[image]);
    if (field != null) {
      bend(fromX, 2 * image);
      bend(fromY, 2 * image + 1);
    }
    locate();
    for (int c = 0; c < channels; c++) {
      interpolate(c * plane, pixels, c * fromX.length);
    }
  }

  /** Where each pixel comes from: the inverse of the move. */
  private void origins(Move move) {
    double angle = Math.toRadians(move.degrees);
    double cos = StrictMath.cos(angle) / move.scale;
    double sin = StrictMath.sin(angle) / move.scale;
    double centerX = (width - 1) / 2.0;
    double centerY = (height - 1) / 2.0;
    for (int i = 0; i < fromX.length; i++) {
      double u = columns[i] - move.shiftX;
      double v = rows[i] - move.shiftY;
      fromX[i] = centerX + (cos * u + sin * v);
      fromY[i] = centerY + (cos * v - sin * u);
    }
  }

  private void bend(double[] from, int ofField) {
    double alpha = settings.alpha;
    for (int y = 0; y < height; y++) {
      float[] row = field.row(y);
      int begin = field.begin(ofField);
      for (int x = 0; x < width; x++) {
        from[y * width + x] += alpha * row[begin + x];
      }
    }
  }

  /** Finds the pixel at the upper left of each origin, and how far that is. */
  private void locate() {
    for (int i = 0; i < at.length; i++) {
      double x = clamp(fromX[i] + 1, width + 1);
      double y = clamp(fromY[i] + 1, height + 1);
      int left = (int) x;
      int top = (int) y;
      at[i] = top * paddedWidth + left;
      right[i] = x - left;
      below[i] = y - top;
    }
  }

  private void pad(double[] image) {
    for (int row = 0; row < channels * height; row++) {
      int to = row / height * plane + (row % height + 1) * paddedWidth + 1;
      System.arraycopy(image, row * width, padded, to, width);
    }
  }

  /** Reads one channel. */
  private void interpolate(int plane, double[] pixels, int to) {
    for (int i = 0; i < at.length; i++) {
      int here = plane + at[i];
      int next = here + paddedWidth;
      double above = padded[here] + right[i] * (padded[here + 1] - padded[here]);
      double under = padded[next] + right[i] * (padded[next + 1] - padded[next]);
      pixels[to + i] = above + below[i] * (under - above);
    }
  }

  /** Within [0, most], by comparisons: they are predicted, where Math.min and Math.max care for each kind of number. */
  private static double clamp(double value, double most) {
    if (value >= most) {
      return most;
    }
    return value > 0 ? value : 0;
  }
}
