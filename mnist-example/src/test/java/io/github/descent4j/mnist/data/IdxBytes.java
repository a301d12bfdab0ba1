package io.github.descent4j.mnist.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Makes small IDX files. */
public final class IdxBytes {
  private IdxBytes() {}

  /** A file whose header declares {@code shape}, followed by {@code data}. */
  static byte[] idx(int magic, int[] shape, byte[] data) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * shape.length + data.length).putInt(magic);
    for (int size : shape) {
      buffer.putInt(size);
    }
    return buffer.put(data).array();
  }

  public static byte[] images(int count, int rows, int columns, byte[] pixels) {
    return idx(0x803, new int[] {count, rows, columns}, pixels);
  }

  public static byte[] labels(byte... labels) {
    return idx(0x801, new int[] {labels.length}, labels);
  }

  public static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public static void write(Path file, byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes a data set that is easy to learn: an image of class {@code c} is noise with a bright block in its own place.
   */
  public static void writeDataSet(Path directory, int training, int test, int rows, int columns) {
    writeDataSet(directory, training, test, rows, columns, LabelledImages.LEAST_CLASSES);
  }

  /** The same with so many classes, at most as many as an image has pixels. */
  public static void writeDataSet(
      Path directory, int training, int test, int rows, int columns, int classes) {
    String images = MnistData.TRAIN_IMAGES;
    writeSet(directory, images, MnistData.TRAIN_LABELS, training, rows, columns, classes, 1);
    images = MnistData.TEST_IMAGES;
    writeSet(directory, images, MnistData.TEST_LABELS, test, rows, columns, classes, 2);
  }

  /** Writes a data set of given images. */
  public static void writeDataSet(Path directory, LabelledImages training, LabelledImages test) {
    writeSet(directory, MnistData.TRAIN_IMAGES, MnistData.TRAIN_LABELS, training);
    writeSet(directory, MnistData.TEST_IMAGES, MnistData.TEST_LABELS, test);
  }

  private static void writeSet(
      Path directory, String imageFile, String labelFile, LabelledImages images) {
    byte[] labels = new byte[images.size()];
    ByteBuffer pixels = ByteBuffer.allocate(images.size() * images.imageSize());
    for (int i = 0; i < images.size(); i++) {
      labels[i] = (byte) images.label(i);
      pixels.put(images.picture(i).pixels());
    }
    write(
        directory.resolve(imageFile),
        images(images.size(), images.rows(), images.columns(), pixels.array()));
    write(directory.resolve(labelFile), labels(labels));
  }

  private static void writeSet(
      Path directory,
      String imageFile,
      String labelFile,
      int count,
      int rows,
      int columns,
      int classes,
      long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] labels = new byte[count];
    byte[] pixels = new byte[count * rows * columns];
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) (i % classes);
      int block = rows * columns / classes;
      for (int j = 0; j < rows * columns; j++) {
        boolean bright = j / block == labels[i];
        pixels[i * rows * columns + j] = (byte) (random.nextInt(64) + (bright ? 160 : 0));
      }
    }
    write(directory.resolve(imageFile), images(count, rows, columns, pixels));
    write(directory.resolve(labelFile + ".gz"), gzip(labels(labels)));
  }
}
