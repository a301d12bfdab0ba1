package io.github.descent4j.internal.memory;

import io.github.descent4j.internal.program.Loops;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.BitSet;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of one array: where its elements are, whatever its order, strides or offset.
 *
 * <p>Elements are addressed by their logical position in 'c' or 'f' order, never by their place in
 * memory, so arrays of different layouts pair up by index. Loads and stores of a layout that is
 * dense in the asked order are bulk copies; any other is gathered element by element.
 *
 * <p>What of ND4J it knows: {@code data().pointer()} is the start of the <i>underlying</i> buffer
 * and a view begins {@code offset()} elements later; an empty array has no buffer; a byte buffer
 * reaches 2 GiB at the most, so longer arrays are several windows.
 */
public final class ArrayMemory {
  // Of 2^28 doubles, a window would be one byte longer than a buffer can be.
  private static final int WINDOW_BITS = 27;
  private static final long WINDOW = 1L << WINDOW_BITS;
  private static final long WINDOW_MASK = WINDOW - 1;

  private final DataBuffer buffer;
  private final DataType type;
  private final long[] shape;
  private final long[] stride;
  private final long length;
  private final boolean denseC;
  private final boolean denseF;

  /** First byte and byte behind the last element, for the aliasing check. */
  private final long begin;

  private final long end;

  private final ByteBuffer[] windows;
  private final Object[] loopMemories;
  private final FloatBuffer[] floats;
  private final DoubleBuffer[] doubles;
  private final ShortBuffer[] shorts;

  private ArrayMemory(INDArray array) {
    buffer = array.data();
    type = array.dataType();
    shape = array.shape();
    stride = array.stride();
    length = array.length();
    denseC = isDense(shape, stride, length, false);
    denseF = isDense(shape, stride, length, true);
    int size = type.width();
    long extent = extent();
    begin = length == 0 ? 0 : buffer.pointer().address() + array.offset() * size;
    end = begin + extent * size;
    int count = (int) ((extent + WINDOW - 1) >>> WINDOW_BITS);
    windows = new ByteBuffer[count];
    loopMemories = new Object[count];
    floats = type == DataType.FLOAT ? new FloatBuffer[count] : null;
    doubles = type == DataType.DOUBLE ? new DoubleBuffer[count] : null;
    shorts = isHalf() ? new ShortBuffer[count] : null;
    for (int w = 0; w < count; w++) {
      long from = w * WINDOW;
      ByteBuffer bytes = view(array.offset() + from, Math.min(WINDOW, extent - from), size);
      windows[w] = bytes;
      if (floats != null) {
        floats[w] = bytes.asFloatBuffer();
      } else if (doubles != null) {
        doubles[w] = bytes.asDoubleBuffer();
      } else {
        shorts[w] = bytes.asShortBuffer();
      }
    }
  }

  /**
   * Finds the memory of an array.
   *
   * @param array FLOAT, DOUBLE, FLOAT16 or BFLOAT16, of any shape
   * @return its memory, valid while {@link #describes} it
   * @throws IllegalStateException if ND4J's backend is not that of the CPU
   */
  public static ArrayMemory of(INDArray array) {
    requireHostMemory(Nd4j.getExecutioner().type());
    return new ArrayMemory(array);
  }

  /**
   * Sees to it that ND4J keeps arrays where this library reads and writes them.
   *
   * <p>The pointer of an array of the CUDA backend is that of a copy in the host's memory, which nobody brings up to
   * date: reads would be stale and writes lost, silently.
   *
   * @throws IllegalStateException if the backend is not that of the CPU
   */
  static void requireHostMemory(OpExecutioner.ExecutionerType backend) {
    if (backend != OpExecutioner.ExecutionerType.NATIVE_CPU) {
      throw new IllegalStateException("ND4J's backend is " + backend
          + ", expected NATIVE_CPU (nd4j-native): this library updates arrays in the host's memory, where those"
          + " of other backends are not");
    }
  }

