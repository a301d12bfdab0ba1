package io.github.descent4j.benchmarks;

import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** The MNIST files of the class path, as a library of floats reads them: with mean 0 and deviation 1 over the training set. */
final class Digits {
  static final int CLASSES = 10;
  static final int PIXELS = 28 * 28;

  private static final double MEAN = 33.32;
  private static final double DEVIATION = 78.57;
  private static final int IMAGES_HEADER = 16;
  private static final int LABELS_HEADER = 8;

  private final float[] pixels;
  private final byte[] labels;

  /**
   * Reads one of the two sets.
   *
   * @param name {@code train} or {@code t10k}
   * @throws IOException if it is not there
   */
  Digits(String name) throws IOException {
    byte[] grey = read("/mnist/" + name + "-images-idx3-ubyte.gz", IMAGES_HEADER);
    labels = read("/mnist/" + name + "-labels-idx1-ubyte.gz", LABELS_HEADER);
    pixels = new float[grey.length];
    for (int i = 0; i < grey.length; i++) {
      pixels[i] = (float) (((grey[i] & 0xff) - MEAN) / DEVIATION);
    }
  }

  private static byte[] read(String resource, int header) throws IOException {
    try (InputStream file = Digits.class.getResourceAsStream(resource)) {
      if (file == null) {
        throw new FileNotFoundException(resource + " is not on the class path");
      }
      DataInputStream data = new DataInputStream(new GZIPInputStream(file));
      data.readNBytes(header);
      return data.readAllBytes();
    }
  }

  int size() {
    return labels.length;
  }

  /** All images, one after another. */
  float[] pixels() {
    return pixels;
  }

  int label(int example) {
    return labels[example];
  }
}
