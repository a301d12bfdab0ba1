package io.github.descent4j.nn.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Moves the pixels of a few images, whose random numbers are drawn before.
 *
 * <p>Every pixel of the result is read from where it came from: the inverse of shift, scale and rotation, plus the elastic field. The rows of all
 * images lie one behind the other, so that loops are long, and what is outside of an image is read from a border around it, without a branch.
 */
final class ImageWarp {
  /** Room around an image: a pixel before it and two behind, of which the second is read but has no weight. */
  private static final int BORDER = 3;

  /** Places that a float tells from each other. */
  private static final int MOST_PLACES = 1 << 24;

  /** Added to a float and taken away again, it leaves the nearest whole number. */
  private static final float ROUND = 0x1.8p23f;

  /** Out of every image. What is larger means the same, and infinite numbers would cancel each other. */
  private static final float FAR = 1e30f;

  private final ImageAugmentation settings;
  private final double shift;
  private final float alpha;
  private final int channels;
  private final int height;
  private final int width;
  private final int images;

  /** The images, of all first one channel, then the next, with their borders of background. */
  private final float[] padded;

  private final int paddedWidth;
  private final int plane;

  /**
   * Taken away before a number is rounded, so that the one below is left: as much less than a half as keeps whole numbers what they are. A number
   * below a whole one by no more than the float's precision may become that.
   */
  private final float nearHalf;

  /** Where the pixels of an image's middle row come from in the padded image, first all columns, then all rows. */
  private final float[] middle;

  /** How much that changes from row to row. */
  private final float[] turn;

  /** The last column and the last row of the border. */
  private final float[] last;

  /** The corners above and left of where the pixels of a row come from: all columns, then all rows. */
  private final float[] corners;

  private final float[] cornerRows;

  /** Where the images begin in a channel of the padded ones. */
  private final float[] firstPlaces;

  /** How far the pixels come from their corners: to the right of all, then below. */
  private final float[] distances;

  /** The places of the corners in a channel of the padded images. */
  private final float[] places;

  private final int[] indices;

  private final float[] movedRow;
  private final float[][] pixels;

  /** Null where nothing is bent. */
  private final ElasticField field;

  private final float[] straight;

  /** How an image is rotated and scaled, then shifted. */
  record Move(double shiftX, double shiftY, double degrees, double scale) {}

  /**
   * @param images how many there may be
   */
  ImageWarp(ImageAugmentation settings, int channels, int height, int width, int images) {
    this.settings = settings;
    shift = Math.min(settings.shift, FAR);
    alpha = (float) Math.min(settings.alpha, FAR);
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.images = images;
    paddedWidth = width + BORDER;
    plane = (height + BORDER) * paddedWidth;
    padded = new float[channels * images * plane];
    Arrays.fill(padded, (float) settings.background);
    nearHalf = 0.5f - Math.ulp(Math.max(height, width) + 1f);
    int ofRow = images * width;
    middle = new float[2 * ofRow];
    turn = new float[2 * ofRow];
    last = new float[2 * ofRow];
    Arrays.fill(last, 0, ofRow, width + 1f);
    Arrays.fill(last, ofRow, 2 * ofRow, height + 1f);
    corners = new float[2 * ofRow];
    cornerRows = new float[ofRow];
    firstPlaces = new float[ofRow];
    for (int i = 0; i < ofRow; i++) {
      firstPlaces[i] = i / width * plane;
    }
    distances = new float[2 * ofRow];
    places = new float[ofRow];
    indices = new int[ofRow];
    movedRow = new float[ofRow];
    pixels = new float[images][channels * height * width];
    field = settings.alpha > 0 ? new ElasticField(height, width, settings.sigma, images) : null;
    straight = new float[2 * ofRow];
  }

  /** Whether images are small enough to be moved. */
  static boolean takes(long height, long width) {
    return height + BORDER <= MOST_PLACES / (width + BORDER);
  }

