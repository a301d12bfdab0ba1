package io.github.descent4j.nn.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Moves the pixels of one image at a time.
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
  private final ElasticField field;
  private final float[] fieldX;
  private final float[] fieldY;

  ImageWarp(ImageAugmentation settings, int channels, int height, int width) {
    this.settings = settings;
    this.channels = channels;
    this.height = height;
    this.width = width;
    paddedWidth = width + 3;
    plane = (height + 3) * paddedWidth;
    padded = new double[channels * plane];
    Arrays.fill(padded, settings.background);
    boolean elastic = settings.alpha > 0;
    field = elastic ? new ElasticField(height, width, settings.sigma) : null;
    fieldX = new float[elastic ? height * width : 0];
    fieldY = new float[elastic ? height * width : 0];
  }

  /** Changes an image {@code [channels, height, width]} as the random numbers say. */
  void apply(double[] image, SplittableRandom random) {
    double shiftX = settings.shift * symmetric(random);
    double shiftY = settings.shift * symmetric(random);
    double degrees = settings.rotation * symmetric(random);
    double scale = 1 + settings.scale * symmetric(random);
    if (field != null) {
      field.draw(random, fieldX);
      field.draw(random, fieldY);
    }
    apply(image, shiftX, shiftY, degrees, scale);
  }

  private static double symmetric(SplittableRandom random) {
    return 2 * random.nextDouble() - 1;
  }

  /** Rotates, scales and shifts; then bends by the field that was drawn last. */
  void apply(double[] image, double shiftX, double shiftY, double degrees, double scale) {
    pad(image);
    double angle = Math.toRadians(degrees);
    double cos = StrictMath.cos(angle) / scale;
    double sin = StrictMath.sin(angle) / scale;
    double centerX = (width - 1) / 2.0;
    double centerY = (height - 1) / 2.0;
    for (int y = 0; y < height; y++) {
      double v = y - centerY - shiftY;
      for (int x = 0; x < width; x++) {
        double u = x - centerX - shiftX;
        double fromX = centerX + (cos * u + sin * v);
        double fromY = centerY + (cos * v - sin * u);
        if (field != null) {
          fromX += settings.alpha * fieldX[x * height + y];
          fromY += settings.alpha * fieldY[x * height + y];
        }
        interpolate(image, y * width + x, fromX, fromY);
      }
    }
  }

  private void pad(double[] image) {
    for (int row = 0; row < channels * height; row++) {
      int to = row / height * plane + (row % height + 1) * paddedWidth + 1;
      System.arraycopy(image, row * width, padded, to, width);
    }
  }

  private void interpolate(double[] image, int to, double fromX, double fromY) {
    double x = Math.max(0, Math.min(width + 1, fromX + 1));
    double y = Math.max(0, Math.min(height + 1, fromY + 1));
    int left = (int) x;
    int top = (int) y;
    double right = x - left;
    double below = y - top;
    int at = top * paddedWidth + left;
    for (int c = 0; c < channels; c++, at += plane) {
      double above = padded[at] + right * (padded[at + 1] - padded[at]);
      int next = at + paddedWidth;
      double under = padded[next] + right * (padded[next + 1] - padded[next]);
      image[c * height * width + to] = above + below * (under - above);
    }
  }
}
