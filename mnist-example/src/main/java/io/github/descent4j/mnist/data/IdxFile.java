package io.github.descent4j.mnist.data;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * An IDX file of unsigned bytes: the format of MNIST and of the data sets made after it.
 *
 * <pre>
 * offset 0   0x00 0x00 0x08 R           08 for unsigned bytes, R for the number of dimensions (1 or 3 here)
 * offset 4   R big-endian 32-bit sizes  the first counts the examples
 * then       the bytes, the last dimension varying fastest
 * </pre>
 *
 * <p>The file may be compressed with gzip; its content tells, not its name. Every failure is a {@link CommandException}
 * that names the file, what was expected and what was found.
 */
public final class IdxFile {
  /** The largest array the JVM allocates, and so the most bytes that a file may hold. */
  static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private static final int UNSIGNED_BYTE = 0x08;

  /** Two dimensions of 32-bit numbers: QMNIST's labels, eight numbers for each image, of which the first is the class. */
  private static final int INT_TABLE = 0x0c02;

  /** Bytes that room is made for at once, for each that the file has: handwriting is compressed to a fifth. */
  private static final int EXPANSION = 16;

  /** Bytes read at once: while they are inflated, no garbage can be collected. */
  private static final int PIECE = 1 << 16;

  private final String name;
  private final int[] shape;
  private final byte[] bytes;

  private IdxFile(String name, int[] shape, byte[] bytes) {
    this.name = name;
    this.shape = shape;
    this.bytes = bytes;
  }

  /** Parses {@code content}, the file's bytes, which must have {@code rank} dimensions. */
  static IdxFile parse(String name, byte[] content, int rank) {
    boolean gzip =
        content.length >= 2 && (content[0] & 0xff) == 0x1f && (content[1] & 0xff) == 0x8b;
    if (!gzip) {
      try {
        InputStream in = new ByteArrayInputStream(content);
        return read(name, in, content.length, rank, content.length + " bytes");
      } catch (IOException e) {
        throw new AssertionError("reading from memory cannot fail", e);
      }
    }
    try (WholeGzip in = new WholeGzip(content)) {
      IdxFile file = read(name, in, content.length, rank, "more");
      if (in.bytesAfterEnd() != 0) {
        throw CommandException.mismatch(
            name, "the end of the gzip data", in.bytesAfterEnd() + " bytes after it");
      }
      return file;
    } catch (EOFException e) {
      throw CommandException.mismatch(name, "complete gzip data", "an early end", e);
    } catch (IOException e) {
      throw CommandException.mismatch(
          name, "intact gzip data", "damage (" + e.getMessage() + ")", e);
    }
  }

