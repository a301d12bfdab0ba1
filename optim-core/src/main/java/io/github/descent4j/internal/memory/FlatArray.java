package io.github.descent4j.internal.memory;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array as a stretch of a flat vector, elements in 'c' order, whatever its own order is. Reading and writing allocate nothing.
 */
public final class FlatArray {

  /** What elements go through on their way, for arrays that are read and written by one thread. */
  public static final class Scratch {
    private static final int BLOCK = 1024;

    private final double[] doubles = new double[BLOCK];
    private final float[] floats = new float[BLOCK];
    private final long[] offsets = new long[BLOCK];
  }

  private final INDArray array;
  private final int from;
  private final int length;
  private final Scratch scratch;

  /** Null for an array of no elements. */
  private ArrayMemory memory;

  /**
   * A stretch that begins at an element of the vector.
   *
   * @param array to write into: of a type of parameters; others are read as they are now
   */
  public FlatArray(INDArray array, int from, Scratch scratch) {
    boolean usable = array.isEmpty() || ArrayMemory.supports(array.dataType());
    this.array = usable ? array : array.castTo(DataType.DOUBLE);
    this.from = from;
    this.scratch = scratch;
    length = Math.toIntExact(array.isEmpty() ? 0 : array.length());
    memory = length == 0 ? null : ArrayMemory.of(this.array);
  }

  /** An array by itself. */
  public static FlatArray of(INDArray array) {
    return new FlatArray(array, 0, new Scratch());
  }

  /** Where the stretch ends. */
  public int end() {
    return from + length;
  }

  /** Copies the elements into their stretch of a vector. */
  public void read(double[] vector) {
    locate();
    for (int done = 0; done < length; done += Scratch.BLOCK) {
      int n = Math.min(Scratch.BLOCK, length - done);
      if (memory.isDouble()) {
        memory.load('c', done, n, scratch.doubles, scratch.offsets);
        System.arraycopy(scratch.doubles, 0, vector, from + done, n);
      } else {
        memory.load('c', done, n, scratch.floats, scratch.offsets);
        for (int i = 0; i < n; i++) {
          vector[from + done + i] = scratch.floats[i];
        }
      }
    }
  }

  /** Leaves in the vector what is in the array, rounded to its type. */
  public void write(double[] vector) {
    locate();
    for (int done = 0; done < length; done += Scratch.BLOCK) {
      int n = Math.min(Scratch.BLOCK, length - done);
      int first = from + done;
      if (memory.isDouble()) {
        System.arraycopy(vector, first, scratch.doubles, 0, n);
        memory.store('c', done, n, scratch.doubles, scratch.offsets);
      } else {
        for (int i = 0; i < n; i++) {
          float number = (float) vector[first + i];
          scratch.floats[i] = memory.isHalf() ? memory.rounded(number) : number;
          vector[first + i] = scratch.floats[i];
        }
        memory.store('c', done, n, scratch.floats, scratch.offsets);
      }
    }
  }

  /** Memory that has been given back is not to be touched, and an array may have got another one. */
  private void locate() {
    if (length == 0) {
      return;
    }
    if (array.wasClosed()) {
      throw new IllegalStateException("an array of shape " + Arrays.toString(array.shape())
          + " has been closed, expected an open array");
    }
    if (!memory.describes(array)) {
      memory = ArrayMemory.of(array);
    }
  }
}
