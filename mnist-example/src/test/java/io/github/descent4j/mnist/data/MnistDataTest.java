package io.github.descent4j.mnist.data;

import static io.github.descent4j.mnist.data.IdxBytes.images;
import static io.github.descent4j.mnist.data.IdxBytes.labels;
import static io.github.descent4j.mnist.data.IdxBytes.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
            "t10k-labels-idx1-ubyte: expected labels from 0 to 9, found 10 for example 1"),
        bad(
            "label above 127",
            d -> write(d.resolve(MnistData.TRAIN_LABELS), labels((byte) 200, (byte) 1, (byte) 1)),
            "train-labels-idx1-ubyte: expected labels from 0 to 9, found 200 for example 0"),
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
