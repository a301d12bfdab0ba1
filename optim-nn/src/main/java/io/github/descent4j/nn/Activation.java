package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import io.github.descent4j.nn.memory.ReusableImages;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A function of each element alone, whose derivative can be told from its result: what {@link Relu}, {@link Sigmoid} and
 * {@link Tanh} share.
 */
abstract class Activation implements Splittable {
  private final ReusableArray output = new ReusableArray();
  private final ReusableArray inputGradient = new ReusableArray();
  private final ReusableImages outputImages = new ReusableImages();
  private final ReusableImages inputGradientImages = new ReusableImages();
  private final ImageReader gradientImages = new ImageReader();
  private Memory input;
  private Memory gradient;
  private Memory result;
  private INDArray trained;
  private boolean channelsLast;
  private Blocks<?> blocks;

  /** Replaces a block of inputs by outputs. */
  abstract <A> void apply(Loops<A> loops, A y, int n);

  /** Replaces a block of output gradients by input gradients. */
  abstract <A> void gradient(Loops<A> loops, A y, A dy, int n);

  /**
   * The second derivative divided by the first, as a new array, for a result; null where it is 0.
   *
   * @param y the result
   */
  abstract INDArray curvature(INDArray y);

  @Override
  public final INDArray forward(INDArray input, Mode mode) {
    Checks.anyBatch(toString(), input);
    DataType type = input.dataType();
    channelsLast = !Memory.isDense(input) && Memory.isChannelsLast(input);
    INDArray y;
    if (channelsLast) {
      this.input = Memory.ofChannelsLast(input, this.input);
      result = shaped(outputImages, input);
      y = outputImages.images();
    } else {
      this.input = Memory.of(input, this.input);
      result = output.shaped(type, input.shape());
      y = result.array();
    }
    if (blocks == null || blocks.type != type) {
      blocks = new Blocks<>(Loops.of(type), type);
    }
    blocks.forward(this, this.input, result);
    trained = mode == Mode.TRAINING ? y : null;
    return y;
  }

  @Override
  public final INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(toString(), outputGradient, trained);
    if (channelsLast) {
      Memory dx = shaped(inputGradientImages, trained);
      blocks.backward(this, result, gradientImages.read(outputGradient), dx);
      return inputGradientImages.images();
    }
    gradient = Memory.of(outputGradient, gradient);
    Memory dx = inputGradient.shaped(trained.dataType(), trained.shape());
    blocks.backward(this, result, gradient, dx);
    return dx.array();
  }

  private static Memory shaped(ReusableImages images, INDArray like) {
    return images.shaped(like.dataType(), like.size(0), like.size(1), like.size(2), like.size(3));
  }

  /** Names the layer in messages. */
  @Override
  public final String toString() {
    return getClass().getSimpleName();
  }

  /** Two blocks that stay in the first-level cache. */
  private static final class Blocks<A> {
    private static final int LENGTH = 2048;

    private final Loops<A> loops;
    private final DataType type;
    private final A y;
    private final A dy;

    Blocks(Loops<A> loops, DataType type) {
      this.loops = loops;
      this.type = type;
      y = loops.allocate(LENGTH);
      dy = loops.allocate(LENGTH);
    }

    void forward(Activation function, Memory input, Memory output) {
      for (int from = 0; from < input.length(); from += LENGTH) {
        int n = Math.min(LENGTH, input.length() - from);
        loops.get(input, from, y, 0, n);
        function.apply(loops, y, n);
        loops.put(output, from, y, 0, n);
      }
    }

    void backward(Activation function, Memory output, Memory outputGradient, Memory inputGradient) {
      for (int from = 0; from < output.length(); from += LENGTH) {
        int n = Math.min(LENGTH, output.length() - from);
        loops.get(output, from, y, 0, n);
        loops.get(outputGradient, from, dy, 0, n);
        function.gradient(loops, y, dy, n);
        loops.put(inputGradient, from, dy, 0, n);
      }
    }
  }
}
