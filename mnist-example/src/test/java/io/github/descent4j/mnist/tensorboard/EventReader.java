package io.github.descent4j.mnist.tensorboard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads event files by their specification, with neither a library for protobuf nor one for checksums: TFRecords (length, masked
 * CRC-32C, message, masked CRC-32C), and in them the fields of {@code event.proto} and {@code summary.proto} that matter here.
 */
public final class EventReader {
  private EventReader() {}

  /**
   * An event, and what of its values is one.
   *
   * @param start whether it is the SessionLog of a start
   */
  public record Event(
      double wallTime, long step, String fileVersion, boolean start, List<Value> values) {}

  /**
   * A value of a summary.
   *
   * @param scalar NaN where there is none
   * @param png of an image, or null
   * @param text of a tensor, or null
   * @param plugin that shows it, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares values.
  public record Value(
      String tag, float scalar, int height, int width, byte[] png, String text, String plugin) {}

  /** The events of all files in a folder, in the order of the files' names. */
  public static List<Event> readFolder(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().contains("tfevents"))
          .sorted()
          .flatMap(file -> read(file).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The events of a file; whatever is not as specified fails. */
  public static List<Event> read(Path file) {
    try {
      return read(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Event> read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = take(in, 8);
      requireSum(length, in.getInt());
      byte[] message = take(
          in,
          Math.toIntExact(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()));
      requireSum(message, in.getInt());
      events.add(event(message));
    }
    return events;
  }

  private static byte[] take(ByteBuffer in, int count) {
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  private static void requireSum(byte[] bytes, int masked) {
    if (Integer.rotateLeft(masked - 0xa282ead8, 15) != crc32c(bytes)) {
      throw new IllegalArgumentException("a checksum is wrong");
    }
  }

  /** Bit by bit, by the reversed polynomial of Castagnoli. */
  static int crc32c(byte[] bytes) {
    int sum = -1;
    for (byte next : bytes) {
      sum ^= next & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        sum = (sum >>> 1) ^ ((sum & 1) == 0 ? 0 : 0x82f63b78);
      }
    }
    return ~sum;
  }

  private static Event event(byte[] message) {
    double wallTime = Double.NaN;
    long step = 0;
    String version = null;
    boolean start = false;
    List<Value> values = new ArrayList<>();
    for (Field field : fields(message)) {
      switch (field.number) {
        case 1 -> wallTime = Double.longBitsToDouble(field.bits);
        case 2 -> step = field.bits;
        case 3 -> version = field.text();
        case 5 -> fields(field.bytes).forEach(value -> values.add(value(value.bytes)));
        case 7 -> start = Arrays.equals(field.bytes, new byte[] {8, 1});
        default -> throw new IllegalArgumentException("an event has a field " + field.number);
      }
    }
    return new Event(wallTime, step, version, start, values);
  }

  private static Value value(byte[] message) {
    String tag = null;
    float scalar = Float.NaN;
    int height = 0;
    int width = 0;
    byte[] png = null;
    String text = null;
    String plugin = null;
    for (Field field : fields(message)) {
      switch (field.number) {
        case 1 -> tag = field.text();
        case 2 -> scalar = Float.intBitsToFloat((int) field.bits);
        case 4 -> {
          List<Field> image = fields(field.bytes);
          height = (int) of(image, 1).bits;
          width = (int) of(image, 2).bits;
          png = of(image, 4).bytes;
        }
        case 8 -> text = of(fields(field.bytes), 8).text();
        case 9 -> plugin = of(fields(of(fields(field.bytes), 1).bytes), 1).text();
        default -> throw new IllegalArgumentException("a value has a field " + field.number);
      }
    }
    return new Value(tag, scalar, height, width, png, text, plugin);
  }

  private static Field of(List<Field> fields, int number) {
    return fields.stream().filter(field -> field.number == number).findFirst().orElseThrow();
  }

  /** The fields of a protobuf message, by its wire format. */
  private static List<Field> fields(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    List<Field> fields = new ArrayList<>();
    while (in.hasRemaining()) {
      int key = (int) varint(in);
      fields.add(
          switch (key & 7) {
            case 0 -> new Field(key >> 3, varint(in), null);
            case 1 -> new Field(key >> 3, in.getLong(), null);
            case 2 -> new Field(key >> 3, 0, take(in, (int) varint(in)));
            case 5 -> new Field(key >> 3, in.getInt(), null);
            default -> throw new IllegalArgumentException("a field has wire type " + (key & 7));
          });
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Nobody compares fields.
  private record Field(int number, long bits, byte[] bytes) {
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
