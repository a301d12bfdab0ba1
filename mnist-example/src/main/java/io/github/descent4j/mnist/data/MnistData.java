package io.github.descent4j.mnist.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32C;

/** A training set and a test set of images of one size, from the four files of MNIST. */
public record MnistData(LabelledImages train, LabelledImages test) {
  static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
  static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
  static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
  static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

  /** A way to get at a file's content. */
  private interface Source {
    IdxFile read(String name, int rank);
  }

  /** The MNIST database, which is part of the jar. */
  public static MnistData bundled() {
    return read(MnistData::readResource, false);
  }

  /** The four files of a directory: raw, or compressed with gzip (with the suffix {@code .gz} or without). */
  public static MnistData read(Path directory) {
    DataFolder folder = new DataFolder(directory);
    return read(folder::read, folder.isTransposed());
  }

  /** A number that differs between data sets, in hexadecimal digits. */
  public String fingerprint() {
    CRC32C checksum = new CRC32C();
    train.update(checksum);
    test.update(checksum);
    return String.format(Locale.ROOT, "%08x", checksum.getValue());
  }

  private static MnistData read(Source source, boolean transposed) {
    IdxFile trainImages = source.read(TRAIN_IMAGES, 3);
    IdxFile trainLabels = source.read(TRAIN_LABELS, 1);
    IdxFile testImages = source.read(TEST_IMAGES, 3);
    IdxFile testLabels = source.read(TEST_LABELS, 1);
    if (testImages.size(1) != trainImages.size(1) || testImages.size(2) != trainImages.size(2)) {
      throw CommandException.mismatch(
          testImages.name(),
          "images of " + imageSize(trainImages) + " as in " + trainImages.name(),
          imageSize(testImages));
    }
    LabelledImages train = LabelledImages.of(trainImages, trainLabels, transposed);
    train.requireNoGap(trainLabels.name());
    LabelledImages test = LabelledImages.of(testImages, testLabels, transposed);
    if (test.classes() > train.classes()) {
      throw CommandException.mismatch(
          testLabels.name(),
          "labels from 0 to " + (train.classes() - 1) + " as in " + trainLabels.name(),
          test.classes() - 1 + "");
    }
    return new MnistData(train, test.withClasses(train.classes()));
  }

  private static String imageSize(IdxFile images) {
    return images.size(1) + " x " + images.size(2);
  }

  private static IdxFile readResource(String name, int rank) {
    String resource = "/mnist/" + name + ".gz";
    try (InputStream in = MnistData.class.getResourceAsStream(resource)) {
      return IdxFile.parse("resource " + resource, content(in), rank);
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + resource, e);
    }
  }

  /** All bytes, of which a stream mostly knows how many there are: readAllBytes would gather pieces, and copy them. */
  static byte[] content(InputStream in) throws IOException {
    byte[] first = new byte[in.available()];
    int read = in.readNBytes(first, 0, first.length);
    byte[] rest = in.readAllBytes();
    if (read == first.length && rest.length == 0) {
      return first;
    }
    byte[] whole = Arrays.copyOf(first, read + rest.length);
    System.arraycopy(rest, 0, whole, read, rest.length);
    return whole;
  }
}
