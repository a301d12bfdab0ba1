package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

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
 *
 * <p>The backward pass unfolds again, which costs less than to keep the fields of a whole batch: those do not fit the cache.
 *
 * <p>Unfolding copies runs of a row of a field, {@code kernelWidth * channels} elements. With one channel these are too short,
 * and F<sup>T</sup> is made instead, in runs of an output row.
 */
final class Convolution<A> {
  /** Elements of the fields of a group. */
  private static final int GROUP_LENGTH = 1 << 18;

  /** The same for F<sup>T</sup>: OpenBLAS multiplies without packing up to 10^6 multiplications, which is faster there. */
  private static final int TRANSPOSED_GROUP_LENGTH = 1 << 16;

  private final Loops<A> loops;
  private final ConvolutionShape s;
  private final int outputs;
  private final int fieldLength;
  private final int rowLength;
  private final int pixels;
  private final int group;
  private final boolean transposed;

  private final Memory weight;
  private final Memory weightGradient;
  private final Memory bias;
  private final Memory biasGradient;
  private final Memory filters;
  private final Memory filterGradients;
  private final ReusableArray fields = new ReusableArray();
  private final ReusableArray fieldGradients = new ReusableArray();
  private final Groups outputGroups = new Groups();
  private final Groups gradientGroups = new Groups();

  private final A weightBlock;
  private final A filterBlock;
  private final A image;
  private final A imageFields;
  private final A imageFieldGradients;

  Convolution(Loops<A> loops, Parameter weight, Parameter bias, ConvolutionShape s) {
    this.loops = loops;
    this.s = s;
    outputs = (int) weight.value().size(0);
    fieldLength = s.channels() * s.kernelLength();
    rowLength = fieldLength + 1;
    pixels = s.outputLength();
    transposed = s.channels() == 1;
    int groupLength = transposed ? TRANSPOSED_GROUP_LENGTH : GROUP_LENGTH;
    // A power of two, as most batches are.
    group = Integer.highestOneBit(Math.max(1, groupLength / (rowLength * pixels)));
    this.weight = Memory.of(weight.value());
    weightGradient = Memory.of(weight.gradient());
    this.bias = Memory.of(bias.value());
    biasGradient = Memory.of(bias.gradient());
    DataType type = weight.value().dataType();
    filters = Memory.of(Nd4j.create(type, rowLength, outputs));
    filterGradients = Memory.of(Nd4j.create(type, rowLength, outputs));
    weightBlock = loops.allocate(rowLength * outputs);
    filterBlock = loops.allocate(rowLength * outputs);
    image = loops.allocate(s.imageLength());
    imageFields = loops.allocate(rowLength * pixels);
    imageFieldGradients = loops.allocate(rowLength * pixels);
    if (transposed) {
      loops.fill(imageFields, fieldLength * pixels, 1, pixels, 1);
    } else {
      loops.fill(imageFields, fieldLength, rowLength, pixels, 1);
    }
  }

  boolean fits(ConvolutionShape s) {
    return this.s.equals(s);
  }

  void forward(Memory x, Memory y) {
    readFilters();
    outputGroups.cut(y, group, pixels);
    for (int from = 0, g = 0; from < x.size(0); from += group, g++) {
      INDArray unfolded = unfold(x, from, Math.min(group, x.size(0) - from));
      INDArray result = outputGroups.matrices[g];
      Nd4j.gemm(unfolded, filters.array(), result, transposed, false, 1, 0);
    }
  }

  /** Overwrites the parameters' gradients, and {@code dx} unless it is null. */
  void backward(Memory x, Memory dy, Memory dx) {
    gradientGroups.cut(dy, group, pixels);
    for (int from = 0, g = 0; from < x.size(0); from += group, g++) {
      int n = Math.min(group, x.size(0) - from);
      INDArray unfolded = unfold(x, from, n);
      INDArray gradient = gradientGroups.matrices[g];
      INDArray sum = filterGradients.array();
      Nd4j.gemm(unfolded, gradient, sum, !transposed, false, 1, from == 0 ? 0 : 1);
      if (dx != null) {
        Memory unfoldedGradient = fieldGradients.shaped(x.dataType(), (long) n * pixels, rowLength);
        Nd4j.gemm(gradient, filters.array(), unfoldedGradient.array(), false, true, 1, 0);
        fold(unfoldedGradient, dx, from, n);
      }
    }
    writeFilterGradients();
  }

