package io.github.descent4j.mnist.data;

import java.awt.image.BufferedImage;
import java.nio.file.Path;

/**
 * Makes of a picture of one digit what MNIST has: bright on black, cropped, scaled to fit 20 x 20 of 28 x 28 pixels, and placed
 * by its centre of mass (LeCun, Cortes and Burges, the page of the data set).
 *
 * @param image the digit, as a model reads it
 * @param alone false where there is something else of that size beside it
 */
public record DigitPicture(GreyImage image, boolean alone) {
  /** Of the 28 pixels of a side, those that the digit fits into. */
  private static final double PART = 20.0 / 28;

  /**
   * The digit in a file, as a model of this size reads it.
   *
   * @throws CommandException if the file is no picture, or nothing is in it
   */
  public static DigitPicture read(Path file, int rows, int columns) {
    return of(file.toString(), PictureFile.read(file), rows, columns);
  }

  static DigitPicture of(String name, BufferedImage image, int rows, int columns) {
    return of(name, PictureFile.brightness(image), rows, columns);
  }

  private static DigitPicture of(String name, double[][] brightness, int rows, int columns) {
    Ink ink = Ink.of(brightness);
    if (ink.isEmpty()) {
      throw CommandException.mismatch(name, "a picture of a digit", "one colour");
    }
    double scale = Math.min(PART * rows / ink.height(), PART * columns / ink.width());
    int scaledHeight = Math.max(1, (int) Math.round(ink.height() * scale));
    int scaledWidth = Math.max(1, (int) Math.round(ink.width() * scale));
    double[][] digit = new double[scaledHeight][scaledWidth];
    for (int y = 0; y < scaledHeight; y++) {
      for (int x = 0; x < scaledWidth; x++) {
        digit[y][x] = Samples.mean(
            ink.pixels(),
            ink.top() + (double) y * ink.height() / scaledHeight,
            ink.top() + (y + 1.0) * ink.height() / scaledHeight,
            ink.left() + (double) x * ink.width() / scaledWidth,
            ink.left() + (x + 1.0) * ink.width() / scaledWidth);
      }
    }
    return new DigitPicture(placed(digit, rows, columns), ink.alone());
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
