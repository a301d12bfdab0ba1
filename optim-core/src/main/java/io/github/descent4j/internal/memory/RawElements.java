package io.github.descent4j.internal.memory;

import java.nio.ByteBuffer;

/**
 * Copies elements to bytes and back, bit for bit and in logical order: what a file is made of.
 *
 * <p>The bytes are in the machine's order, which is little-endian wherever ND4J runs. Not for
 * several threads at once.
 */
public final class RawElements {

  /** The most elements of one call. */
  public static final int BLOCK = 8192;

  private final long[] offsets = new long[BLOCK];

  /**
   * Copies elements out.
   *
   * @param order 'c' or 'f': what {@code from} counts in
   * @param from logical position of the first element
   * @param n how many, at most {@link #BLOCK}
   * @param into receives them from index 0
   */
  public void load(ArrayMemory memory, char order, long from, int n, byte[] into) {
    int width = memory.width();
    if (memory.isDense(order)) {
      for (int done = 0; done < n; ) {
        int run = (int) Math.min(n - done, ArrayMemory.restOfWindow(from + done));
        window(memory, from + done).get(at(from + done, width), into, done * width, run * width);
        done += run;
      }
      return;
    }
    memory.locate(order, from, n, offsets);
    for (int i = 0; i < n; i++) {
      window(memory, offsets[i]).get(at(offsets[i], width), into, i * width, width);
    }
  }

  /** Copies elements back: the inverse of {@link #load}. */
  public void store(ArrayMemory memory, char order, long from, int n, byte[] source) {
    int width = memory.width();
    if (memory.isDense(order)) {
      for (int done = 0; done < n; ) {
        int run = (int) Math.min(n - done, ArrayMemory.restOfWindow(from + done));
        window(memory, from + done).put(at(from + done, width), source, done * width, run * width);
        done += run;
      }
      return;
    }
    memory.locate(order, from, n, offsets);
    for (int i = 0; i < n; i++) {
      window(memory, offsets[i]).put(at(offsets[i], width), source, i * width, width);
    }
  }

  private static ByteBuffer window(ArrayMemory memory, long position) {
    return memory.bytes(ArrayMemory.window(position));
  }

  private static int at(long position, int width) {
    return (int) ArrayMemory.offsetInWindow(position) * width;
  }
}
