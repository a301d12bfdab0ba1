package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a pass through a convolution writes to on its way: as much as a core's second-level cache holds. So it belongs to who runs
 * the pass, not to the layer: a thread that goes from shard to shard finds it in its cache.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class ConvolutionScratch<A> {

  /**
   * What it is for.
   *
   * @param shape of the images that are unfolded
   * @param rowLength elements of a field in the product: one more than it has, if it ends with a 1
   * @param filters elements of the weights, as the product takes them
   * @param columns whether the fields are columns of the matrix, and not rows
   */
  record Layout(
      DataType type, ConvolutionShape shape, int rowLength, int filters, boolean columns) {}

  /** Those of a layer and its copies for other shards that nobody uses now; what was given back last comes first. */
  static final class Pool {
    final PaddedConvolution.Pool padded = new PaddedConvolution.Pool();

    private final ConcurrentLinkedDeque<ConvolutionScratch<?>> idle = new ConcurrentLinkedDeque<>();

    /** One of a layout, to be given back. Those for another size of images are dropped on the way. */
    @SuppressWarnings("unchecked") // Of one type there is one kind of loops.
    <A> ConvolutionScratch<A> take(Loops<A> loops, Layout layout) {
      for (ConvolutionScratch<?> next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
        if (next.layout.equals(layout)) {
          return (ConvolutionScratch<A>) next;
        }
      }
      return new ConvolutionScratch<>(loops, layout);
    }

    void give(ConvolutionScratch<?> scratch) {
      idle.addFirst(scratch);
    }
  }

  private final Layout layout;
  private final Loops<A> loops;
  private final Unfolding<A> unfolding;

  /**
   * Fields of as many images as a group had so far, made when they are first needed: what lies outside the images stays 0, and the ends of the fields stay 1.
   */
  private Memory fields;

  private final ReusableArray fieldGradients = new ReusableArray();
  private final A image;

  /** For rows of the gradients of fields that begin at 0. */
  private A zeros;

  /** As many as an image has fields. */
  private final A ones;

  /** The weights as the parameter has them, and as a product takes them. */
  final A weights;

  final A filters;

  private ConvolutionScratch(Loops<A> loops, Layout layout) {
    this.layout = layout;
    this.loops = loops;
    ConvolutionShape s = layout.shape;
    unfolding = new Unfolding<>(loops, s);
    image = loops.allocate(s.imageLength());
    zeros = loops.allocate(0);
    ones = loops.allocate(layout.columns ? s.outputLength() : 0);
    weights = loops.allocate(layout.filters);
    filters = loops.allocate(layout.filters);
    loops.fill(ones, 0, 1, loops.length(ones), 1);
  }

  private Memory makeFields(long length) {
    ConvolutionShape s = layout.shape;
    Memory made = Memory.of(Nd4j.create(layout.type, length));
    if (!layout.columns && layout.rowLength > s.fieldLength()) {
      A one = loops.allocate(1);
      loops.fill(one, 0, 1, 1, 1);
      for (int end = s.fieldLength(); end < made.length(); end += layout.rowLength) {
        loops.put(made, end, one, 0, 1);
      }
    }
    return made;
  }

  /** The fields of some images, as rows or columns. */
  Matrix unfold(Memory images, int from, int n) {
    int imageLength = layout.shape.imageLength();
    int pixels = layout.shape.outputLength();
    long length = (long) n * layout.rowLength * pixels;
    if (fields == null || fields.length() < length) {
      fields = makeFields(length);
    }
    for (int i = 0; i < n; i++) {
      loops.get(images, (from + i) * imageLength, image, 0, imageLength);
      if (layout.columns) {
        unfolding.toColumns(image, fields, i * pixels, n * pixels);
        for (int row = layout.shape.fieldLength(); row < layout.rowLength; row++) {
          loops.put(fields, (row * n + i) * pixels, ones, 0, pixels);
        }
      } else {
        unfolding.toRows(image, fields, i * pixels * layout.rowLength, layout.rowLength);
      }
    }
    return layout.columns
        ? new Matrix(fields, 0, layout.rowLength, n * pixels, n * pixels)
        : new Matrix(fields, 0, n * pixels, layout.rowLength, layout.rowLength);
  }

  /**
   * Room for the gradients of the fields of some images, as rows.
   *
   * @param rowsToSet how many of these rows the caller sets; those behind them are 0
   */
  Matrix fieldGradients(int n, int rowsToSet) {
    int rows = n * layout.shape.outputLength();
    Memory memory = fieldGradients.shaped(layout.type, rows, layout.rowLength);
    int rest = (rows - rowsToSet) * layout.rowLength;
    if (loops.length(zeros) < rest) {
      zeros = loops.allocate(rest);
    }
    loops.put(memory, rowsToSet * layout.rowLength, zeros, 0, rest);
    return Matrix.of(memory, layout.rowLength);
  }

  /** Adds gradients of fields to those of the images' pixels. */
  void fold(Matrix gradients, Memory images, int from, int n) {
    int imageLength = layout.shape.imageLength();
    int length = layout.rowLength * layout.shape.outputLength();
    for (int i = 0; i < n; i++) {
      loops.zero(image, 0, imageLength);
      unfolding.addRows(gradients.memory(), i * length, layout.rowLength, image);
      loops.put(images, (from + i) * imageLength, image, 0, imageLength);
    }
  }
}
