package io.github.descent4j.internal.memory;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An array as a stretch of a flat vector, elements in 'c' order. DOUBLE and FLOAT arrays that lie in this order in memory are read
 * and written where they are, all others by way of a DOUBLE copy.
 */
public final class FlatArray {
  private static final int BLOCK = 1024;

  private final INDArray array;
  private final int from;
  private final int length;
  private final boolean direct;

  /** For arrays that are not direct. */
  private final INDArray copy;

  /**
   * Finds the elements.
   *
   * @param from where the stretch begins
   */
  public FlatArray(INDArray array, int from) {
    this.array = array;
    this.from = from;
    length = Math.toIntExact(array.isEmpty() ? 0 : array.length());
    boolean plainType = array.dataType() == DataType.DOUBLE || array.dataType() == DataType.FLOAT;
    direct = length == 0 || (plainType && isPlain(array));
    copy = direct ? null : Nd4j.createUninitialized(DataType.DOUBLE, array.shape(), 'c');
  }

  /** Where the stretch ends. */
  public int end() {
    return from + length;
  }

  /** Copies the elements into their stretch of a vector. */
  public void read(double[] vector) {
    if (length == 0) {
      return;
    }
    if (!direct) {
      copy.assign(array);
    }
    INDArray source = direct ? array : copy;
    if (source.dataType() == DataType.DOUBLE) {
      doubles(source).get(vector, from, length);
      return;
    }
    FloatPointer floats = floats(source);
    float[] block = new float[Math.min(length, BLOCK)];
    for (int done = 0; done < length; done += BLOCK) {
      int n = Math.min(BLOCK, length - done);
      floats.get(block, 0, n);
      floats.position(floats.position() + n);
      for (int i = 0; i < n; i++) {
        vector[from + done + i] = block[i];
      }
    }
  }

  /** Leaves in the vector what is in the array, rounded to its type. */
  public void write(double[] vector) {
    if (length == 0) {
      return;
    }
    INDArray target = direct ? array : copy;
    if (target.dataType() == DataType.DOUBLE) {
      doubles(target).put(vector, from, length);
    } else {
      FloatPointer floats = floats(target);
      float[] block = new float[Math.min(length, BLOCK)];
      for (int done = 0; done < length; done += BLOCK) {
        int n = Math.min(BLOCK, length - done);
        for (int i = 0; i < n; i++) {
          block[i] = (float) vector[from + done + i];
          vector[from + done + i] = block[i];
        }
        floats.put(block, 0, n);
        floats.position(floats.position() + n);
      }
    }
    if (!direct) {
      array.assign(copy);
      if (array.dataType() != DataType.DOUBLE) {
        read(vector);
      }
    }
  }

  /** The pointer of a view is that of the array it is a view of. */
  private static DoublePointer doubles(INDArray array) {
    return new DoublePointer(array.data().pointer()).position(array.offset());
  }

  private static FloatPointer floats(INDArray array) {
    return new FloatPointer(array.data().pointer()).position(array.offset());
  }

  private static boolean isPlain(INDArray array) {
    long expected = 1;
    for (int axis = array.rank() - 1; axis >= 0; axis--) {
      if (array.size(axis) != 1 && array.stride(axis) != expected) {
        return false;
      }
      expected *= array.size(axis);
    }
    return true;
  }
}
