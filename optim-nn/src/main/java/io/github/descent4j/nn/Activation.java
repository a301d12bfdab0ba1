package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A function of each element alone, whose derivative can be told from its result: what {@link Relu}, {@link Sigmoid} and
 * {@link Tanh} share.
 */
abstract class Activation extends Shardable {
  private final ReusableArray output = new ReusableArray();
  private final ReusableArray inputGradient = new ReusableArray();
  private Memory input;
  private Memory gradient;
  private Memory trained;
  private Blocks<?> blocks;

  /** Replaces a block of inputs by outputs. */
  abstract <A> void apply(Loops<A> loops, A y, int n);

  /** Replaces a block of output gradients by input gradients. */
  abstract <A> void gradient(Loops<A> loops, A y, A dy, int n);

  @Override
  public final INDArray forward(INDArray input, Mode mode) {
    Checks.anyBatch(toString(), input);
    DataType type = input.dataType();
    this.input = Memory.of(input, this.input);
    Memory y = output.shaped(type, input.shape());
    if (blocks == null || blocks.type != type) {
      blocks = new Blocks<>(Loops.of(type), type);
    }
    blocks.forward(this, this.input, y);
    trained = mode == Mode.TRAINING ? y : null;
    return y.array();
  }

  @Override
  public final INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(toString(), outputGradient, trained == null ? null : trained.array());
    gradient = Memory.of(outputGradient, gradient);
    Memory dx = inputGradient.shaped(trained.dataType(), outputGradient.shape());
    blocks.backward(this, trained, gradient, dx);
    return dx.array();
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
