package io.github.descent4j.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Function;

/**
 * One stretch of one gradient on its way into a norm, in float.
 *
 * <p>Element i of every block goes to lane i, so that loops over blocks vectorize and the order of
 * the additions is fixed. One chunk serves one thread.
 */
public final class NormChunk {

  /** Lanes, and elements in a block: a multiple of any vector and a divisor of a span's window. */
  static final int LANES = 512;

  /** What has been added up so far. */
  final float[] lanes = new float[LANES];

  /** The current block. */
  final float[] g = new float[LANES];

  /** Elements in the current block. */
  int n;

  private final long[] offsets = new long[LANES];
  private final Prelude prelude = new Prelude();
  private Span gradient;
  private GradientTransform transform;
  private long position;
  private long to;

  /**
   * Sets out for a stretch, with every lane 0.
   *
   * @param gradient of an arithmetic in float
   * @param transform what happens to each element first
   * @param from first element in 'c' order, a multiple of {@link #LANES}
   * @param to behind the last element, not beyond the window of {@code from}
   */
  void set(Span gradient, GradientTransform transform, long from, long to) {
    this.gradient = gradient;
    this.transform = transform;
    this.position = from;
    this.to = to;
    prelude.set(transform, 0, 0);
    n = 0;
    Arrays.fill(lanes, 0);
  }

  /** Brings the next block to the heap; false behind the last. */
  boolean next() {
    position += n;
    n = (int) Math.min(LANES, to - position);
    if (n > 0) {
      gradient.load('c', position, n, g, offsets);
      transform.apply(g, n);
    }
    return n > 0;
  }

  /** Goes on to the next full block of dense floats in memory; false where none is left. */
  boolean nextInMemory() {
    if (to - position - n < LANES || !gradient.isDenseFloat('c')) {
      return false;
    }
    position += n;
    n = LANES;
    return true;
  }

  /** The memory in which the current block is, as a kernel sees it. */
  Object memory(Function<ByteBuffer, Object> make) {
    return gradient.attachment(Span.window(position), make);
  }

  /** Bytes from the beginning of the memory to the current block, not yet transformed there. */
  long memoryOffset() {
    return Float.BYTES * Span.offsetInWindow(position);
  }

  Prelude prelude() {
    return prelude;
  }

  /** The sum of the lanes, in double and in a fixed order. */
  double sum() {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    for (int i = 0; i < LANES; i += 4) {
      a += lanes[i];
      b += lanes[i + 1];
      c += lanes[i + 2];
      d += lanes[i + 3];
    }
    return (a + b) + (c + d);
  }

  /** The greatest lane, NaN if one is NaN. */
  double max() {
    float max = 0;
    for (int i = 0; i < LANES; i++) {
      max = Math.max(max, lanes[i]);
    }
    return max;
  }
}
