package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableImages;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The maximum of each square window of each channel, without padding: {@code [batch, channels, height, width]} becomes
 * {@code [batch, channels, (height - size) / stride + 1, (width - size) / stride + 1]}, divisions rounded down, so that
 * rows and columns that fill no window are left out.
 *
 * <p>The gradient of an output goes to the element that was the maximum, the first one in row-major order where several
 * are equal, as 0 and -0 are. Where the maximum or its gradient is infinite, gradients become NaN.
 *
 * <pre>{@code
 * INDArray y = new MaxPool2d(2).forward(x, Mode.EVALUATION); // [batch, 16, 24, 24] to [batch, 16, 12, 12]
 * }</pre>
 */
public final class MaxPool2d implements Splittable {
  final int size;
  final int stride;
  private final ImageReader inputs = new ImageReader();
  private final ImageReader gradients = new ImageReader();
  private final ReusableImages output = new ReusableImages();
  private final ReusableImages inputGradient = new ReusableImages();
  private Memory input;
  private Memory maxima;
  private INDArray trained;
  private Windows<?> windows;

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

  /** Height and width of a window. */
  public int size() {
    return size;
  }

  /** Distance between windows. */
  public int stride() {
    return stride;
  }

  /** The shape of one example's output, for the shape of one example's input. */
  long[] outputShape(long[] exampleShape) {
    Checks.windowFits(toString(), exampleShape[1], exampleShape[2], size, size);
    PoolShape s = new PoolShape(
        (int) exampleShape[0], (int) exampleShape[1], (int) exampleShape[2], size, stride);
    return new long[] {exampleShape[0], s.outputHeight(), s.outputWidth()};
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    Checks.batch(toString(), input, null, -1, -1, -1);
    Checks.windowFits(toString(), input.size(2), input.size(3), size, size);
    this.input = inputs.read(input);
    PoolShape s =
        new PoolShape((int) input.size(1), (int) input.size(2), (int) input.size(3), size, stride);
    DataType type = input.dataType();
    maxima = output.shaped(type, input.size(0), s.channels(), s.outputHeight(), s.outputWidth());
    if (windows == null || !windows.fits(type, s)) {
      windows = new Windows<>(Loops.of(type), type, s);
    }
    windows.forward(this.input, maxima);
    trained = mode == Mode.TRAINING ? output.images() : null;
    return output.images();
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(toString(), outputGradient, trained);
    Memory dx = inputGradient.shaped(
        trained.dataType(), input.size(0), input.size(3), input.size(1), input.size(2));
    windows.backward(input, maxima, gradients.read(outputGradient), dx);
    return inputGradient.images();
  }

  @Override
  public Splittable split() {
    return new MaxPool2d(size, stride);
  }

  @Override
  public String toString() {
    return "MaxPool2d " + size + "x" + size + " stride " + stride;
  }

  /**
   * Works on a row of windows at a time. The elements at one place of all windows of the row are gathered next to each other
   * first; then all windows are compared in one loop.
   */
  private static final class Windows<A> {
    private final Loops<A> loops;
    private final DataType type;
    private final PoolShape s;
    private final int inputRow;
    private final int outputRow;
    private final int step;
    private final A rows;
    private final A next;
    private final A gradient;
    private final A x;
    private final A y;
    private final A dy;
    private final A dx;

    Windows(Loops<A> loops, DataType type, PoolShape s) {
      this.loops = loops;
      this.type = type;
      this.s = s;
      inputRow = s.width() * s.channels();
      outputRow = s.outputWidth() * s.channels();
      step = s.stride() * s.channels();
      rows = loops.allocate(s.size() * inputRow);
      next = loops.allocate(inputRow);
      gradient = loops.allocate(s.height() * inputRow);
      x = loops.allocate(outputRow);
      y = loops.allocate(outputRow);
      dy = loops.allocate(outputRow);
      dx = loops.allocate(outputRow);
    }

    boolean fits(DataType type, PoolShape s) {
      return this.type == type && this.s.equals(s);
    }

    void forward(Memory input, Memory output) {
      int length = s.height() * inputRow;
      int count = input.size(0) * s.outputHeight();
      for (int row = 0; row < count; row++) {
        int oy = row % s.outputHeight();
        int corner = row / s.outputHeight() * length + oy * s.stride() * inputRow;
        // Whole rows first: they need not be gathered.
        loops.get(input, corner, rows, 0, inputRow);
        for (int i = 1; i < s.size(); i++) {
          loops.get(input, corner + i * inputRow, next, 0, inputRow);
          loops.max(rows, next, inputRow);
        }
        gather(0, y);
        for (int column = 1; column < s.size(); column++) {
          gather(column, x);
          loops.max(y, x, outputRow);
        }
        loops.put(output, row * outputRow, y, 0, outputRow);
      }
    }

    void backward(Memory input, Memory output, Memory outputGradient, Memory inputGradient) {
      int length = s.height() * inputRow;
      for (int n = 0; n < input.size(0); n++) {
        loops.zero(gradient, 0, length);
        for (int oy = 0; oy < s.outputHeight(); oy++) {
          int corner = oy * s.stride() * inputRow;
          int row = (n * s.outputHeight() + oy) * outputRow;
          loops.get(input, n * length + corner, rows, 0, s.size() * inputRow);
          loops.get(output, row, y, 0, outputRow);
          loops.get(outputGradient, row, dy, 0, outputRow);
          for (int place = 0; place < s.size() * s.size(); place++) {
            gather(place, x);
            loops.takeMaximum(x, y, dy, dx, outputRow);
            spread(dx, corner + offset(place));
          }
        }
        loops.put(inputGradient, n * length, gradient, 0, length);
      }
    }

    /** Adds to the image's gradient; windows that do not overlap need no sum. */
    private void spread(A dx, int to) {
      if (s.stride() >= s.size()) {
        loops.scatter(dx, 0, s.outputWidth(), s.channels(), gradient, to, step);
      } else {
        loops.scatterAdd(dx, 0, s.outputWidth(), s.channels(), gradient, to, step);
      }
    }

    /** Where a place of the first window lies, counted row by row. */
    private int offset(int place) {
      return place / s.size() * inputRow + place % s.size() * s.channels();
    }

    private void gather(int place, A to) {
      loops.gather(rows, offset(place), step, s.outputWidth(), s.channels(), to, 0);
    }
  }
}
