package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A convolution of stride 1 without unfolded fields, for images in channels-last order.
 *
 * <p>In {@link PaddedImages} a row of a field is a run of {@code kernelWidth * channels} elements, and those of the fields that are {@code
 * kernelWidth} pixels apart lie behind one another: they are a matrix F<sub>k,r</sub> in place, for each row k of the kernel and each
 * remainder r of a pixel's place divided by the width of the kernel. With the pixels of the results of that remainder as {@code [pixels,
 * outputs]} and a row of the kernel's weights W<sub>k</sub> as {@code [kernelWidth * channels, outputs]}:
 *
 * <pre>
 * y_r  = sum over k of F_k,r W_k
 * dW_k = sum over r of F_k,r^T dy_r
 * </pre>
 *
 * <p>The places between rows and between images are computed too, and left out of what is copied back. So this is for images that are large beside their
 * border. The many small products stay below the size up to which OpenBLAS multiplies without packing.
 */
final class PaddedConvolution<A> {
  /** Elements of a group's images and results: what stays in the second-level cache. */
  private static final int GROUP_LENGTH = 1 << 15;

  /** What belongs to who runs a pass, as {@link ConvolutionScratch} does. */
  private static final class Scratch<A> {
    private final ConvolutionShape shape;
    private final PaddedImages<A> images;
    private final PaddedImages<A> results;

    /** For the gradient of the weights. */
    private PaddedImages<A> partners;

    private Scratch(ConvolutionShape shape, PaddedImages<A> images, PaddedImages<A> results) {
      this.shape = shape;
      this.images = images;
      this.results = results;
    }
  }

  /** Those of a layer and its copies for other shards that nobody uses now; what was given back last comes first. */
  static final class Pool {
    final ConcurrentLinkedDeque<Scratch<?>> idle = new ConcurrentLinkedDeque<>();
  }

  private final Loops<A> loops;
  private final DataType type;
  private final ConvolutionShape s;
  private final int outputs;
  private final int pitch;
  private final int rows;
  private final int group;
  private final A biasRow;
  private final Pool pool;

  PaddedConvolution(Loops<A> loops, DataType type, ConvolutionShape s, int outputs, Pool pool) {
    this.loops = loops;
    this.type = type;
    this.s = s;
    this.outputs = outputs;
    this.pool = pool;
    pitch = s.width() + s.padding();
    rows = s.height() + s.padding();
    group = Convolution.group(GROUP_LENGTH, rows * pitch * (s.channels() + outputs));
    biasRow = loops.allocate(s.outputWidth() * outputs);
  }

  /** Whether there are few places between the rows and images, and runs of more than one pixel. */
  static boolean pays(ConvolutionShape s) {
    long places = (long) (s.height() + s.padding()) * (s.width() + s.padding());
    return s.stride() == 1
        && s.channels() > 1
        && s.kernelWidth() > 1
        && s.padding() < Math.min(s.kernelWidth(), s.kernelHeight())
        && 5 * places <= 6L * s.outputLength();
  }

  /**
   * Overwrites the results: products of receptive fields and weights. With partners also the gradient of the weights: products of the fields
   * and their partners.
   *
   * @param weights {@code [kernelHeight * kernelWidth * channels, outputs]}
   * @param bias elements of the bias, or null for none
   * @param partners in the shape of the results, or null for none
   * @param gradients in the shape of the weights
   */
  void run(
      Memory images, Matrix weights, A bias, Memory results, Memory partners, Matrix gradients) {
    Scratch<A> scratch = take();
    if (bias != null) {
      for (int x = 0; x < s.outputWidth(); x++) {
        loops.copy(bias, 0, biasRow, x * outputs, outputs);
      }
    }
    if (partners != null && scratch.partners == null) {
      scratch.partners = results();
    }
    int rowLength = s.kernelWidth() * s.channels();
    boolean first = true;
    for (int from = 0; from < images.size(0); from += group) {
      int n = Math.min(group, images.size(0) - from);
      scratch.images.load(images, from, n);
      if (bias != null) {
        scratch.results.fill(biasRow, n);
      }
      if (partners != null) {
        scratch.partners.load(partners, from, n);
      }
      int pixels = scratch.results.pixels(n);
      for (int r = 0; r < Math.min(pixels, s.kernelWidth()); r++) {
        int count = (pixels - r - 1) / s.kernelWidth() + 1;
        Matrix result = scratch.results.runs(r, count, 1, s.kernelWidth());
        for (int k = 0; k < s.kernelHeight(); k++) {
          int corner = r + (k - s.padding()) * pitch - s.padding();
          Matrix fields = scratch.images.runs(corner, count, s.kernelWidth(), s.kernelWidth());
          Matrix row = weights.rows(k * rowLength, (k + 1) * rowLength);
          result.multiply(fields, false, row, false, bias != null || k > 0);
          if (partners != null) {
            Matrix partner = scratch.partners.runs(r, count, 1, s.kernelWidth());
            gradients
                .rows(k * rowLength, (k + 1) * rowLength)
                .multiply(fields, true, partner, false, !first);
          }
        }
        first = false;
      }
      scratch.results.store(results, from, n);
    }
    pool.idle.addFirst(scratch);
  }

  /** One for these images; those for another size are dropped on the way. */
  @SuppressWarnings("unchecked") // A layer has one type and one number of outputs.
  private Scratch<A> take() {
    for (Scratch<?> next = pool.idle.pollFirst(); next != null; next = pool.idle.pollFirst()) {
      if (next.shape.equals(s)) {
        return (Scratch<A>) next;
      }
    }
    PaddedImages<A> images = new PaddedImages<>(
        loops, type, s.height(), s.width(), s.channels(), pitch, rows, s.padding(), group);
    return new Scratch<>(s, images, results());
  }

  private PaddedImages<A> results() {
    return new PaddedImages<>(
        loops, type, s.outputHeight(), s.outputWidth(), outputs, pitch, rows, 0, group);
  }
}
