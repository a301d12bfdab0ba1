package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.nn.memory.Memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The arithmetic of {@link Conv2d} for one image size, on images in channels-last order.
 *
 * <p>A group of images at a time is unfolded to a matrix of receptive fields, small enough to stay in the second-level cache
 * between the copy and the matrix product. Every field ends with a 1, and the bias is the weight of that element, so that the
 * products do its part too. With a group's fields F as {@code [pixels, fieldLength + 1]} and the weights and biases W as
 * {@code [fieldLength + 1, outputs]}:
 *
 * <pre>
 * forward    y   = F W
 * backward   dW += F^T dy
 *            dF  = dy W^T, folded back to dx
 * </pre>
 *
 * The products read and write the images themselves: in channels-last order y and dy are matrices {@code [pixels, outputs]}.
 * Where it copies less, {@link TransposedConvolution} does the backward pass, and {@link PaddedConvolution} the products.
 *
 * <p>With stride 1 and kernels of several rows only the columns of one image are unfolded, where products of so few elements pay: F is then what one row of the kernel meets, of each row of the
 * image. y is the sum of a product for each row of the kernel, with as many rows of F, which begin one row of the image further down each time. That is a fifth of the copies for a kernel of five rows.
 *
 * <p>The backward pass unfolds again, which costs less than to keep the fields of a whole batch: those do not fit the cache.
 *
 * <p>Unfolding copies runs of a row of a field, {@code kernelWidth * channels} elements. With one channel these are too short,
 * and F<sup>T</sup> is made instead, in runs of an output row.
 */
final class Convolution<A> {
  /** Elements of the fields of a group. */
  private static final int GROUP_LENGTH = 1 << 18;

  /** The same for F<sup>T</sup>. */
  private static final int TRANSPOSED_GROUP_LENGTH = 1 << 16;

  /** With fewer pixels in an image, or elements in a row of the kernel, the products of one such row take longer than the copies that they save. */
  private static final int LEAST_PIXELS = 32;

  private static final int LEAST_ROW_LENGTH = 24;

  private final Loops<A> loops;
  private final ConvolutionShape s;
  private final ConvolutionScratch.Pool pool;
  private final int outputs;
  private final int fieldLength;
  private final int filterRows;
  private final int pixels;

  /** Products that a pixel is the sum of: one, or as many as the kernel has rows. */
  private final int parts;

  /** Elements of a field in a product, but for the 1 at the end of the last one. */
  private final int partLength;

  private final int group;
  private final boolean transposed;
  private final ConvolutionScratch.Layout layout;

  private final Memory weight;
  private final Memory weightGradient;
  private final Memory bias;
  private final Memory biasGradient;
  private final Memory filters;
  private final Memory filterGradients;

  /** For the forward pass; null where it would not pay. */
  private final PaddedConvolution<A> padded;

  private final A biases;

  /** Null where it would not pay. */
  private final TransposedConvolution<A> inputConvolution;

  Convolution(
      Loops<A> loops,
      Parameter weight,
      Parameter bias,
      ConvolutionShape s,
      ConvolutionScratch.Pool pool,
      ConvolutionScratch.Pool transposedPool) {
    this.loops = loops;
    this.s = s;
    this.pool = pool;
    outputs = (int) weight.value().size(0);
    fieldLength = s.fieldLength();
    filterRows = fieldLength + 1;
    pixels = s.outputLength();
    transposed = s.channels() == 1;
    boolean byRows = paysByRows(s);
    parts = byRows ? s.kernelHeight() : 1;
    partLength = fieldLength / parts;
    group = byRows
        ? 1
        : group(transposed ? TRANSPOSED_GROUP_LENGTH : GROUP_LENGTH, filterRows * pixels);
    DataType type = weight.value().dataType();
    layout = new ConvolutionScratch.Layout(
        type, byRows ? s.kernelRow() : s, partLength + 1, filterRows * outputs, transposed);
    this.weight = Memory.of(weight.value());
    weightGradient = Memory.of(weight.gradient());
    this.bias = Memory.of(bias.value());
    biasGradient = Memory.of(bias.gradient());
    filters = Memory.of(Nd4j.create(type, filterRows, outputs));
    filterGradients = Memory.of(Nd4j.create(type, filterRows, outputs));
    padded = PaddedConvolution.pays(s)
        ? new PaddedConvolution<>(loops, type, s, outputs, pool.padded)
        : null;
    biases = loops.allocate(outputs);
    inputConvolution = TransposedConvolution.pays(s, outputs)
        ? new TransposedConvolution<>(loops, weight, bias, s, transposedPool)
        : null;
  }

  /** Images of a group whose matrix has at most so many elements: a power of two, as most batches are. */
  static int group(int groupLength, int imageLength) {
    return Integer.highestOneBit(Math.max(1, groupLength / imageLength));
  }

