package io.github.descent4j.internal.gradient;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.WorkList;

/**
 * Takes the mean of every row off an array, in place; a row is all that has one index in the first dimension.
 *
 * <p>A row is the work of one thread, in logical 'c' order and with its sum in double, so that neither threads nor memory
 * order change the bits. It is read twice; what fits a block, once.
 */
public final class RowMeans {
  private static final int BLOCK = 4096;

  private final ParallelRunner workforce = new ParallelRunner(this::runPiece);
  private final Scratch[] scratch = new Scratch[workforce.threads()];
  private ArrayMemory array;
  private long rows;
  private long rowLength;
  private long rowsInPiece;

  /**
   * Does it.
   *
   * @param array with elements
   * @param rows its first dimension
   */
  public void takeOff(ArrayMemory array, long rows) {
    this.array = array;
    this.rows = rows;
    rowLength = array.length() / rows;
    rowsInPiece = Math.max(1, WorkList.SIZE / rowLength);
    int pieces = Math.toIntExact((rows + rowsInPiece - 1) / rowsInPiece);
    workforce.run(pieces, array.length() >= WorkList.PARALLEL);
    this.array = null;
  }

  private void runPiece(int piece, int worker) {
    if (scratch[worker] == null) {
      scratch[worker] = new Scratch();
    }
    long from = piece * rowsInPiece;
    for (long row = from; row < Math.min(rows, from + rowsInPiece); row++) {
      if (array.isDouble()) {
        scratch[worker].centre64(array, row * rowLength, rowLength);
      } else {
        scratch[worker].centre32(array, row * rowLength, rowLength);
      }
    }
  }

  /** The heap arrays of one worker, those of either type from its first use on. */
  private static final class Scratch {
    private final long[] offsets = new long[BLOCK];
    private float[] block32;
    private double[] block64;

    void centre32(ArrayMemory array, long from, long length) {
      if (block32 == null) {
        block32 = new float[BLOCK];
      }
      double sum = 0;
      for (long at = 0; at < length; at += BLOCK) {
        int n = (int) Math.min(BLOCK, length - at);
        array.load('c', from + at, n, block32, offsets);
        for (int i = 0; i < n; i++) {
          sum += block32[i];
        }
      }
      double mean = sum / length;
      for (long at = 0; at < length; at += BLOCK) {
        int n = (int) Math.min(BLOCK, length - at);
        if (length > BLOCK) {
          array.load('c', from + at, n, block32, offsets);
        }
        for (int i = 0; i < n; i++) {
          block32[i] = (float) (block32[i] - mean);
        }
        array.store('c', from + at, n, block32, offsets);
      }
    }

    void centre64(ArrayMemory array, long from, long length) {
      if (block64 == null) {
        block64 = new double[BLOCK];
      }
      double sum = 0;
      for (long at = 0; at < length; at += BLOCK) {
        int n = (int) Math.min(BLOCK, length - at);
        array.load('c', from + at, n, block64, offsets);
        for (int i = 0; i < n; i++) {
          sum += block64[i];
        }
      }
      double mean = sum / length;
      for (long at = 0; at < length; at += BLOCK) {
        int n = (int) Math.min(BLOCK, length - at);
        if (length > BLOCK) {
          array.load('c', from + at, n, block64, offsets);
        }
        for (int i = 0; i < n; i++) {
          block64[i] -= mean;
        }
        array.store('c', from + at, n, block64, offsets);
      }
    }
  }
}
