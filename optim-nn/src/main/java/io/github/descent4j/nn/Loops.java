package io.github.descent4j.nn;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.nn.memory.Memory;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The arithmetic between the matrix products, over blocks on the heap. Training runs {@link FloatLoops},
 * and the numerical gradient checks need {@link DoubleLoops}; what they compute element by element is described once, in {@link ElementwiseLoops}.
 *
 * <p>Loops that C2 is to vectorize use one index for all their arrays and start at 0. Sums run in one fixed order.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface Loops<A> {

  /** The loops for a type. */
  static Loops<?> of(DataType type) {
    return type == DataType.FLOAT ? FloatLoops.INSTANCE : DoubleLoops.INSTANCE;
  }

  /** A block of zeros. */
  A allocate(int n);

  /** Number of elements of a block. */
  int length(A block);

  /** Copies elements to a block. */
  void get(Memory memory, int from, A to, int start, int n);

  /** Copies elements of a block to memory. */
  void put(Memory memory, int from, A source, int start, int n);

  /** Copies elements of an array of any layout, in 'c' order, to a block; {@code offsets} is scratch. */
  void load(ArrayMemory memory, long from, A to, int n, long[] offsets);

  /** Copies elements of a block back. */
  void store(ArrayMemory memory, long from, A source, int n, long[] offsets);

  /** {@code a[from .. from + n] = 0}. */
  void zero(A a, int from, int n);

  /** {@code a[from + i step] = value}. */
  void fill(A a, int from, int step, int count, double value);

  /** {@code b[to + i] = a[from + i]}. */
  void copy(A a, int from, A b, int to, int n);

  /** {@code sum[i] += a[i]}. */
  void add(A sum, A a, int n);

  /** {@code y[i] = max(y[i], 0)}. */
  void relu(A y, int n);

  /** {@code dy[i] *= y[i] > 0 ? 1 : 0}, where no y is negative. */
  void reluGradient(A y, A dy, int n);

  /** {@code y[i] = 1 / (1 + exp(-y[i]))}. */
  void sigmoid(A y, int n);

  /** {@code dy[i] *= y[i] (1 - y[i])}. */
  void sigmoidGradient(A y, A dy, int n);

  /** {@code y[i] = tanh(y[i])}. */
  void tanh(A y, int n);

  /** {@code dy[i] *= 1 - y[i]²}. */
  void tanhGradient(A y, A dy, int n);

  /** {@code y[i] = keep[from + i] ? y[i] scale : 0}. */
  void dropout(A y, boolean[] keep, int from, double scale, int n);

  /** {@code b[column * rows + row] = a[row * columns + column]}. */
  void transpose(A a, int rows, int columns, A b);

  /**
   * Copies {@code count} runs of {@code n} elements of a, {@code step} apart from index {@code from}, to b, next to each other
   * from index {@code to}.
   */
  void gather(A a, int from, int step, int count, int n, A b, int to);

  /** The inverse of {@link #gather}: from next to each other in b to {@code step} apart in a. */
  void scatter(A b, int from, int count, int n, A a, int to, int step);

  /** {@code b[i] = a[places[i]]}. */
  void pick(A a, int[] places, int n, A b);

  /** {@code a[places[i]] = b[i]}. */
  void place(A b, int[] places, int n, A a);

  /** {@code a[corners[i] + offsets[places[from + i]]] += b[i]}, or NaN to the first of these where the place is NaN. */
  void addToPlaces(A b, A places, int from, int[] corners, int[] offsets, A a);

  /** {@code y[i] = max(y[i], x[i])}. */
  void max(A y, A x, int n);

  /** {@code spread[i] = max(spread[i], |x[i] - center[i]|)}, not a number where one of them is none. */
  void maxDistance(A spread, A x, A center, int n);

  /** {@code count[i] = x[i] < y[i] ? count[i] + 1 : 0}, where no x is greater than its y; NaN where that is infinite or NaN. */
  void countBelow(A x, A y, A count, int n);

  /** {@code a[i] *= factor}. */
  void multiply(A a, double factor, int n);

  /** {@code b[i] = a[i] factor}. */
  void scaled(A a, double factor, A b, int n);

  /** {@code to[i] = a[i]}. */
  void toDoubles(A a, double[] to, int n);

  /** With {@code d = x[i] - center[i]}: {@code sum[i] += d} and {@code squares[i] += d²}. */
  void addDeviations(A x, A center, A sum, A squares, int n);

  /** {@code sum[i] += dy[i]} and {@code products[i] += dy[i] (x[i] - center[i])}. */
  void addProducts(A dy, A x, A center, A sum, A products, int n);

  /** {@code x[i] = (x[i] - center[i]) scale[i] + shift[i]}. */
  void normalize(A x, A center, A scale, A shift, int n);

  /** {@code dy[i] = dy[i] scale[i] + (x[i] - center[i]) slope[i] + shift[i]}. */
  void normalizeGradient(A dy, A x, A center, A scale, A slope, A shift, int n);
}
