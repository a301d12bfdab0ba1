package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The maximum of each square window of each channel, without padding: {@code [batch, channels, height, width]} becomes
 * {@code [batch, channels, (height - size) / stride + 1, (width - size) / stride + 1]}, divisions rounded down, so that
 * rows and columns that fill no window are left out.
 *
 * <p>The gradient of an output goes to the element that was the maximum, the first one in row-major order where several
 * are equal.
 *
 * <pre>{@code
 * INDArray y = new MaxPool2d(2).forward(x, Mode.EVALUATION); // [batch, 16, 24, 24] to [batch, 16, 12, 12]
 * }</pre>
 */
public final class MaxPool2d extends Shardable {
  private final int size;
  private final int stride;
  private final ReusableArray output = new ReusableArray();
  private final ReusableArray inputGradient = new ReusableArray();
  private Memory input;
  private Memory gradient;
  private INDArray trained;
  private Planes<?> planes;

  /** Windows next to one another: the stride is the size. */
  public MaxPool2d(int size) {
    this(size, size);
  }

  /**
   * A layer without parameters.
   *
   * @param size height and width of a window, at least 1
   * @param stride distance between windows, at least 1
   * @throws IllegalArgumentException if a value is below 1
   */
  public MaxPool2d(int size, int stride) {
    this.size = Checks.atLeast(1, "size", size);
    this.stride = Checks.atLeast(1, "stride", stride);
  }

  /** The shape of one example's output, for the shape of one example's input. */
  long[] outputShape(long[] exampleShape) {
    Checks.windowFits(toString(), exampleShape[1], exampleShape[2], size, size);
    PoolShape s = new PoolShape((int) exampleShape[1], (int) exampleShape[2], size, stride);
    return new long[] {exampleShape[0], s.outputHeight(), s.outputWidth()};
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    Checks.batch(toString(), input, null, -1, -1, -1);
    Checks.windowFits(toString(), input.size(2), input.size(3), size, size);
    this.input = Memory.of(input, this.input);
    PoolShape s = new PoolShape(this.input.size(2), this.input.size(3), size, stride);
    DataType type = input.dataType();
    Memory y = output.shaped(type, input.size(0), input.size(1), s.outputHeight(), s.outputWidth());
    if (planes == null || !planes.fits(type, s)) {
      planes = new Planes<>(Loops.of(type), type, s);
    }
    planes.forward(this.input, y);
    trained = mode == Mode.TRAINING ? y.array() : null;
    return y.array();
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(toString(), outputGradient, trained);
    gradient = Memory.of(outputGradient, gradient);
    Memory dx = inputGradient.shaped(trained.dataType(), input.array().shape());
    planes.backward(gradient, dx);
    return dx.array();
  }

  @Override
  Layer shard() {
    return new MaxPool2d(size, stride);
  }

  @Override
  public String toString() {
    return "MaxPool2d " + size + "x" + size + " stride " + stride;
  }

  /** Works on some planes at a time, as many as fit a small part of the cache. */
  private static final class Planes<A> {
    private static final int LENGTH = 4096;

    private final Loops<A> loops;
    private final DataType type;
    private final PoolShape s;
    private final int group;
    private final A x;
    private final A y;
    private int[][] argmax = new int[0][];

    Planes(Loops<A> loops, DataType type, PoolShape s) {
      this.loops = loops;
      this.type = type;
      this.s = s;
      group = Math.max(1, LENGTH / s.inputLength());
      x = loops.allocate(group * s.inputLength());
      y = loops.allocate(group * s.outputLength());
    }

    boolean fits(DataType type, PoolShape s) {
      return this.type == type && this.s.equals(s);
    }

    void forward(Memory input, Memory output) {
      int count = input.length() / s.inputLength();
      int groups = (count + group - 1) / group;
      if (argmax.length < groups) {
        argmax = new int[groups][group * s.outputLength()];
      }
      for (int g = 0; g < groups; g++) {
        int n = Math.min(group, count - g * group);
        loops.get(input, g * group * s.inputLength(), x, 0, n * s.inputLength());
        for (int plane = 0; plane < n; plane++) {
          loops.maxPool(x, plane * s.inputLength(), y, plane * s.outputLength(), argmax[g], s);
        }
        loops.put(output, g * group * s.outputLength(), y, 0, n * s.outputLength());
      }
    }

    void backward(Memory outputGradient, Memory inputGradient) {
      int count = inputGradient.length() / s.inputLength();
      for (int g = 0; g * group < count; g++) {
        int n = Math.min(group, count - g * group);
        loops.get(outputGradient, g * group * s.outputLength(), y, 0, n * s.outputLength());
        loops.zero(x, 0, n * s.inputLength());
        loops.maxPoolGradient(x, y, argmax[g], n * s.outputLength());
        loops.put(inputGradient, g * group * s.inputLength(), x, 0, n * s.inputLength());
      }
    }
  }
}
