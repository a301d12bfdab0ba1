package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The backward pass of {@link Conv2d} with stride 1 as a convolution of the output gradients with the weights, turned by half a circle.
 *
 * <p>Around every pixel of the input the output gradients that it has a part in are unfolded to U, {@code [pixels, kernel * outputs]}. With the
 * input X as {@code [pixels, channels]} and V the weights as {@code [kernel * outputs, channels]}:
 *
 * <pre>
 * dx  = U V
 * dV += U^T X
 * </pre>
 *
 * Both products share one unfolding, dx and X are the images themselves, and nothing is folded back, which no compiler vectorizes well.
 */
final class TransposedConvolution<A> {
  /** Elements of U of a group of images. */
  private static final int GROUP_LENGTH = 1 << 18;

  private final Loops<A> loops;
  private final ConvolutionScratch.Pool pool;

  /** Of the input and output of the layer. */
  private final ConvolutionShape layer;

  /** From the output gradients to the input's. */
  private final ConvolutionShape s;

  private final int rowLength;
  private final int group;
  private final ConvolutionScratch.Layout layout;
  private final Memory weight;
  private final Memory weightGradient;
  private final Memory biasGradient;
  private final Memory filters;
  private final Memory filterGradients;
  private final Memory biasSum;
  private final ReusableArray ones = new ReusableArray();
  private Memory onesFilled;

  /** Null where it would not pay. */
  private final PaddedConvolution<A> padded;

  TransposedConvolution(
      Loops<A> loops,
      Parameter weight,
      Parameter bias,
      ConvolutionShape layer,
      ConvolutionScratch.Pool pool) {
    this.loops = loops;
    this.layer = layer;
    this.pool = pool;
    int outputs = (int) weight.value().size(0);
    s = turned(layer, outputs);
    rowLength = s.fieldLength();
    group = Convolution.group(GROUP_LENGTH, rowLength * s.outputLength());
    this.weight = Memory.of(weight.value());
    weightGradient = Memory.of(weight.gradient());
    biasGradient = Memory.of(bias.gradient());
    DataType type = weight.value().dataType();
    layout = new ConvolutionScratch.Layout(type, s, rowLength, rowLength * layer.channels(), false);
    filters = Memory.of(Nd4j.create(type, rowLength, layer.channels()));
    filterGradients = Memory.of(Nd4j.create(type, rowLength, layer.channels()));
    biasSum = Memory.of(Nd4j.create(type, 1, outputs));
    padded = PaddedConvolution.pays(s)
        ? new PaddedConvolution<>(loops, type, s, layer.channels(), pool.padded)
        : null;
  }

  private static ConvolutionShape turned(ConvolutionShape layer, int outputs) {
    return new ConvolutionShape(
        outputs,
        layer.outputHeight(),
        layer.outputWidth(),
        layer.kernelHeight(),
        layer.kernelWidth(),
        1,
        layer.kernelWidth() - 1 - layer.padding());
  }

  /**
   * Whether U, which is copied once, is at most twice as large as whole fields of {@link Convolution}, which are copied twice, and their gradients
   * added.
   */
  static boolean pays(ConvolutionShape layer, int outputs) {
    long size = (long) layer.height() * layer.width() * outputs;
    return layer.stride() == 1
        && layer.kernelHeight() == layer.kernelWidth()
        && layer.padding() < layer.kernelWidth()
        && layer.channels() > 1
        && size <= 2L * layer.outputLength() * layer.channels();
  }

  /** Overwrites the parameters' gradients and {@code dx}. */
  void backward(Memory x, Memory dy, Memory dx) {
    ConvolutionScratch<A> scratch = pool.take(loops, layout);
    readFilters(scratch);
    int pixels = s.outputLength();
    Matrix input = Matrix.of(x, layer.channels());
    Matrix inputGradient = Matrix.of(dx, layer.channels());
    Matrix weights = Matrix.of(filters, layer.channels());
    Matrix sum = Matrix.of(filterGradients, layer.channels());
    if (padded != null) {
      padded.run(dy, weights, null, dx, x, sum);
    } else {
      for (int from = 0; from < x.size(0); from += group) {
        int end = Math.min(from + group, x.size(0));
        Matrix unfolded = scratch.unfold(dy, from, end - from);
        inputGradient
            .rows(from * pixels, end * pixels)
            .multiply(unfolded, false, weights, false, false);
        sum.multiply(unfolded, true, input.rows(from * pixels, end * pixels), false, from > 0);
      }
    }
    writeFilterGradients(scratch);
    pool.give(scratch);
    sumBias(dy);
  }

  /** A product with ones: BLAS reads the gradients at the speed of memory, and one product costs less than a loop's copies. */
  private void sumBias(Memory dy) {
    int rows = dy.length() / s.channels();
    Memory row = ones.shaped(dy.dataType(), 1, rows);
    if (row != onesFilled) {
      row.array().assign(1);
      onesFilled = row;
    }
    Matrix.of(biasSum, s.channels())
        .multiply(Matrix.of(row, rows), false, Matrix.of(dy, s.channels()), false, false);
    biasGradient.put(0, biasSum, 0, s.channels());
  }

  /** Copies {@code [outputs, channels, kernel]} to {@code [kernel, outputs, channels]}, the last place of a kernel first. */
  private void readFilters(ConvolutionScratch<A> scratch) {
    int outputs = s.channels();
    int channels = layer.channels();
    int kernel = s.kernelLength();
    loops.get(weight, 0, scratch.weights, 0, weight.length());
    for (int place = 0; place < kernel; place++) {
      for (int o = 0; o < outputs; o++) {
        int from = o * channels * kernel + place;
        int to = ((kernel - 1 - place) * outputs + o) * channels;
        loops.gather(scratch.weights, from, kernel, channels, 1, scratch.filters, to);
      }
    }
    loops.put(filters, 0, scratch.filters, 0, filters.length());
  }

  private void writeFilterGradients(ConvolutionScratch<A> scratch) {
    int outputs = s.channels();
    int channels = layer.channels();
    int kernel = s.kernelLength();
    loops.get(filterGradients, 0, scratch.filters, 0, filterGradients.length());
    for (int place = 0; place < kernel; place++) {
      for (int o = 0; o < outputs; o++) {
        int from = ((kernel - 1 - place) * outputs + o) * channels;
        int to = o * channels * kernel + place;
        loops.scatter(scratch.filters, from, channels, 1, scratch.weights, to, kernel);
      }
    }
    loops.put(weightGradient, 0, scratch.weights, 0, weightGradient.length());
  }
}
