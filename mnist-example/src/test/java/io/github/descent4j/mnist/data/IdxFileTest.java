package io.github.descent4j.mnist.data;

import static io.github.descent4j.mnist.data.IdxBytes.gzip;
import static io.github.descent4j.mnist.data.IdxBytes.idx;
import static io.github.descent4j.mnist.data.IdxBytes.images;
import static io.github.descent4j.mnist.data.IdxBytes.labels;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IdxFileTest {
  private static final byte[] PIXELS = {0, 1, 2, 3, (byte) 252, (byte) 253, (byte) 254, (byte) 255};
  private static final byte[] IMAGES = images(2, 2, 2, PIXELS);

  @Test
  void readsRawAndCompressedImages() {
    for (byte[] content : new byte[][] {IMAGES, gzip(IMAGES)}) {
      IdxFile file = IdxFile.parse("f", content, 3);
      assertThat(file.size(0)).isEqualTo(2);
      assertThat(file.size(1)).isEqualTo(2);
      assertThat(file.size(2)).isEqualTo(2);
      assertThat(file.bytes()).isEqualTo(PIXELS);
    }
  }

  @Test
  void readsRawAndCompressedLabels() {
    byte[] content = labels((byte) 7, (byte) 0, (byte) 9);
    assertThat(IdxFile.parse("f", content, 1).bytes()).containsExactly(7, 0, 9);
    assertThat(IdxFile.parse("f", gzip(content), 1).bytes()).containsExactly(7, 0, 9);
  }

  @Test
  void readsGzipDataOfSeveralMembers() {
    byte[] first = gzip(Arrays.copyOf(IMAGES, 19));
    byte[] second = gzip(Arrays.copyOfRange(IMAGES, 19, IMAGES.length));
    assertThat(IdxFile.parse("f", concat(first, second), 3).bytes()).isEqualTo(PIXELS);
  }

  /** A blank page is compressed to a thousandth. */
  @Test
  void readsImagesThatAreFarLargerThanTheirFile() {
    byte[] pixels = new byte[300 * 28 * 28];
    pixels[pixels.length - 1] = 7;
    byte[] content = gzip(images(300, 28, 28, pixels));
    assertThat(content).hasSizeLessThan(pixels.length / 100);
    assertThat(IdxFile.parse("f", content, 3).bytes()).isEqualTo(pixels);
  }

  @Test
  void aHeaderThatLiesAboutItsSizeCostsLittleMemory() {
    byte[] content = gzip(idx(0x803, new int[] {1 << 20, 28, 28}, new byte[1000]));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> IdxFile.parse("f", content, 3))
        .hasMessage("f: expected 822083600 bytes for 1048576 x 28 x 28, found 1016 bytes");
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
  }

  static Stream<Arguments> badFiles() {
    byte[] zipped = gzip(IMAGES);
    byte[] flipped = zipped.clone();
    flipped[flipped.length - 6] ^= 1;
    byte[] badMethod = zipped.clone();
    badMethod[2] = 7;
    return Stream.of(
        Arguments.of("empty", new byte[0], "f: expected a header of 16 bytes, found 0 bytes"),
        Arguments.of(
            "ends in the magic number",
            cut(IMAGES, 3),
            "f: expected a header of 16 bytes, found 3 bytes"),
        Arguments.of(
            "ends in the sizes",
            cut(IMAGES, 15),
            "f: expected a header of 16 bytes, found 15 bytes"),
        Arguments.of(
            "ends after the header",
            cut(IMAGES, 16),
            "f: expected 24 bytes for 2 x 2 x 2, found 16 bytes"),
        Arguments.of(
            "ends in the data",
            cut(IMAGES, 23),
            "f: expected 24 bytes for 2 x 2 x 2, found 23 bytes"),
        Arguments.of(
            "one byte too long",
            cut(IMAGES, 25),
            "f: expected 24 bytes for 2 x 2 x 2, found 25 bytes"),
        Arguments.of(
            "labels for images",
            labels(new byte[9]),
            "f: expected magic number 0x00000803, found 0x00000801"),
        Arguments.of(
            "floats",
            idx(0xd03, new int[] {1, 1, 1}, new byte[4]),
            "f: expected magic number 0x00000803, found 0x00000d03"),
        Arguments.of(
            "text",
            "<html><body>Not found</body></html>"
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII),
            "f: expected magic number 0x00000803, found 0x3c68746d"),
        Arguments.of(
            "no images",
            images(0, 28, 28, new byte[0]),
            "f: expected sizes of at least 1 in the header, found 0 x 28 x 28"),
        Arguments.of(
            "no rows",
            images(5, 0, 28, new byte[0]),
            "f: expected sizes of at least 1 in the header, found 5 x 0 x 28"),
        Arguments.of(
            "2 GiB declared",
            images(2_000_000_000, 1, 1, new byte[8]),
            "f: expected 2000000016 bytes for 2000000000 x 1 x 1, found 24 bytes"),
        Arguments.of(
            "more than an array declared",
            images(60_000, 60_000, 1, new byte[8]),
            "f: expected a header that declares at most 2147483639 bytes, found 60000 x 60000 x 1"),
        Arguments.of(
            "product overflows 64 bits",
            images(-1, -1, -1, new byte[8]),
            "f: expected a header that declares at most 2147483639 bytes, found 4294967295 x 4294967295 x 4294967295"),
        Arguments.of(
            "compressed, ends in the data",
            gzip(cut(IMAGES, 23)),
            "f: expected 24 bytes for 2 x 2 x 2, found 23 bytes"),
        Arguments.of(
            "compressed, too long",
            gzip(cut(IMAGES, 99)),
            "f: expected 24 bytes for 2 x 2 x 2, found more"),
        Arguments.of(
            "compressed, 2 GiB declared",
            gzip(images(2_000_000_000, 1, 1, new byte[8])),
            "f: expected 2000000016 bytes for 2000000000 x 1 x 1, found 24 bytes"),
        Arguments.of(
            "gzip cut in its header",
            cut(zipped, 5),
            "f: expected complete gzip data, found an early end"),
        Arguments.of(
            "gzip cut in its data",
            cut(zipped, zipped.length - 12),
            "f: expected complete gzip data, found an early end"),
        Arguments.of(
            "gzip cut in its checksum",
            cut(zipped, zipped.length - 3),
            "f: expected complete gzip data, found an early end"),
        Arguments.of(
            "gzip with a wrong checksum",
            flipped,
            "f: expected intact gzip data, found damage (Corrupt GZIP trailer)"),
        Arguments.of(
            "gzip of an unknown method",
            badMethod,
            "f: expected intact gzip data, found damage (Unsupported compression method)"),
        Arguments.of(
            "bytes after the gzip data",
            concat(zipped, new byte[40]),
            "f: expected the end of the gzip data, found 40 bytes after it"),
        Arguments.of(
            "one byte after the gzip data",
            concat(zipped, new byte[1]),
            "f: expected the end of the gzip data, found 1 bytes after it"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badFiles")
  void namesFileExpectedAndFound(String what, byte[] content, String message) {
    assertThatThrownBy(() -> IdxFile.parse("f", content, 3))
        .isInstanceOf(CommandException.class)
        .hasMessage(message);
  }

  private static byte[] cut(byte[] content, int length) {
    return Arrays.copyOf(content, length);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }
}
