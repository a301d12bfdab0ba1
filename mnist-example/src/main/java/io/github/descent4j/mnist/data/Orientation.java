package io.github.descent4j.mnist.data;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * How a picture is to be turned: tag 0x0112, Orientation, of the first directory of its EXIF data (CIPA DC-008, 4.6.4), as cameras and
 * phones write it into JPEG, and others into PNG and TIFF. Java's readers do not look at it.
 */
final class Orientation {
  static final int UPRIGHT = 1;

  private static final int TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int JPEG = 0xffd8;
  private static final int START_OF_SCAN = 0xffda;
  private static final int APP1 = 0xffe1;
  private static final int PNG = 0x8950;
  private static final int LITTLE_ENDIAN = 0x4949;
  private static final int BIG_ENDIAN = 0x4d4d;
  private static final String EXIF = "Exif\0\0";

  /** Far more than any picture has, and soon looked through. */
  private static final int MOST_PARTS = 10_000;

  private Orientation() {}

  /** 1 to 8; 1, upright, where a picture does not say. */
  static int of(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      int tag = in.length() < 8 ? 0 : find(in);
      return tag >= UPRIGHT && tag <= 8 ? tag : UPRIGHT;
    }
  }

  /** The picture as it is to be seen. */
  static double[][] turned(double[][] picture, int orientation) {
    int height = picture.length;
    int width = picture[0].length;
    boolean sideways = orientation >= 5;
    double[][] turned = new double[sideways ? width : height][sideways ? height : width];
    for (int y = 0; y < turned.length; y++) {
      for (int x = 0; x < turned[0].length; x++) {
        turned[y][x] = switch (orientation) {
          case 2 -> picture[y][width - 1 - x];
          case 3 -> picture[height - 1 - y][width - 1 - x];
          case 4 -> picture[height - 1 - y][x];
          case 5 -> picture[x][y];
          case 6 -> picture[height - 1 - x][y];
          case 7 -> picture[height - 1 - x][width - 1 - y];
          case 8 -> picture[x][width - 1 - y];
          default -> picture[y][x];
        };
      }
    }
    return turned;
  }

  private static int find(RandomAccessFile in) throws IOException {
    return switch (in.readUnsignedShort()) {
      case JPEG -> inJpeg(in);
      case PNG -> inPng(in);
      case LITTLE_ENDIAN, BIG_ENDIAN -> inDirectory(in, 0);
      default -> UPRIGHT;
    };
  }

  private static int inJpeg(RandomAccessFile in) throws IOException {
    long at = 2;
    for (int i = 0; i < MOST_PARTS && at + 4 <= in.length(); i++) {
      in.seek(at);
      int marker = in.readUnsignedShort();
      int length = in.readUnsignedShort();
      if (marker == START_OF_SCAN || marker < 0xff00 || length < 2) {
        return UPRIGHT;
      }
      if (marker == APP1 && length >= 8 && text(in, EXIF.length()).equals(EXIF)) {
        return inDirectory(in, at + 4 + EXIF.length());
      }
      at += 2 + length;
    }
    return UPRIGHT;
  }

  private static int inPng(RandomAccessFile in) throws IOException {
    long at = 8;
    for (int i = 0; i < MOST_PARTS && at + 12 <= in.length(); i++) {
      in.seek(at);
      long length = Integer.toUnsignedLong(in.readInt());
      if (text(in, 4).equals("eXIf")) {
        return inDirectory(in, at + 8);
      }
      at += 12 + length;
    }
    return UPRIGHT;
  }

  /** In the first directory of what begins, as a TIFF file does, at {@code start}. */
  private static int inDirectory(RandomAccessFile in, long start) throws IOException {
    if (start + 8 > in.length()) {
      return UPRIGHT;
    }
    in.seek(start);
    boolean little = in.readUnsignedShort() == LITTLE_ENDIAN;
    in.seek(start + 4);
    long directory = start + Integer.toUnsignedLong(swapped(in.readInt(), little));
    if (directory + 2 > in.length()) {
      return UPRIGHT;
    }
    in.seek(directory);
    int entries = swapped(in.readShort(), little);
    for (int i = 0; i < entries && directory + 14 + 12L * i <= in.length(); i++) {
      in.seek(directory + 2 + 12L * i);
      int tag = swapped(in.readShort(), little);
      int type = swapped(in.readShort(), little);
      in.skipBytes(4);
      if (tag == TAG) {
        return type == SHORT ? swapped(in.readShort(), little) : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  private static String text(RandomAccessFile in, int length) throws IOException {
    byte[] bytes = new byte[length];
    int read = in.read(bytes);
    return read < length ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static int swapped(short value, boolean little) {
    return Short.toUnsignedInt(little ? Short.reverseBytes(value) : value);
  }

  private static int swapped(int value, boolean little) {
    return little ? Integer.reverseBytes(value) : value;
  }
}
