package io.github.descent4j.mnist.data;

import java.util.Arrays;
import java.util.zip.Checksum;

/** Grey images of one size with their labels, as bytes: example by example, row by row. */
public final class LabelledImages {
  /** Labels are the digits 0 to 9, in MNIST and in the data sets made after it. */
  public static final int CLASSES = 10;

  private final int rows;
  private final int columns;
  private final byte[] pixels;
  private final byte[] labels;

  private LabelledImages(int rows, int columns, byte[] pixels, byte[] labels) {
    this.rows = rows;
    this.columns = columns;
    this.pixels = pixels;
    this.labels = labels;
  }

  /** Joins an image file with the label file of the same examples. */
  static LabelledImages of(IdxFile images, IdxFile labels) {
    if (labels.size(0) != images.size(0)) {
      throw CommandException.mismatch(
          labels.name(),
          images.size(0) + " labels, one for each image of " + images.name(),
          labels.size(0) + "");
    }
    byte[] values = labels.bytes();
    for (int i = 0; i < values.length; i++) {
      if ((values[i] & 0xff) >= CLASSES) {
        throw CommandException.mismatch(
            labels.name(),
            "labels from 0 to " + (CLASSES - 1),
            (values[i] & 0xff) + " for example " + i);
      }
    }
    return new LabelledImages(images.size(1), images.size(2), images.bytes(), values);
  }

  /** The images from one index to before another. */
  public LabelledImages part(int from, int to) {
    return new LabelledImages(
        rows,
        columns,
        Arrays.copyOfRange(pixels, from * imageSize(), to * imageSize()),
        Arrays.copyOfRange(labels, from, to));
  }

  public int size() {
    return labels.length;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  int imageSize() {
    return rows * columns;
  }

  public int label(int example) {
    return labels[example];
  }

  /** Puts everything that tells these images from others into a checksum. */
  void update(Checksum checksum) {
    checksum.update(rows);
    checksum.update(columns);
    checksum.update(pixels);
    checksum.update(labels);
  }

  /** One image. */
  public GreyImage picture(int example) {
    int from = example * imageSize();
    return new GreyImage(rows, columns, Arrays.copyOfRange(pixels, from, from + imageSize()));
  }

  /** The grey value 0 to 255 at {@code index} of the image, counted row by row. */
  int pixel(int example, int index) {
    return pixels[example * imageSize() + index] & 0xff;
  }
}