  private static IdxFile read(
      String name, InputStream in, int fileBytes, int rank, String foundIfOversized)
      throws IOException {
    int expectedMagic = (UNSIGNED_BYTE << 8) | rank;
    byte[] start = in.readNBytes(4);
    if (rank == 1 && start.length == 4 && int32(start, 0) == INT_TABLE) {
      return readTable(name, in, fileBytes);
    }
    int headerBytes = 4 + 4 * rank;
    byte[] rest = in.readNBytes(headerBytes - start.length);
    byte[] header = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, header, start.length, rest.length);
    if (header.length >= 4 && int32(header, 0) != expectedMagic) {
      throw CommandException.mismatch(
          name, "magic number " + hex(expectedMagic), hex(int32(header, 0)));
    }
    if (header.length < headerBytes) {
      throw CommandException.mismatch(
          name, "a header of " + headerBytes + " bytes", header.length + " bytes");
    }
    int[] shape = shape(name, header, rank);
    int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    byte[] bytes = readBytes(in, size, fileBytes);
    String expected = (headerBytes + (long) size) + " bytes for " + text(shape);
    if (bytes.length < size) {
      throw CommandException.mismatch(name, expected, headerBytes + bytes.length + " bytes");
    }
    // Also makes gzip compare its checksum, which it does at the end of the data.
    if (in.read() >= 0) {
      throw CommandException.mismatch(name, expected, foundIfOversized);
    }
    return new IdxFile(name, shape, bytes);
  }

  /** The first column, which is the class, of a table of 32-bit numbers. */
  private static IdxFile readTable(String name, InputStream in, int fileBytes) throws IOException {
    byte[] header = new byte[12];
    byte[] sizes = in.readNBytes(8);
    if (sizes.length < 8) {
      throw CommandException.mismatch(name, "a header of 12 bytes", 4 + sizes.length + " bytes");
    }
    System.arraycopy(sizes, 0, header, 4, 8);
    int[] shape = shape(name, header, 2);
    long size = (long) Integer.BYTES * shape[0] * shape[1];
    String expected = 12 + size + " bytes for " + text(shape) + " numbers of 4 bytes";
    if (size > MAX_BYTES) {
      throw CommandException.mismatch(
          name, "a header that declares at most " + MAX_BYTES + " bytes", text(shape));
    }
    byte[] table = readBytes(in, (int) size, fileBytes);
    if (table.length < size) {
      throw CommandException.mismatch(name, expected, 12 + table.length + " bytes");
    }
    if (in.read() >= 0) {
      throw CommandException.mismatch(name, expected, "more");
    }
    byte[] labels = new byte[shape[0]];
    for (int i = 0; i < labels.length; i++) {
      int label = int32(table, Integer.BYTES * i * shape[1]);
      if (label < 0 || label > 255) {
        throw CommandException.mismatch(name, "labels from 0 to 255", label + " for example " + i);
      }
      labels[i] = (byte) label;
    }
    return new IdxFile(name, new int[] {labels.length}, labels);
  }

  /**
   * As many bytes as a header declares, or all there are. Room grows with what is there, so that a header that lies about its size costs little memory;
   * for most files it is made once.
   */
  private static byte[] readBytes(InputStream in, int size, int fileBytes) throws IOException {
    byte[] bytes = new byte[(int) Math.min(size, (long) EXPANSION * fileBytes)];
    int read = 0;
    while (read < size) {
      if (read == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(size, 2L * read));
      }
      int count = in.read(bytes, read, Math.min(PIECE, bytes.length - read));
      if (count < 0) {
        return Arrays.copyOf(bytes, read);
      }
      read += count;
    }
    return bytes;
  }

  private static int[] shape(String name, byte[] header, int rank) {
    long[] sizes = new long[rank];
    for (int i = 0; i < rank; i++) {
      sizes[i] = Integer.toUnsignedLong(int32(header, 4 + 4 * i));
    }
    String text = Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(" x "));
    long product = 1;
    for (long size : sizes) {
      if (size == 0) {
        throw CommandException.mismatch(name, "sizes of at least 1 in the header", text);
      }
      if (size > MAX_BYTES / product) {
        throw CommandException.mismatch(
            name, "a header that declares at most " + MAX_BYTES + " bytes", text);
      }
      product *= size;
    }
    return Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray();
  }

  /** The file as it was named in {@link #parse}, for messages. */
  String name() {
    return name;
  }

  /** Size of dimension {@code i}. */
  int size(int i) {
    return shape[Objects.checkIndex(i, shape.length)];
  }

  /** The data: not a copy. */
  byte[] bytes() {
    return bytes;
  }

  private static String text(int[] shape) {
    return Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(" x "));
  }

  private static int int32(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).getInt(at);
  }

  private static String hex(int magic) {
    return String.format(Locale.ROOT, "0x%08x", magic);
  }

  /** Gzip data that must end where the file ends; {@link GZIPInputStream} alone ignores what follows. */
  private static final class WholeGzip extends GZIPInputStream {
    private static final int TRAILER_BYTES = 8;

    private final byte[] content;

    WholeGzip(byte[] content) throws IOException {
      super(new ByteArrayInputStream(content), 1);
      this.content = content;
    }

    /** Gives the inflater all that follows the header, where it is: what it has not consumed at the end is then all that is left. */
    @Override
    protected void fill() throws IOException {
      int left = in.available();
      if (left == 0) {
        throw new EOFException("the compressed data has no end");
      }
      in.skipNBytes(left);
      buf = content;
      len = content.length;
      inf.setInput(content, len - left, left);
    }

    int bytesAfterEnd() {
      return inf.getRemaining() - TRAILER_BYTES;
    }
  }
}
