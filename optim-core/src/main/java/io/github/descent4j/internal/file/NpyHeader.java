package io.github.descent4j.internal.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What stands ahead of the elements in NumPy's {@code .npy} format.
 *
 * @param code NumPy's code of the element type, such as {@code <f4}
 * @param order 'c' or 'f', in which the elements follow
 * @param shape the dimensions, none for a scalar
 */
record NpyHeader(String code, char order, List<Long> shape) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy aligns the elements so. */
  private static final int ALIGNMENT = 64;

  private static final int LONGEST = 1 << 16;

  private static final Pattern CODE = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,]*+)\\)");

  private static final Pattern DIMENSION = Pattern.compile("\\d{1,18}");

  /** ND4J's own limit. */
  private static final int MAX_RANK = 32;

  /** The header as bytes, of version 1.0 of the format. */
  byte[] toBytes() {
    String dimensions = shape.stream().map(d -> d + ",").collect(Collectors.joining(" "));
    if (shape.size() > 1) {
      dimensions = dimensions.substring(0, dimensions.length() - 1);
    }
    String text = String.format(
        Locale.ROOT,
        "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }",
        code,
        order == 'f' ? "True" : "False",
        dimensions);
    int preamble = MAGIC.length + 4;
    int length = (preamble + text.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
    byte[] bytes = Arrays.copyOf(MAGIC, length);
    Arrays.fill(bytes, preamble, length - 1, (byte) ' ');
    bytes[MAGIC.length] = 1;
    bytes[MAGIC.length + 2] = (byte) (length - preamble);
    bytes[MAGIC.length + 3] = (byte) ((length - preamble) >> Byte.SIZE);
    System.arraycopy(text.getBytes(ISO_8859_1), 0, bytes, preamble, text.length());
    bytes[length - 1] = '\n';
    return bytes;
  }

  /**
   * Reads a header of any version of the format, and leaves the stream at the first element.
   *
   * @throws BadHeaderException if it is none
   */
  static NpyHeader read(InputStream in) throws IOException, BadHeaderException {
    DataInputStream data = new DataInputStream(in);
    byte[] preamble = new byte[MAGIC.length + 2];
    String text;
    try {
      data.readFully(preamble);
      if (!Arrays.equals(preamble, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
        throw new BadHeaderException("does not begin as a .npy array");
      }
      int version = preamble[MAGIC.length];
      if (version < 1 || version > 3) {
        throw new BadHeaderException("is of .npy version " + version + ", expected 1, 2 or 3");
      }
      long length = version == 1
          ? Short.toUnsignedInt(Short.reverseBytes(data.readShort()))
          : Integer.toUnsignedLong(Integer.reverseBytes(data.readInt()));
      if (length > LONGEST) {
        throw new BadHeaderException(
            "has a .npy header of " + length + " bytes, expected at most " + LONGEST);
      }
      byte[] bytes = new byte[(int) length];
      data.readFully(bytes);
      text = new String(bytes, ISO_8859_1);
    } catch (EOFException e) {
      throw new BadHeaderException("ends within its .npy header");
    }
    return new NpyHeader(
        find(CODE, text), find(ORDER, text).equals("True") ? 'f' : 'c', shape(find(SHAPE, text)));
  }

  private static String find(Pattern pattern, String text) throws BadHeaderException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new BadHeaderException(
          "has the .npy header \"" + Quote.of(text.strip()) + "\", expected "
              + "\"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\" or the like");
    }
    return matcher.group(1);
  }

  private static List<Long> shape(String dimensions) throws BadHeaderException {
    // Without the empty string behind the last comma.
    String[] parts =
        dimensions.isBlank() ? new String[0] : dimensions.stripTrailing().split(",");
    if (parts.length == 0 && !dimensions.isBlank()) {
      throw new BadHeaderException("has a shape of commas, expected whole numbers >= 0");
    }
    if (parts.length > MAX_RANK) {
      throw new BadHeaderException(
          "has " + parts.length + " dimensions, expected at most " + MAX_RANK);
    }
    List<Long> shape = new ArrayList<>();
    for (String part : parts) {
      if (!DIMENSION.matcher(part.strip()).matches()) {
        throw new BadHeaderException(
            "has the shape (" + Quote.of(dimensions) + "), expected whole numbers >= 0");
      }
      shape.add(Long.valueOf(part.strip()));
    }
    return List.copyOf(shape);
  }

  /** Bytes that are not a header; the message says how. */
  static final class BadHeaderException extends Exception {
    private static final long serialVersionUID = 1;

    BadHeaderException(String message) {
      super(message);
    }
  }
}