  /** Whether the type is one that a memory can address. */
  public static boolean supports(DataType type) {
    return type == DataType.FLOAT
        || type == DataType.DOUBLE
        || type == DataType.FLOAT16
        || type == DataType.BFLOAT16;
  }

  /** Whether this memory still is the memory of the array: its buffer may have been replaced. */
  public boolean describes(INDArray array) {
    return array.data() == buffer;
  }

  /** Whether these elements are of a type and shape. */
  public boolean is(DataType type, long[] shape) {
    return this.type == type && Arrays.equals(this.shape, shape);
  }

  /** Number of elements. */
  public long length() {
    return length;
  }

  /** Whether the arithmetic on these elements is in double; otherwise it is in float. */
  public boolean isDouble() {
    return type == DataType.DOUBLE;
  }

  /** The order in which this memory is dense, 'c' where it is neither or both. */
  public char order() {
    return denseF && !denseC ? 'f' : 'c';
  }

  /** Whether these are floats or doubles, dense in an order. */
  public boolean isDenseInOwnType(char order) {
    return (floats != null || doubles != null) && isDense(order);
  }

  /** The window of a logical position of a dense memory. */
  public static int window(long position) {
    return (int) (position >>> WINDOW_BITS);
  }

  /** Elements from the beginning of its window to a logical position of a dense memory. */
  public static long offsetInWindow(long position) {
    return position & WINDOW_MASK;
  }

  /** The memory of a window, from its first byte on. */
  public ByteBuffer bytes(int window) {
    return windows[window];
  }

  /** Bytes of an element. */
  public int width() {
    return type.width();
  }

  /** Elements from a logical position of a dense memory to the end of its window, or beyond its own. */
  public static long restOfWindow(long position) {
    return WINDOW - offsetInWindow(position);
  }

  /**
   * A window as vector loops take it, made at the first call. Two threads may both make one; they are the same to
   * whoever uses them.
   */
  public Object loopMemory(int window) {
    Object memory = loopMemories[window];
    if (memory == null) {
      memory = Loops.chosen().memory(windows[window]);
      loopMemories[window] = memory;
    }
    return memory;
  }

