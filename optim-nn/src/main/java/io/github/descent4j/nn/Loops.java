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

  /** {@code sum[i] += a[i]}. */
  void add(A sum, A a, int n);

  /** {@code a[from + i] += b[at]}. */
  void addScalar(A a, int from, int n, A b, int at);

  /** {@code sum[at] += a[from] + ... + a[from + n - 1]}. */
  void addSum(A sum, int at, A a, int from, int n);

  /** {@code y[i] = max(y[i], 0)}. */
  void relu(A y, int n);

  /** {@code dy[i] = y[i] > 0 ? dy[i] : 0}, where no y is negative. */
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

  /** {@code b[i * count + n] = a[n * length + i]}: from one after another to element by element. */
  void interleave(A a, int count, int length, A b);

  /** The inverse of {@link #interleave}. */
  void separate(A b, int count, int length, A a);

  /**
   * The receptive fields of one channel of several images, one field a column.
   *
   * @param images {@code [count / m, channels, height, width, m]}
   * @param m number of images that are interleaved: 1 or {@code count}
   * @param columns receives {@code [kernelHeight, kernelWidth, count / m, outputHeight, outputWidth, m]}
   */
  void im2col(A images, int count, int m, int channel, A columns, ConvolutionShape s);

  /** The adjoint of {@link #im2col}: adds each element of {@code columns} to the pixel that it was copied from. */
  void col2im(A columns, int count, int m, int channel, A images, ConvolutionShape s);

  /**
   * The maximum of each window of one plane, and where it was: the first one in row-major order where several are equal. A NaN
   * among them is the maximum.
   *
   * @param plane source {@code [height, width]} from index {@code from}
   * @param y result {@code [outputHeight, outputWidth]} from index {@code to}
   * @param argmax receives, from index {@code to}, indices into {@code plane}
   */
  void maxPool(A plane, int from, A y, int to, int[] argmax, PoolShape s);

  /** {@code dx[argmax[i]] += dy[i]}. */
  void maxPoolGradient(A dx, A dy, int[] argmax, int n);
}
