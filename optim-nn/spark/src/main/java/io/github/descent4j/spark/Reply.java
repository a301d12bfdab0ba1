package io.github.descent4j.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What a task sends, as one array of little-endian bytes: objects would be serialized one by one.
 *
 * <pre>
 * kind: 1 byte
 * PART       loss: 8, correct: 4, buffers follow: 1, gradient, buffers
 * NOTHING    no shard of the task has an example
 * PROBLEM    text in UTF-8
 * STRANGER   a serialized {@link Fingerprint}
 * </pre>
 */
final class Reply {
  private static final byte PART = 0;
  private static final byte NOTHING = 1;
  private static final byte PROBLEM = 2;
  private static final byte STRANGER = 3;
  private static final int HEADER = 1 + Double.BYTES + Integer.BYTES + 1;

  private Reply() {}

  /**
   * The part of a task's shards.
   *
   * @param part null if there is none
   * @param buffers those of shard 0; null in a task that does not have it
   */
  static byte[] part(Part part, Flat buffers) {
    if (part == null) {
      return new byte[] {NOTHING};
    }
    int length = HEADER + part.gradient().bytes() + (buffers == null ? 0 : buffers.bytes());
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(PART).putDouble(part.loss()).putInt(part.correct());
    bytes.put((byte) (buffers == null ? 0 : 1));
    part.gradient().put(bytes);
    if (buffers != null) {
      buffers.put(bytes);
    }
    return bytes.array();
  }

  /** A reason for which the run cannot go on. */
  static byte[] problem(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + utf8.length).put(PROBLEM).put(utf8).array();
  }

  /** The same where this executor is not as the others are. */
  static byte[] stranger(Fingerprint fingerprint) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(STRANGER);
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(fingerprint);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a task's part on the driver.
   *
   * @param gradient like what follows
   * @param buffers overwritten if the reply has some
   * @param expected what all executors have
   * @return the part, or null if there is none
   * @throws IllegalStateException if the reply is a reason for which the run cannot go on
   */
  static Part read(byte[] reply, Flat gradient, Flat buffers, Fingerprint expected) {
    ByteBuffer bytes = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN);
    byte kind = bytes.get();
    if (kind == NOTHING) {
      return null;
    }
    if (kind == PROBLEM) {
      throw new IllegalStateException(
          new String(reply, 1, reply.length - 1, StandardCharsets.UTF_8));
    }
    if (kind == STRANGER) {
      expected.require(fingerprint(reply));
      throw new IllegalStateException("an executor found itself to be another, and is none");
    }
    double loss = bytes.getDouble();
    int correct = bytes.getInt();
    boolean withBuffers = bytes.get() == 1;
    gradient.get(bytes);
    if (withBuffers) {
      buffers.get(bytes);
    }
    return new Part(gradient, loss, correct);
  }

  private static Fingerprint fingerprint(byte[] reply) {
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(reply, 1, reply.length - 1))) {
      return (Fingerprint) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("a reply of an executor cannot be read", e);
    }
  }
}
