package io.github.descent4j.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Function;

/**
 * One stretch of one parameter on its way through a kernel: value, gradient and slots.
 *
 * <p>A kernel calls {@link #next()} until it is false; each call brings the next block into heap
 * arrays that all use the same index, which is what the compiler needs to vectorize the loop, and
 * writes the block before it back. What happens to the gradient ahead of the update rule (scale,
 * clamp, coupled decay) and to the value (decoupled decay) happens here, while the block is in the
 * first-level cache.
 *
 * <p>One chunk serves one thread and is reused for every parameter of every step.
 */
public final class Chunk {

  /**
   * Elements in a block: all arrays of an optimizer fit the first-level cache. Blocks of a page or
   * more would make page-aligned arrays collide there.
   */
  private static final int BLOCK = 512;

  private static final int MAX_SLOTS = 3;

  // The arrays of a chunk by number.
  static final int VALUE = 0;
  static final int GRADIENT = 1;
  static final int SLOTS = 2;

  private static final GradientTransform AS_GIVEN = new GradientTransform();

  // The arrays of the current block. Those of the other type stay null until they are needed.
  float[] p32;
  float[] g32;
  float[][] s32;
  double[] p64;
  double[] g64;
  double[][] s64;

  /** Elements in the current block or run of vectors. */
  int n;

  private final long[] offsets = new long[BLOCK];
  /** Null where the parameter is zeros and the gradient receives the update. */
  private Span value;

  private Span gradient;
  private Span[] slots;
  private char order;
  private long position;
  private long to;
  private final Prelude prelude = new Prelude();
  private GradientTransform transform;
  private double coupledDecay;
  private double decoupledDecay;

  // Elements that do not fill a vector, and where they are while a kernel works on them.
  private int rest;
  private final ByteBuffer[] restBytes = new ByteBuffer[SLOTS + MAX_SLOTS];
  private final FloatBuffer[] restFloats = new FloatBuffer[SLOTS + MAX_SLOTS];
  private final Object[] restViews = new Object[SLOTS + MAX_SLOTS];

  /**
   * Sets out for a stretch of a parameter.
   *
   * @param value the parameter
   * @param gradient its gradient, of the same type and shape
   * @param slots its state, at most three, of the arithmetic's type and the same shape
   * @param order the logical order that {@code from} and {@code to} count in
   * @param from first element
   * @param to behind the last element, not beyond the window of {@code from}
   * @param transform what happens to the gradient first
   * @param coupledDecay this times the parameter is added to the gradient
   * @param decoupledDecay this times the parameter is taken off the parameter, before the update
   */
  public void set(
      Span value,
      Span gradient,
      Span[] slots,
      char order,
      long from,
      long to,
      GradientTransform transform,
      double coupledDecay,
      double decoupledDecay) {
    this.value = value;
    this.gradient = gradient;
    this.slots = slots;
    this.order = order;
    this.position = from;
    this.to = to;
    this.transform = transform;
    this.coupledDecay = coupledDecay;
    this.decoupledDecay = decoupledDecay;
    prelude.set(transform, coupledDecay, decoupledDecay);
    n = 0;
    rest = 0;
    if (isDouble() && p64 == null) {
      p64 = new double[BLOCK];
      g64 = new double[BLOCK];
      s64 = new double[MAX_SLOTS][BLOCK];
    } else if (!isDouble() && p32 == null) {
      p32 = new float[BLOCK];
      g32 = new float[BLOCK];
      s32 = new float[MAX_SLOTS][BLOCK];
    }
  }

  /**
   * Sets out to turn a stretch of a gradient into its update, which is to be subtracted from the
   * parameter: the kernel meets a parameter of zeros, and what it takes off goes into the gradient.
   *
   * @param gradient read, and written as an update
   * @param slots its state, at most three, of the arithmetic's type and the same length
   * @param order the logical order that {@code from} and {@code to} count in
   * @param from first element
   * @param to behind the last element, not beyond the window of {@code from}
   */
  public void setUpdate(Span gradient, Span[] slots, char order, long from, long to) {
    set(null, gradient, slots, order, from, to, AS_GIVEN, 0, 0);
  }

  /** Whether the arithmetic is in double. */
  boolean isDouble() {
    return gradient.isDouble();
  }

  /**
   * Whether kernels may read and write the memory itself: all arrays are dense floats. A parameter of
   * zeros has no memory.
   */
  boolean isDenseFloat() {
    boolean dense = value != null && value.isDenseFloat(order) && gradient.isDenseFloat(order);
    for (Span slot : slots) {
      dense &= slot.isDenseFloat(order);
    }
    return dense;
  }

