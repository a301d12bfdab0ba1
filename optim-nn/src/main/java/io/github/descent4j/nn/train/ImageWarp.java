package io.github.descent4j.nn.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Moves the pixels of a few images, whose random numbers are drawn before.
 *
 * <p>Every pixel of the result is read from where it came from: the inverse of shift, scale and rotation, plus the elastic field. Where that is
 * needs no more than a float, of which the JVM computes many at once; a pixel may be a double.
 */
final class ImageWarp {
  private final ImageAugmentation settings;
  private final int channels;
  private final int height;
  private final int width;

  /** The image with a border of background, one pixel wide. */
  private final double[] padded;

  private final int paddedWidth;
  private final int plane;

  /** Of each pixel: where it is from the centre, and where it comes from. */
  private final float[] columns;

  private final float[] rows;
  private final float[] fromX;
  private final float[] fromY;
  private final float[] bent;

  /** A row of background. */
  private final double[] empty;

  /** The rows and columns of the padded image that are not all background: none if the first is behind the last. */
  private int top;

  private int bottom;
  private int left;
  private int right;

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
    paddedWidth = width + 2;
    plane = (height + 2) * paddedWidth;
    padded = new double[channels * plane];
    Arrays.fill(padded, settings.background);
    int pixels = height * width;
    columns = new float[pixels];
    rows = new float[pixels];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        columns[y * width + x] = x - (width - 1) / 2f;
        rows[y * width + x] = y - (height - 1) / 2f;
      }
    }
    fromX = new float[pixels];
    fromY = new float[pixels];
    bent = new float[pixels];
    empty = new double[width];
    Arrays.fill(empty, settings.background);
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
    interpolate(pixels);
  }

  /** Where each pixel comes from: the inverse of the move. */
  private void origins(Move move) {
    double angle = Math.toRadians(move.degrees);
    float cos = (float) (StrictMath.cos(angle) / move.scale);
    float sin = (float) (StrictMath.sin(angle) / move.scale);
    float shiftX = (float) move.shiftX;
    float shiftY = (float) move.shiftY;
    float centerX = (width - 1) / 2f;
    float centerY = (height - 1) / 2f;
    for (int i = 0; i < fromX.length; i++) {
      float u = columns[i] - shiftX;
      float v = rows[i] - shiftY;
      fromX[i] = centerX + (cos * u + sin * v);
      fromY[i] = centerY + (cos * v - sin * u);
    }
  }

  private void bend(float[] from, int ofField) {
    // One long loop over what lies at the same place is computed by vectors.
    for (int y = 0; y < height; y++) {
      System.arraycopy(field.row(y), field.begin(ofField), bent, y * width, width);
    }
    float alpha = (float) settings.alpha;
    for (int i = 0; i < from.length; i++) {
      from[i] += alpha * bent[i];
    }
  }

  /** Puts a border around the image, and finds what is not background. */
  private void pad(double[] image) {
    top = height + 1;
    bottom = 0;
    left = width + 1;
    right = 0;
    for (int i = 0; i < channels * height; i++) {
      int row = i % height + 1;
      int to = i / height * plane + row * paddedWidth + 1;
      System.arraycopy(image, i * width, padded, to, width);
      int first = Arrays.mismatch(padded, to, to + width, empty, 0, width);
      if (first >= 0) {
        top = Math.min(top, row);
        bottom = Math.max(bottom, row);
        left = Math.min(left, first + 1);
        int last = width;
        while (last > right && padded[to + last - 1] == settings.background) {
          last--;
        }
        right = last;
      }
    }
  }

  /** Reads each pixel between the four around its origin. Where these are background, as most are about a digit, so is the pixel. */
  private void interpolate(double[] pixels) {
    int channelLength = fromX.length;
    double background = settings.background;
    float leftmost = left - 1;
    float rightmost = right + 1;
    float uppermost = top - 1;
    float lowest = bottom + 1;
    for (int i = 0; i < channelLength; i++) {
      float x = fromX[i] + 1;
      float y = fromY[i] + 1;
      if (x >= leftmost && x < rightmost && y >= uppermost && y < lowest) {
        int column = (int) x;
        int row = (int) y;
        int here = row * paddedWidth + column;
        pixels[i] = between(here, x - column, y - row);
        for (int to = i + channelLength; to < pixels.length; to += channelLength) {
          here += plane;
          pixels[to] = between(here, x - column, y - row);
        }
      } else {
        pixels[i] = background;
        for (int to = i + channelLength; to < pixels.length; to += channelLength) {
          pixels[to] = background;
        }
      }
    }
  }

  /** What lies between a pixel and those at its right and below. */
  private double between(int here, double toRight, double down) {
    int next = here + paddedWidth;
    double above = padded[here] + toRight * (padded[here + 1] - padded[here]);
    double under = padded[next] + toRight * (padded[next + 1] - padded[next]);
    return above + down * (under - above);
  }
}
