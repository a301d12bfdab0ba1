package io.github.descent4j.nn.memory;

import io.github.descent4j.internal.memory.ArrayMemory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The memory of one array as a line of elements in 'c' order, for bulk copies to and from the heap: {@link ArrayMemory}, found once for an
 * array that is seen again, and of a copy where the array has another order.
 *
 * <p>ND4J's operations between matrix products would cost more than they compute (a call of libnd4j is some microseconds
 * and wakes its thread pool), and a loop straight over a direct buffer is not vectorized. So elements are copied in
 * blocks to a heap array, computed there, and copied back; the copies stay in the first-level cache.
 */
public final class Memory {
  /** A byte buffer reaches 2 GiB: this many doubles. */
  private static final long MAX_LENGTH = (1L << 28) - 1;

  /** Channels, columns, rows, images: what runs fastest first. */
  private static final int[] FROM_CHANNELS = {1, 3, 2, 0};

  private final INDArray source;
  private final INDArray array;
  private final boolean inPlace;
  private final ArrayMemory elements;
  private final Pointer pointer;
  private final int length;

  /** Of the array that was asked for before this one, where two take turns. */
  private Memory before;

  private Memory(INDArray source, INDArray ordered) {
    this.source = source;
    array = isDense(ordered) ? ordered : ordered.dup('c');
    inPlace = array == ordered;
    if (array.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT, "array has %d elements, expected at most %d", array.length(), MAX_LENGTH));
    }
    length = (int) array.length();
    elements = ArrayMemory.of(array);
    Pointer buffer = array.data().pointer();
    pointer = elements.isDouble()
        ? new DoublePointer(buffer).getPointer(array.offset())
        : new FloatPointer(buffer).getPointer(array.offset());
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
   * The same, but returns {@code previous}, or the one before that, where that already is the memory of this array: in the steady state
   * of training a layer sees the same array at every step, or two in turn.
   *
   * @param previous of the caller alone, which keeps the result in its place; may be null
   */
  public static Memory of(INDArray array, Memory previous) {
    Memory known = known(array, previous);
    return known != null ? known : of(array).after(previous);
  }

  /** A memory that is known of an array, or null. */
  private static Memory known(INDArray array, Memory previous) {
    if (isOf(array, previous)) {
      // No other takes turns with it: what may be large is not to be held.
      previous.before = null;
      return previous;
    }
    Memory before = previous == null ? null : previous.before;
    return isOf(array, before) ? before.after(previous) : null;
  }

  /** Remembers one other memory, and no further ones through that. A copy would never be found again. */
  private Memory after(Memory previous) {
    if (previous != null) {
      previous.before = null;
    }
    before = previous != null && previous.inPlace ? previous : null;
    return this;
  }

  /**
   * Finds the memory of images {@code [batch, channels, height, width]} in the order {@code [batch, height, width,
   * channels]}, or of a copy where they are not in that order without gaps.
   *
   * @param images as for {@link #of(INDArray)}, of rank 4
   * @param previous as for {@link #of(INDArray, Memory)}
   * @return its memory, whose array is {@code [batch, height, width, channels]}
   */
  public static Memory ofChannelsLast(INDArray images, Memory previous) {
    Memory known = known(images, previous);
    return known != null
        ? known
        : new Memory(requireUsable(images), images.permute(0, 2, 3, 1)).after(previous);
  }

  private static boolean isOf(INDArray array, Memory memory) {
    return memory != null
        && memory.source == array
        && memory.inPlace
        && memory.elements.describes(array)
        && !array.wasClosed();
  }

  /** Whether the elements lie in 'c' order without gaps. Strides of dimensions of length 1 mean nothing. */
  public static boolean isDense(INDArray array) {
    return ArrayMemory.isDense(array, 'c');
  }

  /** Whether images {@code [batch, channels, height, width]} lie in the order {@code [batch, height, width, channels]} without gaps. */
  public static boolean isChannelsLast(INDArray images) {
    if (images.rank() != 4) {
      return false;
    }
    long expected = 1;
    for (int dimension : FROM_CHANNELS) {
      long size = images.size(dimension);
      if (size != 1 && images.stride(dimension) != expected) {
        return false;
      }
      expected *= size;
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

  /** Where an element is: a FloatPointer or a DoublePointer, for native code. Valid as long as this object is reachable. */
  public Pointer pointer(int element) {
    return pointer instanceof DoublePointer doubles
        ? doubles.getPointer(element)
        : ((FloatPointer) pointer).getPointer(element);
  }

  /** Copies elements {@code from, ...} to the heap. */
  public void get(int from, float[] to, int start, int n) {
    elements.load('c', from, n, to, start, null);
  }

  /** Copies elements {@code from, ...} to the heap. */
  public void get(int from, double[] to, int start, int n) {
    elements.load('c', from, n, to, start, null);
  }

  /** Overwrites elements {@code from, ...}. */
  public void put(int from, float[] source, int start, int n) {
    elements.store('c', from, n, source, start, null);
  }

  /** Overwrites elements {@code from, ...}. */
  public void put(int from, double[] source, int start, int n) {
    elements.store('c', from, n, source, start, null);
  }

  /** Overwrites elements {@code from, ...} from a memory of the same type that is another one. */
  public void put(int from, Memory source, int start, int n) {
    // Native code does not check what buffers would.
    Objects.checkFromIndexSize(from, n, length);
    Objects.checkFromIndexSize(start, n, source.length);
    if (dataType() != source.dataType()) {
      throw new IllegalArgumentException(
          "source is of type " + source.dataType() + ", expected " + dataType());
    }
    Pointer.memcpy(pointer(from), source.pointer(start), (long) n * elements.width());
  }

  /** Copies elements {@code from, ...} of either type: for small arrays. */
  public void getDoubles(int from, double[] to, int n) {
    if (elements.isDouble()) {
      get(from, to, 0, n);
      return;
    }
    float[] floats = new float[n];
    get(from, floats, 0, n);
    for (int i = 0; i < n; i++) {
      to[i] = floats[i];
    }
  }

  /** Overwrites elements {@code from, ...} of either type, rounding where it is FLOAT: for small arrays. */
  public void putDoubles(int from, double[] source, int n) {
    if (elements.isDouble()) {
      put(from, source, 0, n);
      return;
    }
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) source[i];
    }
    put(from, floats, 0, n);
  }

  @Override
  public String toString() {
    return array.dataType() + Arrays.toString(array.shape());
  }
}
