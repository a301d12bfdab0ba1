package io.github.descent4j.mnist.data;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Makes of a picture of one digit what MNIST has: bright on black, cropped, scaled to fit 20 x 20 of 28 x 28 pixels, and placed
 * by its centre of mass (LeCun, Cortes and Burges, the page of the data set).
 */
public final class DigitPicture {
  /** Of the 28 pixels of a side, those that the digit fits into. */
  private static final double PART = 20.0 / 28;

  /** Less ink than this, of 1, is noise. */
  private static final double NOISE = 0.1;

  /** A digit differs from what is around it by at least this part of the range from black to white. */
  private static final double LEAST_CONTRAST = 0.05;

  private static final long MOST_PIXELS = 100_000_000;

  private DigitPicture() {}

  /**
   * The digit in a file, as a model of this size reads it.
   *
   * @throws CommandException if the file is no picture, or nothing is in it
   */
  public static GreyImage read(Path file, int rows, int columns) {
    try {
      return of(file.toString(), decode(file), rows, columns);
    } catch (IOException | RuntimeException e) {
      if (e instanceof CommandException known) {
        throw known;
      }
      // Decoders meet damage with exceptions of many kinds.
      throw CommandException.mismatch(
          file.toString(), "a readable picture", "damage (" + e.getMessage() + ")", e);
    }
  }

  static GreyImage of(String name, BufferedImage image, int rows, int columns) {
    double[][] ink = ink(image);
    int top = ink.length;
    int bottom = -1;
    int left = ink[0].length;
    int right = -1;
    for (int y = 0; y < ink.length; y++) {
      for (int x = 0; x < ink[0].length; x++) {
        if (ink[y][x] > 0) {
          top = Math.min(top, y);
          bottom = Math.max(bottom, y);
          left = Math.min(left, x);
          right = Math.max(right, x);
        }
      }
    }
    if (bottom < 0) {
      throw CommandException.mismatch(name, "a picture of a digit", "one colour");
    }
    int height = bottom - top + 1;
    int width = right - left + 1;
    double scale = Math.min(PART * rows / height, PART * columns / width);
    int scaledHeight = Math.max(1, (int) Math.round(height * scale));
    int scaledWidth = Math.max(1, (int) Math.round(width * scale));
    double[][] digit = new double[scaledHeight][scaledWidth];
    for (int y = 0; y < scaledHeight; y++) {
      for (int x = 0; x < scaledWidth; x++) {
        digit[y][x] = mean(
            ink,
            top + (double) y * height / scaledHeight,
            top + (y + 1.0) * height / scaledHeight,
            left + (double) x * width / scaledWidth,
            left + (x + 1.0) * width / scaledWidth);
      }
    }
    return placed(digit, rows, columns);
  }

  private static BufferedImage decode(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw CommandException.mismatch(
          file.toString(), "a picture", Files.exists(file) ? "no file" : "no such file");
    }
    try (ImageInputStream in = ImageIO.createImageInputStream(new File(file.toString()))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw CommandException.mismatch(
            file.toString(), "a picture (PNG, JPEG, GIF, BMP or TIFF)", "something else");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
          throw CommandException.mismatch(
              file.toString(),
              "at most " + MOST_PIXELS + " pixels",
              reader.getWidth(0) + " x " + reader.getHeight(0));
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    }
  }

  /** How much of each pixel is ink, 0 to 1: how far it is from what is at the border. */
  private static double[][] ink(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    double[][] ink = luminance(image);
    double background = median(border(ink));
    double most = 0;
    for (double[] row : ink) {
      for (int x = 0; x < width; x++) {
        row[x] = Math.abs(row[x] - background);
        most = Math.max(most, row[x]);
      }
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double part = most < LEAST_CONTRAST ? 0 : ink[y][x] / most;
        ink[y][x] = part < NOISE ? 0 : part;
      }
    }
    return ink;
  }

  /** The brightness of each pixel, 0 to 1 (ITU-R BT.601), where it is transparent of paper that its ink shows on. */
  private static double[][] luminance(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    double[][] brightness = new double[height][width];
    double[][] opacity = new double[height][width];
    double sum = 0;
    double weight = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int argb = image.getRGB(x, y);
        opacity[y][x] = (argb >>> 24) / 255.0;
        brightness[y][x] =
            (0.299 * (argb >> 16 & 0xff) + 0.587 * (argb >> 8 & 0xff) + 0.114 * (argb & 0xff))
                / 255;
        sum += opacity[y][x] * brightness[y][x];
        weight += opacity[y][x];
      }
    }
    double paper = sum > weight / 2 ? 0 : 1;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        brightness[y][x] = opacity[y][x] * brightness[y][x] + (1 - opacity[y][x]) * paper;
      }
    }
    return brightness;
  }

  private static double[] border(double[][] values) {
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

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /** The mean over a rectangle, whose edges may go through pixels. */
  private static double mean(
      double[][] values, double top, double bottom, double left, double right) {
    double sum = 0;
    for (int y = (int) top; y < Math.min(bottom, values.length); y++) {
      double high = Math.min(bottom, y + 1) - Math.max(top, y);
      for (int x = (int) left; x < Math.min(right, values[0].length); x++) {
        sum += values[y][x] * high * (Math.min(right, x + 1) - Math.max(left, x));
      }
    }
    return sum / ((bottom - top) * (right - left));
  }

  /** Puts the centre of mass into the middle, as far as the digit does not reach over an edge. */
  private static GreyImage placed(double[][] digit, int rows, int columns) {
    double most = 0;
    double mass = 0;
    double momentY = 0;
    double momentX = 0;
    for (int y = 0; y < digit.length; y++) {
      for (int x = 0; x < digit[0].length; x++) {
        most = Math.max(most, digit[y][x]);
        mass += digit[y][x];
        momentY += digit[y][x] * (y + 0.5);
        momentX += digit[y][x] * (x + 0.5);
      }
    }
    int top = start(rows, digit.length, momentY / mass);
    int left = start(columns, digit[0].length, momentX / mass);
    byte[] pixels = new byte[rows * columns];
    for (int y = 0; y < digit.length; y++) {
      for (int x = 0; x < digit[0].length; x++) {
        pixels[(top + y) * columns + left + x] = (byte) Math.round(255 * digit[y][x] / most);
      }
    }
    return new GreyImage(rows, columns, pixels);
  }

  /** Where the digit begins. In MNIST the centre of mass is in the pixel after the middle, 14.0 to 15.0 of 28. */
  private static int start(int size, int length, double centre) {
    int start = (int) Math.ceil(size / 2.0 - centre);
    return Math.max(0, Math.min(size - length, start));
  }
}
