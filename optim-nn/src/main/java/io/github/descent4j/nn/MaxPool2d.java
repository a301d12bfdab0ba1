package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableImages;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The maximum of each square window of each channel, without padding: {@code [batch, channels, height, width]} becomes
 * {@code [batch, channels, (height - size) / stride + 1, (width - size) / stride + 1]}, divisions rounded down, so that
 * rows and columns that fill no window are left out.
 *
 * <p>The gradient of an output goes to the element that was the maximum, the first one in row-major order where several
 * are equal, as 0 and -0 are. Where the maximum is infinite or NaN, the gradient of the window's first element becomes NaN.
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
    Memory x = inputs.read(input);
    PoolShape s =
        new PoolShape((int) input.size(1), (int) input.size(2), (int) input.size(3), size, stride);
    DataType type = input.dataType();
    Memory y = output.shaped(type, input.size(0), s.channels(), s.outputHeight(), s.outputWidth());
    if (windows == null || !windows.fits(type, s)) {
      windows = new Windows<>(Loops.of(type), type, s);
    }
    windows.forward(x, y, mode == Mode.TRAINING);
    trained = mode == Mode.TRAINING ? output.images() : null;
    return output.images();
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(toString(), outputGradient, trained);
    PoolShape s = windows.s;
    Memory dx = inputGradient.shaped(
        trained.dataType(), trained.size(0), s.channels(), s.height(), s.width());
    windows.backward(gradients.read(outputGradient), dx);
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
   * Works on some rows of windows at a time. The elements at one place of all their windows are gathered next to each other
   * first; then all windows are compared in one loop. For the backward pass it keeps the place of each maximum.
   */
  private static final class Windows<A> {
    /** Windows that are compared in one loop, if a row has no more: what they need stays in the first-level cache. */
    private static final int LENGTH = 512;

    private final Loops<A> loops;
    private final DataType type;
    private final PoolShape s;
    private final int inputRow;
    private final int outputRow;
    private final int rowsAtOnce;
    private final A rows;

    /** What lies at each place of the windows, row by row of a window. */
    private final List<A> x;

    private final A y;
    private final A place;

    /** Of each output of the batch; grows with it. */
    private A places;

    private final A outputGradient;
    private final A inputGradient;

    /** Where each window of an image begins, and each of its places from there. */
    private final int[] corners;

    private final int[] offsets;

    Windows(Loops<A> loops, DataType type, PoolShape s) {
      this.loops = loops;
      this.type = type;
      this.s = s;
      inputRow = s.width() * s.channels();
      outputRow = s.outputWidth() * s.channels();
      rowsAtOnce = Math.min(s.outputHeight(), Math.max(1, LENGTH / outputRow));
      rows = loops.allocate(inputRows(rowsAtOnce) * inputRow);
      offsets = new int[s.size() * s.size()];
      x = new ArrayList<>();
      for (int i = 0; i < offsets.length; i++) {
        offsets[i] = i / s.size() * inputRow + i % s.size() * s.channels();
        x.add(loops.allocate(rowsAtOnce * outputRow));
      }
      y = loops.allocate(rowsAtOnce * outputRow);
      place = loops.allocate(rowsAtOnce * outputRow);
      places = loops.allocate(0);
      corners = new int[s.outputHeight() * outputRow];
      for (int i = 0; i < corners.length; i++) {
        int row = i / outputRow * s.stride();
        int column = i % outputRow / s.channels() * s.stride();
        corners[i] = row * inputRow + column * s.channels() + i % s.channels();
      }
      outputGradient = loops.allocate(corners.length);
      inputGradient = loops.allocate(s.height() * inputRow);
    }

    boolean fits(DataType type, PoolShape s) {
      return this.type == type && this.s.equals(s);
    }

    /** Rows of the image that some rows of windows cover. */
    private int inputRows(int outputRows) {
      return (outputRows - 1) * s.stride() + s.size();
    }

    void forward(Memory input, Memory output, boolean training) {
      if (training && loops.length(places) < output.length()) {
        places = loops.allocate(output.length());
      }
      for (int image = 0; image < input.size(0); image++) {
        int corner = image * s.height() * inputRow;
        for (int row = 0; row < s.outputHeight(); row += rowsAtOnce) {
          int count = Math.min(rowsAtOnce, s.outputHeight() - row);
          int n = count * outputRow;
          loops.get(
              input, corner + row * s.stride() * inputRow, rows, 0, inputRows(count) * inputRow);
          gather(count);
          loops.copy(x.get(0), 0, y, 0, n);
          for (int i = 1; i < offsets.length; i++) {
            loops.max(y, x.get(i), n);
          }
          int to = image * corners.length + row * outputRow;
          loops.put(output, to, y, 0, n);
          if (training) {
            findPlaces(n);
            loops.copy(place, 0, places, to, n);
          }
        }
      }
    }

    private void gather(int count) {
      int step = s.stride() * s.channels();
      for (int i = 0; i < offsets.length; i++) {
        for (int row = 0; row < count; row++) {
          int from = row * s.stride() * inputRow + offsets[i];
          loops.gather(rows, from, step, s.outputWidth(), s.channels(), x.get(i), row * outputRow);
        }
      }
    }

    /** From the last place to the first: the first that has the maximum is found last. */
    private void findPlaces(int n) {
      loops.zero(place, 0, n);
      for (int i = offsets.length - 1; i >= 0; i--) {
        loops.countBelow(x.get(i), y, place, n);
      }
    }

    void backward(Memory outputGradients, Memory inputGradients) {
      int outputLength = corners.length;
      int inputLength = loops.length(inputGradient);
      for (int image = 0; image < outputGradients.size(0); image++) {
        int from = image * outputLength;
        loops.get(outputGradients, from, outputGradient, 0, outputLength);
        loops.zero(inputGradient, 0, inputLength);
        loops.addToPlaces(outputGradient, places, from, corners, offsets, inputGradient);
        loops.put(inputGradients, image * inputLength, inputGradient, 0, inputLength);
      }
    }
  }
}
