package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The arithmetic between the matrix products, over blocks on the heap. {@link FloatLoops} and {@link DoubleLoops} are the
 * same text with another type: training runs the first, and the numerical gradient checks need the second.
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

  /** {@code a[from .. from + n] = 0}. */
  void zero(A a, int from, int n);

  /** {@code a[from + i step] = value}. */
  void fill(A a, int from, int step, int count, double value);

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
   * The receptive fields of one image, one field a row.
   *
   * @param image {@code [height, width, channels]}
   * @param fields receives {@code [outputHeight, outputWidth, rowLength]}, where a row starts with {@code [kernelHeight,
   *     kernelWidth, channels]}; what lies outside the image, and the rest of a row, is left as it is
   */
  void im2row(A image, A fields, int rowLength, ConvolutionShape s);

  /** The adjoint of {@link #im2row}: adds each element of {@code fields} to the pixel that it was copied from. */
  void row2im(A fields, int rowLength, A image, ConvolutionShape s);

  /**
   * The receptive fields of one image of one channel, one field a column: longer runs than {@link #im2row} has there.
   *
   * @param image {@code [height, width]}
   * @param fields receives {@code [kernelHeight, kernelWidth, outputHeight, outputWidth]}; what lies outside the image is
   *     left as it is
   */
  void im2col(A image, A fields, ConvolutionShape s);

  /**
   * Copies {@code count} runs of {@code n} elements of a, {@code step} apart from index {@code from}, to b, next to each other
   * from index {@code to}.
   */
  void gather(A a, int from, int step, int count, int n, A b, int to);

  /** The inverse of {@link #gather}: from next to each other in b to {@code step} apart in a. */
  void scatter(A b, int from, int count, int n, A a, int to, int step);

  /** As {@link #scatter}, but adds to what is there. */
  void scatterAdd(A b, int from, int count, int n, A a, int to, int step);

  /** {@code y[i] = max(y[i], x[i])}. */
  void max(A y, A x, int n);

  /**
   * Moves {@code rest[i]} to {@code taken[i]} where x[i] is the maximum y[i], and puts 0 there where it is not. No x is greater
   * than its y.
   */
  void takeMaximum(A x, A y, A rest, A taken, int n);

  /** {@code a[i] *= factor}. */
  void multiply(A a, double factor, int n);

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
