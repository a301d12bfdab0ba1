package io.github.descent4j.mnist.tensorboard;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.nd4j.shade.protobuf.CodedOutputStream;
import org.tensorflow.framework.Summary;

/**
 * A file of events as TensorBoard reads it: a sequence of TFRecords, each of which is an {@code Event} message of protobuf.
 *
 * <p>A record is the length of the message (8 bytes), the masked CRC-32C of these 8 bytes, the message, and its masked CRC-32C, all
 * little-endian. The mask is {@code rotate right by 15, plus 0xa282ead8}. Sources: TensorFlow's {@code
 * tensorflow/core/lib/io/record_writer.h} and {@code tensorflow/core/util/event.proto}.
 */
final class EventFile implements Closeable {
  /** TensorBoard reads files that have this in their name, in the order of their names. */
  static final String NAME_PART = "tfevents";

  private static final String FORMAT = "brain.Event:2";

  // The fields of an Event; its class is not among those that ND4J brings, as that of Summary is.
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;

  /** A SessionLog whose field 1, status, is 1, START. */
  private static final byte[] START = {8, 1};

  private final Path path;
  private final OutputStream out;

  private EventFile(Path path, OutputStream out) {
    this.path = path;
    this.out = out;
  }

  /** A new file in a folder that is there. Its name comes after those of files that were made before it. */
  static EventFile create(Path folder) throws IOException {
    long second = System.currentTimeMillis() / 1000;
    for (int i = 0; ; i++) {
      Path path = folder.resolve(
          String.format(Locale.ROOT, "events.out.%s.%010d.descent4j.%03d", NAME_PART, second, i));
      try {
        OutputStream out =
            Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        EventFile file = new EventFile(path, new BufferedOutputStream(out));
        file.write(0, event -> event.writeString(FILE_VERSION, FORMAT));
        return file;
      } catch (FileAlreadyExistsException e) {
        if (i == 999) {
          throw e;
        }
      }
    }
  }

  Path path() {
    return path;
  }

  /** Says that what earlier files have from this step on is to be forgotten. */
  void startFrom(long step) throws IOException {
    write(step, event -> event.writeByteArray(SESSION_LOG, START));
  }

  void add(long step, Summary summary) throws IOException {
    write(step, event -> event.writeMessage(SUMMARY, summary));
  }

  void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private void write(long step, Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream event = CodedOutputStream.newInstance(bytes);
    event.writeDouble(WALL_TIME, System.currentTimeMillis() / 1000.0);
    event.writeInt64(STEP, step);
    content.writeTo(event);
    event.flush();
    byte[] message = bytes.toByteArray();
    byte[] length = littleEndian(Long.BYTES).putLong(message.length).array();
    out.write(length);
    out.write(maskedSum(length));
    out.write(message);
    out.write(maskedSum(message));
  }

  private static byte[] maskedSum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    int masked = Integer.rotateRight((int) sum.getValue(), 15) + 0xa282ead8;
    return littleEndian(Integer.BYTES).putInt(masked).array();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** What an event has besides time and step. */
  private interface Content {
    void writeTo(CodedOutputStream event) throws IOException;
  }
}
