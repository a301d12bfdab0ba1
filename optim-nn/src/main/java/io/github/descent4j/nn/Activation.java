package io.github.descent4j.nn;

import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import io.github.descent4j.nn.memory.ReusableImages;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
  private boolean divide;

  /** Says whether this layer has a batch to itself, and may hand parts of it to other threads. */
  final void divide(boolean divide) {
    this.divide = divide;
  }

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

  /** A batch in pieces, which threads share where the layer has it to itself, and these in blocks that stay in the first-level cache. */
  private static final class Blocks<A> {
    private static final int LENGTH = 2048;

    /** Elements of a piece; fewer cost less than to wake another thread. */
    private static final int PIECE = 4 * LENGTH;

    private final Loops<A> loops;
    private final DataType type;
    private final ParallelRunner runner = new ParallelRunner(this::runPiece);

    /** Those of each worker, null as long as it has not been at work. */
    private final List<Scratch<A>> scratch =
        new ArrayList<>(Collections.nCopies(runner.threads(), null));

    private BlockAction<A> action;
    private int length;

    Blocks(Loops<A> loops, DataType type) {
      this.loops = loops;
      this.type = type;
    }

    void forward(Activation function, Memory input, Memory output) {
      run(function, input.length(), (from, n, blocks) -> {
        loops.get(input, from, blocks.y, 0, n);
        function.apply(loops, blocks.y, n);
        loops.put(output, from, blocks.y, 0, n);
      });
    }

    void backward(Activation function, Memory output, Memory outputGradient, Memory inputGradient) {
      run(function, output.length(), (from, n, blocks) -> {
        loops.get(output, from, blocks.y, 0, n);
        loops.get(outputGradient, from, blocks.dy, 0, n);
        function.gradient(loops, blocks.y, blocks.dy, n);
        loops.put(inputGradient, from, blocks.dy, 0, n);
      });
    }

    private void run(Activation function, int length, BlockAction<A> action) {
      this.action = action;
      this.length = length;
      runner.run((length + PIECE - 1) / PIECE, function.divide && length > PIECE);
    }

    private void runPiece(int piece, int worker) {
      if (scratch.get(worker) == null) {
        scratch.set(worker, new Scratch<>(loops));
      }
      int end = Math.min(length, (piece + 1) * PIECE);
      for (int from = piece * PIECE; from < end; from += LENGTH) {
        action.run(from, Math.min(LENGTH, end - from), scratch.get(worker));
      }
    }
  }

  /** What is done to n elements. */
  private interface BlockAction<A> {
    void run(int from, int n, Scratch<A> blocks);
  }

  /** Blocks of one worker. */
  private static final class Scratch<A> {
    final A y;
    final A dy;

    Scratch(Loops<A> loops) {
      y = loops.allocate(Blocks.LENGTH);
      dy = loops.allocate(Blocks.LENGTH);
    }
  }
}
