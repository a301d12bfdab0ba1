package io.github.descent4j.nn.memory;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The memory of one array as a line of elements in 'c' order, for bulk copies to and from the heap.
 *
 * <p>ND4J's operations between matrix products would cost more than they compute (a call of libnd4j is some microseconds
 * and wakes its thread pool), and a loop straight over a direct buffer is not vectorized. So elements are copied in
 * blocks to a heap array, computed there, and copied back; the copies stay in the first-level cache.
 */
public final class Memory {
  /** A byte buffer reaches 2 GiB: this many doubles. */
  private static final long MAX_LENGTH = (1L << 28) - 1;

  private final INDArray source;
  private final INDArray array;
  private final boolean inPlace;
  private final DataBuffer buffer;
  private final int length;
  private final FloatBuffer floats;
  private final DoubleBuffer doubles;

  private Memory(INDArray source, INDArray ordered) {
    this.source = source;
    array = isDense(ordered) ? ordered : ordered.dup('c');
    inPlace = array == ordered;
    if (array.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT, "array has %d elements, expected at most %d", array.length(), MAX_LENGTH));
    }
    length = (int) array.length();
    buffer = array.data();
    int size = array.dataType().width();
    BytePointer first = new BytePointer(buffer.pointer());
    long begin = array.offset() * size;
    ByteBuffer bytes = first.position(begin).limit(begin + (long) length * size).asByteBuffer();
    floats = array.dataType() == DataType.FLOAT ? bytes.asFloatBuffer() : null;
    doubles = array.dataType() == DataType.DOUBLE ? bytes.asDoubleBuffer() : null;
  }

  /**
   * Finds the memory of an array, or of a copy where the array is not in 'c' order without gaps.
   *
   * @param array FLOAT or DOUBLE, not empty
   * @return its memory
   * @throws IllegalStateException if the array has been closed: reading it would end the JVM
   * @throws IllegalArgumentException if the array has another type or more than 2<sup>28</sup> - 1 elements
   */
  public static Memory of(INDArray array) {
    return new Memory(requireUsable(array), array);
  }

  private static INDArray requireUsable(INDArray array) {
    if (array.dataType() != DataType.FLOAT && array.dataType() != DataType.DOUBLE) {
      throw new IllegalArgumentException(
          "array is of type " + array.dataType() + ", expected FLOAT or DOUBLE");
    }
    if (array.wasClosed()) {
      throw new IllegalStateException("array has been closed, expected an open array");
    }
    return array;
  }

  /**
   * The same, but returns {@code previous} where that already is the memory of this array: in the steady state of
   * training a layer sees the same arrays at every step.
   */
  public static Memory of(INDArray array, Memory previous) {
    return isOf(array, previous) ? previous : of(array);
  }

  /**
   * Finds the memory of images {@code [batch, channels, height, width]} in the order {@code [batch, height, width,
   * channels]}, or of a copy where they are not in that order without gaps.
   *
   * @param images as for {@link #of(INDArray)}, of rank 4
   * @param previous returned where it already is the memory of these images; may be null
   * @return its memory, whose array is {@code [batch, height, width, channels]}
   */
  public static Memory ofChannelsLast(INDArray images, Memory previous) {
    return isOf(images, previous)
        ? previous
        : new Memory(requireUsable(images), images.permute(0, 2, 3, 1));
  }

  private static boolean isOf(INDArray array, Memory memory) {
    return memory != null
        && memory.source == array
        && memory.inPlace
        && memory.buffer == array.data()
        && !array.wasClosed();
  }

  /** Whether the elements lie in 'c' order without gaps. Strides of dimensions of length 1 mean nothing. */
  public static boolean isDense(INDArray array) {
    long[] shape = array.shape();
    long[] stride = array.stride();
    long expected = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      if (shape[d] != 1 && stride[d] != expected) {
        return false;
      }
      expected *= shape[d];
    }
    return true;
  }

  /** The array in 'c' order whose memory this is: the one given, or its copy. */
  public INDArray array() {
    return array;
  }

  /** FLOAT or DOUBLE. */
  public DataType dataType() {
    return array.dataType();
  }

  /** Number of elements. */
  public int length() {
    return length;
  }

  /** The length of a dimension, as an int. */
  public int size(int dimension) {
    return (int) array.size(dimension);
  }

  /** Copies elements {@code from, ...} to the heap. */
  public void get(int from, float[] to, int start, int n) {
    floats.get(from, to, start, n);
  }

  /** Copies elements {@code from, ...} to the heap. */
  public void get(int from, double[] to, int start, int n) {
    doubles.get(from, to, start, n);
  }

  /** Overwrites elements {@code from, ...}. */
  public void put(int from, float[] source, int start, int n) {
    floats.put(from, source, start, n);
  }

  /** Overwrites elements {@code from, ...}. */
  public void put(int from, double[] source, int start, int n) {
    doubles.put(from, source, start, n);
  }

  /** Overwrites elements {@code from, ...} from a memory of the same type. */
  public void put(int from, Memory source, int start, int n) {
    if (floats != null) {
      floats.put(from, source.floats, start, n);
    } else {
      doubles.put(from, source.doubles, start, n);
    }
  }

  /** Copies elements {@code from, ...} of either type, one by one: for small arrays. */
  public void getDoubles(int from, double[] to, int n) {
    if (floats != null) {
      for (int i = 0; i < n; i++) {
        to[i] = floats.get(from + i);
      }
    } else {
      doubles.get(from, to, 0, n);
    }
  }

  /** Overwrites elements {@code from, ...} of either type, rounding where it is FLOAT: for small arrays. */
  public void putDoubles(int from, double[] source, int n) {
    if (floats != null) {
      for (int i = 0; i < n; i++) {
        floats.put(from + i, (float) source[i]);
      }
    } else {
      doubles.put(from, source, 0, n);
    }
  }

  @Override
  public String toString() {
    return array.dataType() + Arrays.toString(array.shape());
  }
}
