package io.github.descent4j.internal.memory;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Brings rows into ascending order and adds up those of one index, in the order in which they were given. */
public final class RowSums {
  private static final int BLOCK = 512;

  /** Index and place of every row that was given, by index and then by place. */
  private final long[] order;

  private final long[] rows;

  /** Of indices below 2^31. */
  public RowSums(long[] given) {
    order = new long[given.length];
    for (int i = 0; i < given.length; i++) {
      order[i] = given[i] << 32 | i;
    }
    Arrays.sort(order);
    long[] distinct = new long[order.length];
    int count = 0;
    for (long packed : order) {
      long row = packed >>> 32;
      if (count == 0 || distinct[count - 1] != row) {
        distinct[count++] = row;
      }
    }
    rows = Arrays.copyOf(distinct, count);
  }

  /** The indices, ascending, each once. */
  public long[] rows() {
    return rows;
  }

  /** Whether an index was given more than once. */
  public boolean repeats() {
    return rows.length < order.length;
  }

  /** Where each of {@link #rows} stands among those that were given, if none repeats. */
  public int[] places() {
    int[] places = new int[order.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = (int) order[i];
    }
    return places;
  }

  /** The sums as a new array, outside of any workspace: in 'c' order, of that type. */
  @SuppressWarnings("try") // The scope is left by closing it, and has no other use.
  public INDArray of(INDArray block, DataType type) {
    INDArray sums;
    try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      long[] shape = block.shape().clone();
      shape[0] = rows.length;
      sums = block.isEmpty()
          ? Nd4j.create(type, shape, 'c')
          : Nd4j.createUninitialized(type, shape, 'c');
    }
    if (block.isEmpty()) {
      return sums;
    }
    ArrayMemory from = ArrayMemory.of(block);
    ArrayMemory to = ArrayMemory.of(sums);
    long width = from.length() / order.length;
    if (!repeats() && to.copiesFrom(from)) {
      for (int row = 0; row < rows.length; row++) {
        to.copyFrom(from, (order[row] & 0xffffffffL) * width, row * width, width);
      }
      return sums;
    }
    long[] offsets = new long[BLOCK];
    float[] floats = new float[BLOCK];
    double[] doubles = new double[BLOCK];
    double[] sum = new double[BLOCK];
    int next = 0;
    for (int row = 0; row < rows.length; row++) {
      int first = next;
      while (next < order.length && order[next] >>> 32 == rows[row]) {
        next++;
      }
      for (long at = 0; at < width; at += BLOCK) {
        int n = (int) Math.min(BLOCK, width - at);
        if (next == first + 1 && !from.isDouble()) {
          // Nothing to add, which most rows are: no need of doubles.
          from.load('c', (order[first] & 0xffffffffL) * width + at, n, floats, offsets);
          to.store('c', row * width + at, n, floats, offsets);
          continue;
        }
        for (int i = first; i < next; i++) {
          long place = (order[i] & 0xffffffffL) * width + at;
          if (from.isDouble()) {
            from.load('c', place, n, doubles, offsets);
          } else {
            from.load('c', place, n, floats, offsets);
            for (int e = 0; e < n; e++) {
              doubles[e] = floats[e];
            }
          }
          for (int e = 0; e < n; e++) {
            // Added to 0, a zero of negative sign would lose it.
            sum[e] = i == first ? doubles[e] : sum[e] + doubles[e];
          }
        }
        store(to, row * width + at, n, sum, floats, offsets);
      }
    }
    return sums;
  }

  private static void store(
      ArrayMemory to, long at, int n, double[] sum, float[] floats, long[] offsets) {
    if (to.isDouble()) {
      to.store('c', at, n, sum, offsets);
      return;
    }
    for (int e = 0; e < n; e++) {
      floats[e] = (float) sum[e];
    }
    to.store('c', at, n, floats, offsets);
  }
}
