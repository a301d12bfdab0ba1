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

  /** Of each pixel: where it is from the centre, and where it comes from. */
  private final double[] columns;

  private final double[] rows;
  private final double[] fromX;
  private final double[] fromY;

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

  private void pad(double[] image) {
    for (int row = 0; row < channels * height; row++) {
      int to = row / height * plane + (row % height + 1) * paddedWidth + 1;
      System.arraycopy(image, row * width, padded, to, width);
    }
  }

  /** Reads each pixel between the four around its origin. Where these are background, as most are about a digit, so is the pixel. */
  private void interpolate(double[] pixels) {
    int top = firstRow();
    int bottom = lastRow();
    int left = firstColumn(top, bottom);
    int right = lastColumn(top, bottom);
    int pixelsOfChannel = fromX.length;
    for (int i = 0; i < pixelsOfChannel; i++) {
      double x = fromX[i] + 1;
      double y = fromY[i] + 1;
      if (x >= left - 1 && x < right + 1 && y >= top - 1 && y < bottom + 1) {
        int column = (int) x;
        int row = (int) y;
        double toRight = x - column;
        double down = y - row;
        int here = row * paddedWidth + column;
        for (int to = i; to < pixels.length; to += pixelsOfChannel, here += plane) {
          int next = here + paddedWidth;
          double above = padded[here] + toRight * (padded[here + 1] - padded[here]);
          double under = padded[next] + toRight * (padded[next + 1] - padded[next]);
          pixels[to] = above + down * (under - above);
        }
      } else {
        for (int to = i; to < pixels.length; to += pixelsOfChannel) {
          pixels[to] = settings.background;
        }
      }
    }
  }

  /** The first row of the padded image that is not all background, or the one after the image. */
  private int firstRow() {
    int row = 1;
    while (row <= height && isBackground(row, 1, row, width)) {
      row++;
    }
    return row;
  }

  private int lastRow() {
    int row = height;
    while (row > 0 && isBackground(row, 1, row, width)) {
      row--;
    }
    return row;
  }

  private int firstColumn(int top, int bottom) {
    int column = 1;
    while (column <= width && isBackground(top, column, bottom, column)) {
      column++;
    }
    return column;
  }

  private int lastColumn(int top, int bottom) {
    int column = width;
    while (column > 0 && isBackground(top, column, bottom, column)) {
      column--;
    }
    return column;
  }

  private boolean isBackground(int top, int left, int bottom, int right) {
    for (int channel = 0; channel < padded.length; channel += plane) {
      for (int row = top; row <= bottom; row++) {
        int begin = channel + row * paddedWidth;
        for (int i = begin + left; i <= begin + right; i++) {
          if (padded[i] != settings.background) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