  /** Whether two indices share an element, as in a broadcast array. */
  public boolean overlapsItself() {
    for (int d = 0; length > 0 && d < shape.length; d++) {
      if (shape[d] > 1 && stride[d] == 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether any byte belongs to both. Interleaved views of one buffer do not overlap. */
  public boolean overlaps(ArrayMemory other) {
    if (length == 0 || other.length == 0 || begin >= other.end || other.begin >= end) {
      return false;
    }
    if ((denseC || denseF) && (other.denseC || other.denseF)) {
      return true;
    }
    long origin = Math.min(begin, other.begin);
    BitSet mine = bytesFrom(origin);
    return mine.intersects(other.bytesFrom(origin));
  }

  /** First byte of this memory; with {@link #end} for sorting memories before comparing them. */
  public long begin() {
    return begin;
  }

  /** The byte behind the last element. */
  public long end() {
    return end;
  }

  /**
   * Copies elements to the heap.
   *
   * @param order 'c' or 'f': what {@code from} counts in
   * @param from logical position of the first element
   * @param n how many
   * @param into receives them from index 0
   * @param offsets scratch of at least {@code n}
   */
  public void load(char order, long from, int n, float[] into, long[] offsets) {
    load(order, from, n, into, 0, offsets);
  }

  /** The same from an index of the receiving array on. */
  public void load(char order, long from, int n, float[] into, int index, long[] offsets) {
    if (isDense(order) && floats != null) {
      for (int done = 0; done < n; ) {
        long at = from + done;
        int run = (int) Math.min(n - done, WINDOW - (at & WINDOW_MASK));
        floats[(int) (at >>> WINDOW_BITS)].get((int) (at & WINDOW_MASK), into, index + done, run);
        done += run;
      }
      return;
    }
    locate(order, from, n, offsets);
    if (floats != null) {
      for (int i = 0; i < n; i++) {
        into[index + i] =
            floats[(int) (offsets[i] >>> WINDOW_BITS)].get((int) (offsets[i] & WINDOW_MASK));
      }
    } else {
      boolean bfloat16 = type == DataType.BFLOAT16;
      for (int i = 0; i < n; i++) {
        short bits =
            shorts[(int) (offsets[i] >>> WINDOW_BITS)].get((int) (offsets[i] & WINDOW_MASK));
        into[index + i] = bfloat16 ? HalfFloats.fromBfloat16(bits) : HalfFloats.fromHalf(bits);
      }
    }
  }

  /** The same for double elements. */
  public void load(char order, long from, int n, double[] into, long[] offsets) {
    load(order, from, n, into, 0, offsets);
  }

  /** The same from an index of the receiving array on. */
  public void load(char order, long from, int n, double[] into, int index, long[] offsets) {
    if (isDense(order)) {
      for (int done = 0; done < n; ) {
        long at = from + done;
        int run = (int) Math.min(n - done, WINDOW - (at & WINDOW_MASK));
        doubles[(int) (at >>> WINDOW_BITS)].get((int) (at & WINDOW_MASK), into, index + done, run);
        done += run;
      }
      return;
    }
    locate(order, from, n, offsets);
    for (int i = 0; i < n; i++) {
      into[index + i] =
          doubles[(int) (offsets[i] >>> WINDOW_BITS)].get((int) (offsets[i] & WINDOW_MASK));
    }
  }

  /** A number as it is after it has been stored here: rounded to a half type. */
  public float rounded(float number) {
    return type == DataType.BFLOAT16
        ? HalfFloats.fromBfloat16(HalfFloats.toBfloat16(number))
        : HalfFloats.fromHalf(HalfFloats.toHalf(number));
  }

  /** Copies elements back: the inverse of {@link #load(char, long, int, float[], long[])}. */
  public void store(char order, long from, int n, float[] source, long[] offsets) {
    store(order, from, n, source, 0, offsets);
  }

  /** The same from an index of the heap array on. */
  public void store(char order, long from, int n, float[] source, int index, long[] offsets) {
    if (isDense(order) && floats != null) {
      for (int done = 0; done < n; ) {
        long at = from + done;
        int run = (int) Math.min(n - done, WINDOW - (at & WINDOW_MASK));
        floats[(int) (at >>> WINDOW_BITS)].put((int) (at & WINDOW_MASK), source, index + done, run);
        done += run;
      }
      return;
    }
    locate(order, from, n, offsets);
    if (floats != null) {
      for (int i = 0; i < n; i++) {
        floats[(int) (offsets[i] >>> WINDOW_BITS)].put(
            (int) (offsets[i] & WINDOW_MASK), source[index + i]);
      }
    } else {
      boolean bfloat16 = type == DataType.BFLOAT16;
      for (int i = 0; i < n; i++) {
        short bits = bfloat16
            ? HalfFloats.toBfloat16(source[index + i])
            : HalfFloats.toHalf(source[index + i]);
        shorts[(int) (offsets[i] >>> WINDOW_BITS)].put((int) (offsets[i] & WINDOW_MASK), bits);
      }
    }
  }

  /** The same for double elements. */
  public void store(char order, long from, int n, double[] source, long[] offsets) {
    store(order, from, n, source, 0, offsets);
  }

  /** The same from an index of the heap array on. */
  public void store(char order, long from, int n, double[] source, int index, long[] offsets) {
    if (isDense(order)) {
      for (int done = 0; done < n; ) {
        long at = from + done;
        int run = (int) Math.min(n - done, WINDOW - (at & WINDOW_MASK));
        doubles[(int) (at >>> WINDOW_BITS)].put(
            (int) (at & WINDOW_MASK), source, index + done, run);
        done += run;
      }
      return;
    }
    locate(order, from, n, offsets);
    for (int i = 0; i < n; i++) {
      doubles[(int) (offsets[i] >>> WINDOW_BITS)].put(
          (int) (offsets[i] & WINDOW_MASK), source[index + i]);
    }
  }

  /** Whether {@link #copyFrom} can be used: both are floats or both doubles, in 'c' order without gaps. */
  public boolean copiesFrom(ArrayMemory source) {
    return type == source.type && isDenseInOwnType('c') && source.isDenseInOwnType('c');
  }

  /** Copies n elements of another memory, from a logical position there to one here, past the heap. */
  public void copyFrom(ArrayMemory source, long from, long to, long n) {
    for (long done = 0; done < n; ) {
      long at = from + done;
      long target = to + done;
      int run = (int) Math.min(n - done, Math.min(restOfWindow(at), restOfWindow(target)));
      int first = (int) offsetInWindow(at);
      int index = (int) offsetInWindow(target);
      if (floats != null) {
        floats[window(target)].put(index, source.floats[window(at)], first, run);
      } else {
        doubles[window(target)].put(index, source.doubles[window(at)], first, run);
      }
      done += run;
    }
  }

  /** Writes the element offsets, from the view's first element, of n logical positions. */
  public void locate(char order, long from, int n, long[] offsets) {
    int rank = shape.length;
    if (rank == 0) {
      offsets[0] = 0;
      return;
    }
    boolean f = order == 'f';
    int fastest = f ? 0 : rank - 1;
    int step = f ? 1 : -1;
    for (int done = 0; done < n; ) {
      long rest = from + done;
      long inner = rest % shape[fastest];
      long offset = inner * stride[fastest];
      rest /= shape[fastest];
      for (int d = fastest + step; d >= 0 && d < rank; d += step) {
        offset += rest % shape[d] * stride[d];
        rest /= shape[d];
      }
      int run = (int) Math.min(n - done, shape[fastest] - inner);
      for (int i = 0; i < run; i++) {
        offsets[done + i] = offset + i * stride[fastest];
      }
      done += run;
    }
  }

  /** Whether the elements of any array follow each other without a gap in an order. */
  public static boolean isDense(INDArray array, char order) {
    return isDense(array.shape(), array.stride(), array.length(), order == 'f');
  }

  /** Whether elements follow each other without a gap in an order. */
  public boolean isDense(char order) {
    return order == 'f' ? denseF : denseC;
  }

  /** Whether these are of a type of two bytes, which are computed in float. */
  public boolean isHalf() {
    return type == DataType.FLOAT16 || type == DataType.BFLOAT16;
  }

  /** Elements from the first to the last, gaps included. */
  private long extent() {
    if (length == 0) {
      return 0;
    }
    long last = 0;
    for (int d = 0; d < shape.length; d++) {
      last += (shape[d] - 1) * stride[d];
    }
    return last + 1;
  }

  private ByteBuffer view(long firstElement, long elements, int size) {
    BytePointer start = new BytePointer(buffer.pointer()).getPointer(firstElement * size);
    return start.capacity(elements * size).asByteBuffer();
  }

  private BitSet bytesFrom(long origin) {
    BitSet bytes = new BitSet();
    int size = type.width();
    int batch = (int) Math.min(length, 1024);
    long[] offsets = new long[batch];
    for (long from = 0; from < length; from += batch) {
      int n = (int) Math.min(batch, length - from);
      locate('c', from, n, offsets);
      for (int i = 0; i < n; i++) {
        // Two bytes are the smallest element, so half the distance still tells elements apart.
        int unit = Math.toIntExact((begin - origin + offsets[i] * size) / 2);
        bytes.set(unit, unit + size / 2);
      }
    }
    return bytes;
  }

  private static boolean isDense(long[] shape, long[] stride, long length, boolean f) {
    if (length <= 1) {
      return true;
    }
    long expected = 1;
    for (int i = 0; i < shape.length; i++) {
      int d = f ? i : shape.length - 1 - i;
      if (shape[d] != 1 && stride[d] != expected) {
        return false;
      }
      expected *= shape[d];
    }
    return true;
  }
}