  /** Whether the products are those of one row of the kernel. */
  static boolean paysByRows(ConvolutionShape s) {
    return s.stride() == 1
        && s.channels() > 1
        && s.kernelHeight() > 1
        && s.outputLength() >= LEAST_PIXELS
        && s.kernelWidth() * s.channels() >= LEAST_ROW_LENGTH;
  }

  boolean fits(ConvolutionShape s) {
    return this.s.equals(s);
  }

  void forward(Memory x, Memory y) {
    ConvolutionScratch<A> scratch = pool.take(loops, layout);
    readFilters(scratch);
    if (padded != null) {
      loops.get(bias, 0, biases, 0, outputs);
      padded.run(x, Matrix.of(filters, outputs), biases, y, null, null);
      pool.give(scratch);
      return;
    }
    Matrix result = Matrix.of(y, outputs);
    Matrix weights = Matrix.of(filters, outputs);
    for (int from = 0; from < x.size(0); from += group) {
      int end = Math.min(from + group, x.size(0));
      Matrix unfolded = scratch.unfold(x, from, end - from);
      Matrix sum = result.rows(from * pixels, end * pixels);
      for (int part = 0; part < parts; part++) {
        sum.multiply(
            fieldsOf(part, unfolded), transposed, filtersOf(part, weights), false, part > 0);
      }
    }
    pool.give(scratch);
  }

  /** Overwrites the parameters' gradients, and {@code dx} unless it is null. */
  void backward(Memory x, Memory dy, Memory dx) {
    if (dx != null && inputConvolution != null) {
      inputConvolution.backward(x, dy, dx);
      return;
    }
    ConvolutionScratch<A> scratch = pool.take(loops, layout);
    Matrix gradients = Matrix.of(dy, outputs);
    Matrix weights = Matrix.of(filters, outputs);
    Matrix sum = Matrix.of(filterGradients, outputs);
    for (int from = 0; from < x.size(0); from += group) {
      int end = Math.min(from + group, x.size(0));
      Matrix unfolded = scratch.unfold(x, from, end - from);
      Matrix gradient = gradients.rows(from * pixels, end * pixels);
      for (int part = 0; part < parts; part++) {
        filtersOf(part, sum)
            .multiply(fieldsOf(part, unfolded), !transposed, gradient, false, from > 0);
      }
      if (dx != null) {
        Matrix fieldGradients = scratch.fieldGradients(end - from, gradient.rows());
        for (int part = 0; part < parts; part++) {
          // No gradient is wanted of the 1 at the end.
          fieldsOf(part, fieldGradients)
              .columns(0, partLength)
              .multiply(
                  gradient, false, filtersOf(part, weights).rows(0, partLength), true, part > 0);
        }
        scratch.fold(fieldGradients, dx, from, end - from);
      }
    }
    writeFilterGradients(scratch);
    pool.give(scratch);
  }

  /** The fields of a product: those of one row of the kernel begin as many rows of the image further down. */
  private Matrix fieldsOf(int part, Matrix all) {
    if (parts == 1) {
      return all;
    }
    int first = part * s.outputWidth();
    return all.rows(first, first + pixels).columns(0, lengthOf(part));
  }

  /** The rows of the weights or their gradients that belong to a product. */
  private Matrix filtersOf(int part, Matrix all) {
    int first = part * partLength;
    return all.rows(first, first + lengthOf(part));
  }

  private int lengthOf(int part) {
    return part < parts - 1 ? partLength : partLength + 1;
  }

  /** Copies {@code [outputs, channels, kernel]} and the biases to {@code [kernel, channels, outputs]} and a last row. */
  private void readFilters(ConvolutionScratch<A> scratch) {
    loops.get(weight, 0, scratch.weights, 0, outputs * fieldLength);
    for (int field = 0; field < fieldLength; field++) {
      int from = weightOf(field);
      loops.gather(
          scratch.weights, from, fieldLength, outputs, 1, scratch.filters, field * outputs);
    }
    loops.get(bias, 0, scratch.filters, fieldLength * outputs, outputs);
    loops.put(filters, 0, scratch.filters, 0, filterRows * outputs);
  }

  private void writeFilterGradients(ConvolutionScratch<A> scratch) {
    loops.get(filterGradients, 0, scratch.filters, 0, filterRows * outputs);
    for (int field = 0; field < fieldLength; field++) {
      int to = weightOf(field);
      loops.scatter(scratch.filters, field * outputs, outputs, 1, scratch.weights, to, fieldLength);
    }
    loops.put(weightGradient, 0, scratch.weights, 0, outputs * fieldLength);
    loops.put(biasGradient, 0, scratch.filters, fieldLength * outputs, outputs);
  }

  /** Where an output's weight of an element of a field is: {@code [channels, kernel]} in place of {@code [kernel, channels]}. */
  private int weightOf(int field) {
    return field % s.channels() * s.kernelLength() + field / s.channels();
  }
}