  /** Draws how one of the images is to be changed. */
  void draw(int image, SplittableRandom random) {
    double shiftX = shift * symmetric(random);
    double shiftY = shift * symmetric(random);
    double degrees = settings.rotation * symmetric(random);
    double scale = 1 + settings.scale * symmetric(random);
    move(image, new Move(shiftX, shiftY, degrees, scale));
    if (field != null) {
      field.draw(image, random);
    }
  }

  private static double symmetric(SplittableRandom random) {
    return 2 * random.nextDouble() - 1;
  }

  /** Says how one of the images is to be changed. Where its pixels come from is the inverse of that. */
  void move(int image, Move move) {
    double angle = Math.toRadians(move.degrees);
    double cos = StrictMath.cos(angle) / move.scale;
    double sin = StrictMath.sin(angle) / move.scale;
    double centerX = (width - 1) / 2.0;
    double centerY = (height - 1) / 2.0;
    for (int x = 0; x < width; x++) {
      double fromCenter = x - centerX - move.shiftX;
      int column = image * width + x;
      int row = cornerRows.length + column;
      middle[column] = (float) (1 + centerX + cos * fromCenter - sin * move.shiftY);
      middle[row] = (float) (1 + centerY - sin * fromCenter - cos * move.shiftY);
      turn[column] = (float) sin;
      turn[row] = (float) cos;
    }
  }

  /** The pixels {@code [channels, height, width]} of one of the images. */
  float[] pixels(int image) {
    return pixels[image];
  }

  /** Changes all images as they were drawn: rotates and scales, shifts, then bends them. */
  void apply() {
    pad();
    if (field != null) {
      field.compute();
    }
    for (int y = 0; y < height; y++) {
      float fromMiddle = y - (height - 1) / 2f;
      split(fromMiddle, field == null ? straight : field.row(y));
      // Of a copy: C2 computes no vectors where an array is read at two places whose distance it
      // does not know.
      System.arraycopy(corners, cornerRows.length, cornerRows, 0, cornerRows.length);
      join();
      truncate();
      for (int channel = 0; channel < channels; channel++) {
        interpolate(channel * images * plane);
        int to = (channel * height + y) * width;
        for (int image = 0; image < images; image++) {
          System.arraycopy(movedRow, image * width, pixels[image], to, width);
        }
      }
    }
  }

  private void pad() {
    for (int image = 0; image < images; image++) {
      for (int row = 0; row < channels * height; row++) {
        int to = (row / height * images + image) * plane + (row % height + 1) * paddedWidth + 1;
        System.arraycopy(pixels[image], row * width, padded, to, width);
      }
    }
  }

  /** Splits where pixels come from into a corner and the distance from there. */
  private void split(float fromMiddle, float[] bend) {
    for (int i = 0; i < corners.length; i++) {
      float origin = middle[i] + turn[i] * fromMiddle + alpha * bend[i];
      float inside = Math.min(Math.max(origin, 0), last[i]);
      float corner = inside - nearHalf + ROUND - ROUND;
      corners[i] = corner;
      distances[i] = inside - corner;
    }
  }

  private void join() {
    float step = paddedWidth;
    for (int i = 0; i < places.length; i++) {
      places[i] = firstPlaces[i] + (cornerRows[i] * step + corners[i]);
    }
  }

  /** Apart from all else, because newer JVMs convert many at once if there is nothing else to do. */
  private void truncate() {
    for (int i = 0; i < indices.length; i++) {
      indices[i] = (int) places[i];
    }
  }

  /** Reads the pixels of a row of all images, each between the four around where it comes from. */
  private void interpolate(int channel) {
    int nextRow = channel + paddedWidth;
    int below = movedRow.length;
    for (int i = 0; i < movedRow.length; i++) {
      int place = indices[i];
      float right = distances[i];
      float left = padded[channel + place];
      float above = left + right * (padded[channel + place + 1] - left);
      left = padded[nextRow + place];
      float under = left + right * (padded[nextRow + place + 1] - left);
      movedRow[i] = above + distances[below + i] * (under - above);
    }
  }
}