  /**
   * Brings the next elements of dense floats as whole vectors: first all that fill one, straight in
   * memory, then the rest in scratch memory as long as a vector. {@link #n} says how many; what lies
   * behind the rest is arbitrary and goes nowhere.
   *
   * @return false behind the last
   */
  boolean nextVectors(int lanes) {
    if (rest > 0) {
      storeRest();
      position += rest;
      rest = 0;
      n = 0;
      return false;
    }
    position += n;
    int left = (int) (to - position);
    n = left / lanes * lanes;
    if (n == 0 && left > 0) {
      rest = left;
      n = lanes;
      loadRest();
    }
    return n > 0;
  }

  /**
   * The memory in which an array's vectors are, as a kernel sees it.
   *
   * @param array {@link #VALUE}, {@link #GRADIENT} or {@link #SLOTS} and up
   * @param make makes a kernel's view of a piece of memory
   */
  Object vectors(int array, Function<ByteBuffer, Object> make) {
    if (rest == 0) {
      return span(array).attachment(Span.window(position), make);
    }
    if (restViews[array] == null) {
      restViews[array] = make.apply(restBytes[array]);
    }
    return restViews[array];
  }

  /** Bytes from the beginning of every array's memory to its first vector. */
  long vectorsOffset() {
    return rest == 0 ? Float.BYTES * Span.offsetInWindow(position) : 0;
  }

  Prelude prelude() {
    return prelude;
  }

  /** Writes the current block back and brings the next one; false behind the last. */
  boolean next() {
    if (n > 0) {
      store();
      position += n;
    }
    n = (int) Math.min(BLOCK, to - position);
    if (n == 0) {
      return false;
    }
    load();
    return true;
  }

  private Span span(int array) {
    return array == VALUE ? value : array == GRADIENT ? gradient : slots[array - SLOTS];
  }

  private void loadRest() {
    for (int array = 0; array < SLOTS + slots.length; array++) {
      if (restBytes[array] == null) {
        restBytes[array] =
            ByteBuffer.allocateDirect(Float.BYTES * n).order(ByteOrder.nativeOrder());
        restFloats[array] = restBytes[array].asFloatBuffer();
      }
      span(array).copyTo(restFloats[array], position, rest);
    }
  }

  private void storeRest() {
    value.copyFrom(restFloats[VALUE], position, rest);
    for (int s = 0; s < slots.length; s++) {
      slots[s].copyFrom(restFloats[SLOTS + s], position, rest);
    }
  }

  private void load() {
    if (isDouble()) {
      if (value == null) {
        Arrays.fill(p64, 0, n, 0);
      } else {
        value.load(order, position, n, p64, offsets);
      }
      gradient.load(order, position, n, g64, offsets);
      for (int s = 0; s < slots.length; s++) {
        slots[s].load(order, position, n, s64[s], offsets);
      }
      transform.apply(g64, n);
      if (coupledDecay != 0) {
        DoubleLoops.addDecay(g64, p64, n, coupledDecay);
      }
      if (decoupledDecay != 0) {
        DoubleLoops.decay(p64, n, decoupledDecay);
      }
    } else {
      if (value == null) {
        Arrays.fill(p32, 0, n, 0);
      } else {
        value.load(order, position, n, p32, offsets);
      }
      gradient.load(order, position, n, g32, offsets);
      for (int s = 0; s < slots.length; s++) {
        slots[s].load(order, position, n, s32[s], offsets);
      }
      transform.apply(g32, n);
      if (prelude.coupledDecay != 0) {
        FloatLoops.addDecay(g32, p32, n, prelude.coupledDecay);
      }
      if (prelude.decoupledDecay != 0) {
        FloatLoops.decay(p32, n, prelude.decoupledDecay);
      }
    }
  }

  private void store() {
    Span target = value == null ? gradient : value;
    if (isDouble()) {
      if (value == null) {
        DoubleLoops.negate(p64, n);
      }
      target.store(order, position, n, p64, offsets);
      for (int s = 0; s < slots.length; s++) {
        slots[s].store(order, position, n, s64[s], offsets);
      }
    } else {
      if (value == null) {
        FloatLoops.negate(p32, n);
      }
      target.store(order, position, n, p32, offsets);
      for (int s = 0; s < slots.length; s++) {
        slots[s].store(order, position, n, s32[s], offsets);
      }
    }
  }
}
