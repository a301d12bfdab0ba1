package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The arithmetic of {@link Conv2d} for one image size.
 *
 * <p>A group of images at a time is unfolded to a matrix of receptive fields, small enough to stay in the second-level cache
 * between the copy and the matrix product. With W as {@code [outputs, fieldLength]} and a group's fields as {@code
 * [fieldLength, images * pixels]}:
 *
 * <pre>
 * forward    y       = W fields + b
 * backward   dW     += dy fields^T
 *            dfields = W^T dy, folded back to dx
 * </pre>
 *
 * The backward pass unfolds again, which costs less than to keep the fields of a whole batch: those do not fit the cache.
 *
 * <p>Unfolding copies runs of a row's pixels. Where rows are short the images of a group are interleaved pixel by pixel first,
 * {@code [channels, height, width, images]}, which makes the runs as many times longer as there are images, and the products
 * {@code [outputs, pixels, images]}. Otherwise the products are {@code [outputs, images, pixels]}.
 */
final class Convolution<A> {
  /** Rows shorter than this are interleaved. */
  private static final int SHORT_ROW = 16;

  /** Images of a group that is interleaved, and elements of the fields of a group that is not. */
  private static final int INTERLEAVED_GROUP = 8;

  private static final int GROUP_LENGTH = 1 << 16;

  private final Loops<A> loops;
  private final ConvolutionShape s;
  private final int outputs;
  private final int fieldLength;
  private final int pixels;
  private final int group;
  private final boolean interleaved;

  private final INDArray weight;
  private final INDArray weightGradient;
  private final Memory bias;
  private final Memory biasGradient;
  private final ReusableArray fields = new ReusableArray();
  private final ReusableArray product = new ReusableArray();

  private final A biasBlock;
  private final A images;
  private final A interleavedImages;
  private final A fieldsOfChannel;
  private final A outer;
  private final A inner;

  Convolution(Loops<A> loops, Parameter weight, Parameter bias, ConvolutionShape s) {
    this.loops = loops;
    this.s = s;
    outputs = (int) weight.value().size(0);
    fieldLength = s.channels() * s.kernelLength();
    pixels = s.outputLength();
    interleaved = s.outputWidth() < SHORT_ROW;
    group = interleaved ? INTERLEAVED_GROUP : Math.max(1, GROUP_LENGTH / (fieldLength * pixels));
    this.weight = weight.value().reshape('c', outputs, fieldLength);
    weightGradient = weight.gradient().reshape('c', outputs, fieldLength);
    this.bias = Memory.of(bias.value());
    biasGradient = Memory.of(bias.gradient());
    biasBlock = loops.allocate(outputs);
    images = loops.allocate(group * s.imageLength());
    interleavedImages = loops.allocate(interleaved ? group * s.imageLength() : 0);
    fieldsOfChannel = loops.allocate(group * s.kernelLength() * pixels);
    outer = loops.allocate(group * outputs * pixels);
    inner = loops.allocate(group * outputs * pixels);
  }

  boolean fits(ConvolutionShape s) {
    return this.s.equals(s);
  }

  void forward(Memory x, Memory y) {
    loops.get(bias, 0, biasBlock, 0, outputs);
    for (int from = 0; from < x.size(0); from += group) {
      int n = Math.min(group, x.size(0) - from);
      Memory unfolded = unfold(x, from, n);
      Memory result = product.shaped(x.dataType(), outputs, (long) n * pixels);
      Nd4j.gemm(weight, unfolded.array(), result.array(), false, false, 1, 0);
      loops.get(result, 0, inner, 0, n * outputs * pixels);
      for (int o = 0; o < outputs; o++) {
        loops.addScalar(inner, o * n * pixels, n * pixels, biasBlock, o);
      }
      if (interleaved) {
        loops.separate(inner, n, outputs * pixels, outer);
      } else {
        swap(inner, outputs, n, outer);
      }
      loops.put(y, from * outputs * pixels, outer, 0, n * outputs * pixels);
    }
  }

  /** Overwrites the parameters' gradients, and {@code dx} unless it is null. */
  void backward(Memory x, Memory dy, Memory dx) {
    loops.zero(biasBlock, 0, outputs);
    for (int from = 0; from < x.size(0); from += group) {
      int n = Math.min(group, x.size(0) - from);
      loops.get(dy, from * outputs * pixels, outer, 0, n * outputs * pixels);
      if (interleaved) {
        loops.interleave(outer, n, outputs * pixels, inner);
      } else {
        swap(outer, n, outputs, inner);
      }
      for (int o = 0; o < outputs; o++) {
        loops.addSum(biasBlock, o, inner, o * n * pixels, n * pixels);
      }
      Memory gradient = product.shaped(x.dataType(), outputs, (long) n * pixels);
      loops.put(gradient, 0, inner, 0, n * outputs * pixels);
      Memory unfolded = unfold(x, from, n);
      Nd4j.gemm(
          gradient.array(), unfolded.array(), weightGradient, false, true, 1, from == 0 ? 0 : 1);
      if (dx != null) {
        Nd4j.gemm(weight, gradient.array(), unfolded.array(), true, false, 1, 0);
        fold(unfolded, dx, from, n);
      }
    }
    loops.put(biasGradient, 0, biasBlock, 0, outputs);
  }

  private Memory unfold(Memory x, int from, int n) {
    loops.get(x, from * s.imageLength(), images, 0, n * s.imageLength());
    A source = images;
    if (interleaved) {
      loops.interleave(images, n, s.imageLength(), interleavedImages);
      source = interleavedImages;
    }
    Memory unfolded = fields.shaped(x.dataType(), fieldLength, (long) n * pixels);
    int length = s.kernelLength() * n * pixels;
    for (int channel = 0; channel < s.channels(); channel++) {
      loops.im2col(source, n, interleaved ? n : 1, channel, fieldsOfChannel, s);
      loops.put(unfolded, channel * length, fieldsOfChannel, 0, length);
    }
    return unfolded;
  }

  private void fold(Memory unfolded, Memory dx, int from, int n) {
    A target = interleaved ? interleavedImages : images;
    loops.zero(target, 0, n * s.imageLength());
    int length = s.kernelLength() * n * pixels;
    for (int channel = 0; channel < s.channels(); channel++) {
      loops.get(unfolded, channel * length, fieldsOfChannel, 0, length);
      loops.col2im(fieldsOfChannel, n, interleaved ? n : 1, channel, target, s);
    }
    if (interleaved) {
      loops.separate(interleavedImages, n, s.imageLength(), images);
    }
    loops.put(dx, from * s.imageLength(), images, 0, n * s.imageLength());
  }

  /** Copies {@code [rows, columns, pixels]} to {@code [columns, rows, pixels]}. */
  @SuppressWarnings(
      "SuspiciousSystemArraycopy") // A is float[] or double[], and both are of this A.
  private void swap(A source, int rows, int columns, A target) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int from = (row * columns + column) * pixels;
        System.arraycopy(source, from, target, (column * rows + row) * pixels, pixels);
      }
    }
  }
}
