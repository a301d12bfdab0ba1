package io.github.descent4j.mnist.data;

import java.util.Arrays;
import java.util.zip.Checksum;

/** Grey images of one size with their labels, as bytes: example by example, row by row. */
public final class LabelledImages {
  /** The digits, also where some of them are missing. */
  public static final int LEAST_CLASSES = 10;

  private final int rows;
  private final int columns;
  private final byte[] pixels;
  private final byte[] labels;
  private final int classes;

  /** Counted when it is asked for. */
  private long[] histogram;

  private LabelledImages(int rows, int columns, byte[] pixels, byte[] labels, int classes) {
    this.classes = classes;
    this.rows = rows;
    this.columns = columns;
    this.pixels = pixels;
    this.labels = labels;
  }

  /**
   * Joins an image file with the label file of the same examples.
   *
   * @param transposed whether the file has the images column by column
   */
  static LabelledImages of(IdxFile images, IdxFile labels, boolean transposed) {
    if (labels.size(0) != images.size(0)) {
      throw CommandException.mismatch(
          labels.name(),
          images.size(0) + " labels, one for each image of " + images.name(),
          labels.size(0) + "");
    }
    byte[] values = labels.bytes();
    int most = LEAST_CLASSES - 1;
    for (byte value : values) {
      most = Math.max(most, value & 0xff);
    }
    int height = transposed ? images.size(2) : images.size(1);
    int width = transposed ? images.size(1) : images.size(2);
    byte[] pixels =
        transposed ? transposed(images.bytes(), images.size(1), images.size(2)) : images.bytes();
    return new LabelledImages(height, width, pixels, values, most + 1);
  }

  private static byte[] transposed(byte[] pixels, int rows, int columns) {
    byte[] turned = new byte[pixels.length];
    int size = rows * columns;
    for (int i = 0; i < pixels.length; i++) {
      int at = i % size;
      turned[i - at + at % columns * rows + at / columns] = pixels[i];
    }
    return turned;
  }

  /** The images from one index to before another. */
  public LabelledImages part(int from, int to) {
    return new LabelledImages(
        rows,
        columns,
        Arrays.copyOfRange(pixels, from * imageSize(), to * imageSize()),
        Arrays.copyOfRange(labels, from, to),
        classes);
  }

  /** The same images, of which some classes may have none. */
  public LabelledImages withClasses(int more) {
    return new LabelledImages(rows, columns, pixels, labels, more);
  }

  /** Labels are 0 to one less than this. */
  public int classes() {
    return classes;
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
    return labels[example] & 0xff;
  }

  /**
   * Fails if the highest label, above those of digits, is one that damage makes: no image has the label below it. Each class costs
   * weights, and a single such label would add classes that nothing belongs to.
   *
   * @param name of the file of the labels
   */
  void requireNoGap(String name) {
    int highest = classes - 1;
    if (highest < LEAST_CLASSES) {
      return;
    }
    int first = -1;
    for (int example = size() - 1; example >= 0; example--) {
      if (label(example) == highest - 1) {
        return;
      }
      first = label(example) == highest ? example : first;
    }
    throw CommandException.mismatch(
        name,
        "labels without a gap above " + (LEAST_CLASSES - 1),
        highest + " of image " + first + ", and " + (highest - 1) + " of none");
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

  /** How many pixels have each of the 256 grey values. */
  synchronized long[] histogram() {
    if (histogram == null) {
      histogram = countGreys();
    }
    return histogram.clone();
  }

  private long[] countGreys() {
    // Neighbours are mostly equal: with one counter for them, each would wait for the sum of the
    // one before.
    int[][] counts = new int[4][256];
    int[] a = counts[0];
    int[] b = counts[1];
    int[] c = counts[2];
    int[] d = counts[3];
    int i = 0;
    for (; i + 4 <= pixels.length; i += 4) {
      a[pixels[i] & 0xff]++;
      b[pixels[i + 1] & 0xff]++;
      c[pixels[i + 2] & 0xff]++;
      d[pixels[i + 3] & 0xff]++;
    }
    for (; i < pixels.length; i++) {
      a[pixels[i] & 0xff]++;
    }
    long[] sums = new long[256];
    for (int grey = 0; grey < sums.length; grey++) {
      for (int[] each : counts) {
        sums[grey] += each[grey];
      }
    }
    return sums;
  }

  /** The grey value 0 to 255 at {@code index} of the image, counted row by row. */
  int pixel(int example, int index) {
    return pixels[example * imageSize() + index] & 0xff;
  }
}
