package io.github.descent4j.internal.memory;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The elements of an array as doubles, block by block: for arithmetic in double that is to have no copy of a whole array. */
public final class DoubleElements {
  /** Elements that are loaded or stored at a time, at the most. */
  public static final int BLOCK = 4096;

  private static final long[] NO_OFFSETS = {};

  private final ArrayMemory memory;

  /** Scratch; null where the elements are doubles themselves. */
  private final float[] floats;

  /**
   * Finds the elements.
   *
   * @param array FLOAT or DOUBLE, in 'c' order without gaps
   */
  public DoubleElements(INDArray array) {
    memory = ArrayMemory.of(array);
    assert memory.isDenseInOwnType('c') : array.shapeInfoToString();
    floats = memory.isDouble() ? null : new float[(int) Math.min(BLOCK, memory.length())];
  }

  /** How many there are. */
  public long length() {
    return memory.length();
  }

  /** How many a block from one on has. */
  public int blockAt(long from) {
    return (int) Math.min(BLOCK, length() - from);
  }

  /** Copies n elements, at most {@link #BLOCK}, to the beginning of an array. */
  public void load(long from, int n, double[] into) {
    if (floats == null) {
      memory.load('c', from, n, into, NO_OFFSETS);
      return;
    }
    memory.load('c', from, n, floats, NO_OFFSETS);
    for (int i = 0; i < n; i++) {
      into[i] = floats[i];
    }
  }

  /** Copies them back, rounded to the array's type. */
  public void store(long from, int n, double[] source) {
    if (floats == null) {
      memory.store('c', from, n, source, NO_OFFSETS);
      return;
    }
    for (int i = 0; i < n; i++) {
      floats[i] = (float) source[i];
    }
    memory.store('c', from, n, floats, NO_OFFSETS);
  }
}
