package io.github.descent4j.mnist.data;

import static io.github.descent4j.mnist.data.IdxBytes.images;
import static io.github.descent4j.mnist.data.IdxBytes.labels;
import static io.github.descent4j.mnist.data.IdxBytes.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MnistDataTest {
  @TempDir
  Path directory;

  @Test
  void bundledFilesHaveTheirChecksums() throws IOException, NoSuchAlgorithmException {
    List<String> sums =
        new String(resource("SHA256SUMS"), StandardCharsets.US_ASCII).lines().toList();
    assertThat(sums).hasSize(4);
    for (String line : sums) {
      String[] sumAndName = line.split("  ", 2);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(resource(sumAndName[1]));
      assertThat(HexFormat.of().formatHex(digest)).as(sumAndName[1]).isEqualTo(sumAndName[0]);
    }
  }

  @Test
  void bundledDataIsMnist() {
    MnistData data = MnistData.bundled();
    assertThat(data.train().size()).isEqualTo(60_000);
    assertThat(data.test().size()).isEqualTo(10_000);
    assertThat(data.train().rows()).isEqualTo(28);
    assertThat(data.train().columns()).isEqualTo(28);
    // The first digits of the two sets are well known.
    assertThat(firstLabels(data.train())).containsExactly(5, 0, 4, 1, 9, 2, 1, 3, 1, 4);
    assertThat(firstLabels(data.test())).containsExactly(7, 2, 1, 0, 4, 1, 4, 9, 5, 9);
  }

  /** What a stream says of itself is an estimate: there may be more, or less. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 6, 7, 100})
  void streamsAreReadToTheirEndWhateverTheySayIsAvailable(int said) throws IOException {
    byte[] bytes = {1, 2, 3, 4, 5, 6};
    InputStream in = new ByteArrayInputStream(bytes) {
      private boolean asked;

      @Override
      public synchronized int available() {
        int answer = asked ? super.available() : said;
        asked = true;
        return answer;
      }
    };
    assertThat(MnistData.content(in)).containsExactly(bytes);
  }

  @Test
  void readsAnyMixtureOfRawAndCompressedNames() {
    // Content tells: a .gz file may be raw, and a file without the suffix compressed.
    write(
        directory.resolve(MnistData.TRAIN_IMAGES),
        IdxBytes.gzip(images(2, 1, 3, new byte[] {1, 2, 3, 4, 5, 6})));
    write(directory.resolve(MnistData.TRAIN_LABELS + ".gz"), labels((byte) 8, (byte) 9));
    write(directory.resolve(MnistData.TEST_IMAGES), images(1, 1, 3, new byte[] {7, 8, (byte) 255}));
    write(directory.resolve(MnistData.TEST_LABELS + ".gz"), IdxBytes.gzip(labels((byte) 0)));

    MnistData data = MnistData.read(directory);

    assertThat(data.train().size()).isEqualTo(2);
    assertThat(data.train().rows()).isEqualTo(1);
    assertThat(data.train().columns()).isEqualTo(3);
    assertThat(data.train().pixel(1, 0)).isEqualTo(4);
    assertThat(data.train().label(1)).isEqualTo(9);
    assertThat(data.test().pixel(0, 2)).isEqualTo(255);
  }

  static Stream<Arguments> badDirectories() {
    return Stream.of(
        bad(
            "no training images",
            d -> delete(d, MnistData.TRAIN_IMAGES),
            "train-images-idx3-ubyte: expected this file, or the same with .gz, found none"),
        bad(
            "no test labels",
            d -> delete(d, MnistData.TEST_LABELS),
            "t10k-labels-idx1-ubyte: expected this file, or the same with .gz, found none"),
        bad(
            "a directory instead of a file",
            d -> {
              delete(d, MnistData.TEST_LABELS);
              assertThat(d.resolve(MnistData.TEST_LABELS).toFile().mkdir()).isTrue();
            },
            "t10k-labels-idx1-ubyte: expected a file, found a directory"),
        bad(
            "labels and images exchanged",
            d -> write(d.resolve(MnistData.TRAIN_LABELS), images(3, 2, 2, new byte[12])),
            "train-labels-idx1-ubyte: expected magic number 0x00000801, found 0x00000803"),
        bad(
            "fewer labels than images",
            d -> write(d.resolve(MnistData.TRAIN_LABELS), labels(new byte[2])),
            "train-labels-idx1-ubyte: expected 3 labels, one for each image of"
                + " DIR/train-images-idx3-ubyte, found 2"),
        bad(
            "more labels than images",
            d -> write(d.resolve(MnistData.TEST_LABELS), labels(new byte[5])),
            "t10k-labels-idx1-ubyte: expected 2 labels, one for each image of"
                + " DIR/t10k-images-idx3-ubyte, found 5"),
        bad(
            "label out of range",
            d -> write(d.resolve(MnistData.TEST_LABELS), labels((byte) 9, (byte) 10)),
            "t10k-labels-idx1-ubyte: expected labels from 0 to 9 as in DIR/train-labels-idx1-ubyte, found 10"),
        bad(
            "label above 127",
            d -> write(d.resolve(MnistData.TEST_LABELS), labels((byte) 200, (byte) 1)),
            "t10k-labels-idx1-ubyte: expected labels from 0 to 9 as in DIR/train-labels-idx1-ubyte, found 200"),
        bad(
            "a damaged training label",
            d -> write(d.resolve(MnistData.TRAIN_LABELS), labels((byte) 9, (byte) 200, (byte) 1)),
            "train-labels-idx1-ubyte: expected labels without a gap above 9, found 200 of image 1, and 199 of"
                + " none"),
        bad(
            "another name",
            d -> rename(d, MnistData.TEST_LABELS, "Test-Labels.idx"),
            "t10k-labels-idx1-ubyte: expected this file, or the same with .gz, found none; rename"
                + " Test-Labels.idx, if it is this one"),
        bad(
            "images of two sizes",
            d -> write(d.resolve(MnistData.TEST_IMAGES), images(2, 4, 1, new byte[8])),
            "t10k-images-idx3-ubyte: expected images of 2 x 2 as in DIR/train-images-idx3-ubyte,"
                + " found 4 x 1"));
  }

  private static Arguments bad(String what, Consumer<Path> damage, String message) {
    return Arguments.of(what, damage, message);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badDirectories")
  void namesFileExpectedAndFound(String what, Consumer<Path> damage, String message) {
    write(directory.resolve(MnistData.TRAIN_IMAGES), images(3, 2, 2, new byte[12]));
    write(directory.resolve(MnistData.TRAIN_LABELS), labels(new byte[3]));
    write(directory.resolve(MnistData.TEST_IMAGES), images(2, 2, 2, new byte[8]));
    write(directory.resolve(MnistData.TEST_LABELS), labels(new byte[2]));
    damage.accept(directory);

    assertThatThrownBy(() -> MnistData.read(directory))
        .isInstanceOf(CommandException.class)
        .hasMessage(directory + "/" + message.replace("DIR", directory.toString()));
  }

  private static void rename(Path directory, String from, String to) {
    try {
      Files.move(directory.resolve(from), directory.resolve(to));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "-"})
  void readsTheNamesOfKaggle(String separator) {
    byte[] grey = {1, 2, 3, 4, 5, 6};
    write(directory.resolve("train-images" + separator + "idx3-ubyte"), images(1, 2, 3, grey));
    write(directory.resolve("train-labels" + separator + "idx1-ubyte.gz"), labels((byte) 3));
    write(directory.resolve("test-images" + separator + "idx3-ubyte"), images(1, 2, 3, grey));
    write(directory.resolve("t10k-labels" + separator + "idx1-ubyte"), labels((byte) 4));
    MnistData data = MnistData.read(directory);
    assertThat(data.train().label(0)).isEqualTo(3);
    assertThat(data.train().rows()).isEqualTo(2);
    assertThat(data.test().pixel(0, 1)).isEqualTo(2);
    assertThat(data.train().classes()).isEqualTo(10);
  }

  /** Its images are stored column by column, and it has more classes than digits. */
  @Test
  void readsEmnist() {
    byte[] grey = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};
    writeSet("emnist-letters-", "test", images(2, 2, 3, grey), labels((byte) 26, (byte) 25));
    MnistData data = MnistData.read(directory);
    assertThat(data.train().classes()).isEqualTo(27);
    assertThat(data.test().classes()).isEqualTo(27);
    assertThat(data.train().rows()).isEqualTo(3);
    assertThat(data.train().columns()).isEqualTo(2);
    assertThat(data.train().picture(1).pixels()).containsExactly(11, 14, 12, 15, 13, 16);
    writeSet("emnist-digits-", "test", images(2, 2, 3, grey), labels((byte) 1, (byte) 1));
    assertThatThrownBy(() -> MnistData.read(directory))
        .isInstanceOf(CommandException.class)
        .hasMessage(directory + ": expected the files of one data set, found those of"
            + " emnist-digits-, emnist-letters-; put those of one into a folder of its own");
  }

  /** The first of eight numbers for each image is its class. */
  @Test
  void readsTheLabelsOfQmnist() {
    byte[] table = new byte[2 * 8 * 4];
    table[3] = 7;
    table[8 * 4 + 3] = 9;
    table[7] = 42;
    for (String set : new String[] {"train", "test"}) {
      write(
          directory.resolve("qmnist-" + set + "-images-idx3-ubyte"), images(2, 1, 1, new byte[2]));
      write(
          directory.resolve("qmnist-" + set + "-labels-idx2-int"),
          IdxBytes.gzip(IdxBytes.idx(0xc02, new int[] {2, 8}, table)));
    }
    MnistData data = MnistData.read(directory);
    assertThat(data.train().label(0)).isEqualTo(7);
    assertThat(data.test().label(1)).isEqualTo(9);
    table[0] = 1;
    Path file = directory.resolve("qmnist-test-labels-idx2-int");
    write(file, IdxBytes.idx(0xc02, new int[] {2, 8}, table));
    assertThatThrownBy(() -> MnistData.read(directory))
        .hasMessage(file + ": expected labels from 0 to 255, found 16777223 for example 0");
    write(file, IdxBytes.idx(0xc02, new int[] {2, 9}, table));
    assertThatThrownBy(() -> MnistData.read(directory))
        .hasMessage(file + ": expected 84 bytes for 2 x 9 numbers of 4 bytes, found 76 bytes");
    write(file, IdxBytes.idx(0xc02, new int[] {Integer.MAX_VALUE, 8}, table));
    assertThatThrownBy(() -> MnistData.read(directory)).isInstanceOf(CommandException.class);
  }

  private void writeSet(String prefix, String test, byte[] images, byte[] labels) {
    for (String set : new String[] {"train", test}) {
      write(directory.resolve(prefix + set + "-images-idx3-ubyte"), images);
      write(directory.resolve(prefix + set + "-labels-idx1-ubyte.gz"), labels);
    }
  }

  @Test
  void namesADirectoryThatIsNone() {
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> MnistData.read(missing))
        .hasMessage(
            missing + ": expected a directory with the four IDX files, found no such directory");
    Path file = directory.resolve("file");
    write(file, new byte[0]);
    assertThatThrownBy(() -> MnistData.read(file))
        .hasMessage(file + ": expected a directory with the four IDX files, found a file");
  }

  private static void delete(Path directory, String name) {
    try {
      Files.delete(directory.resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int[] firstLabels(LabelledImages images) {
    int[] labels = new int[10];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = images.label(i);
    }
    return labels;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = MnistData.class.getResourceAsStream("/mnist/" + name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }
}