  /** Copies {@code [outputs, channels, kernel]} and the biases to {@code [kernel, channels, outputs]} and a last row. */
  private void readFilters() {
    loops.get(weight, 0, weightBlock, 0, outputs * fieldLength);
    int kernel = s.kernelLength();
    for (int o = 0; o < outputs; o++) {
      for (int c = 0; c < s.channels(); c++) {
        int from = (o * s.channels() + c) * kernel;
        loops.scatter(
            weightBlock, from, kernel, 1, filterBlock, c * outputs + o, s.channels() * outputs);
      }
    }
    loops.get(bias, 0, filterBlock, fieldLength * outputs, outputs);
    loops.put(filters, 0, filterBlock, 0, rowLength * outputs);
  }

  private void writeFilterGradients() {
    loops.get(filterGradients, 0, filterBlock, 0, rowLength * outputs);
    int kernel = s.kernelLength();
    for (int o = 0; o < outputs; o++) {
      for (int c = 0; c < s.channels(); c++) {
        int to = (o * s.channels() + c) * kernel;
        loops.gather(
            filterBlock, c * outputs + o, s.channels() * outputs, kernel, 1, weightBlock, to);
      }
    }
    loops.put(weightGradient, 0, weightBlock, 0, outputs * fieldLength);
    loops.put(biasGradient, 0, filterBlock, fieldLength * outputs, outputs);
  }

  private INDArray unfold(Memory x, int from, int n) {
    int length = rowLength * pixels;
    Memory unfolded = transposed
        ? fields.shaped(x.dataType(), rowLength, (long) n * pixels)
        : fields.shaped(x.dataType(), (long) n * pixels, rowLength);
    for (int i = 0; i < n; i++) {
      loops.get(x, (from + i) * s.imageLength(), image, 0, s.imageLength());
      if (transposed) {
        loops.im2col(image, imageFields, s);
        for (int row = 0; row < rowLength; row++) {
          loops.put(unfolded, (row * n + i) * pixels, imageFields, row * pixels, pixels);
        }
      } else {
        loops.im2row(image, imageFields, rowLength, s);
        loops.put(unfolded, i * length, imageFields, 0, length);
      }
    }
    return unfolded.array();
  }

  private void fold(Memory unfoldedGradient, Memory dx, int from, int n) {
    int length = rowLength * pixels;
    for (int i = 0; i < n; i++) {
      loops.get(unfoldedGradient, i * length, imageFieldGradients, 0, length);
      loops.zero(image, 0, s.imageLength());
      loops.row2im(imageFieldGradients, rowLength, image, s);
      loops.put(dx, (from + i) * s.imageLength(), image, 0, s.imageLength());
    }
  }

  /** Views of a batch as matrices {@code [pixels, channels]} of a group of images each, kept while the batch is the same. */
  private static final class Groups {
    private Memory whole;
    private INDArray[] matrices;

    void cut(Memory images, int group, int pixels) {
      if (images == whole) {
        return;
      }
      whole = images;
      int count = images.size(0);
      int channels = images.size(3);
      INDArray line = images.array().reshape('c', new long[] {images.length()});
      matrices = new INDArray[(count + group - 1) / group];
      for (int g = 0; g < matrices.length; g++) {
        long from = (long) g * group;
        long to = Math.min(count, from + group);
        long length = (long) pixels * channels;
        matrices[g] = line.get(NDArrayIndex.interval(from * length, to * length))
            .reshape('c', new long[] {(to - from) * pixels, channels});
      }
    }
  }
}
