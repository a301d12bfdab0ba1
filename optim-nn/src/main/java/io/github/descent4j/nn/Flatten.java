package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes one line of each example: {@code [batch, channels, height, width]} becomes {@code [batch, channels * height *
 * width]}, with the last dimension running fastest. The result is a view of the input.
 *
 * <pre>{@code
 * INDArray y = new Flatten().forward(images, Mode.EVALUATION); // [batch, 1, 28, 28] to [batch, 784]
 * }</pre>
 */
public final class Flatten extends Shardable {
  private Memory input;
  private Memory gradient;
  private INDArray output;
  private INDArray inputGradient;
  private INDArray trained;

  /** A layer without parameters. */
  public Flatten() {}

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    Checks.anyBatch(toString(), input);
    Memory x = Memory.of(input, this.input);
    if (x != this.input) {
      this.input = x;
      output = x.array().reshape('c', input.size(0), x.length() / input.size(0));
    }
    trained = mode == Mode.TRAINING ? output : null;
    return output;
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(toString(), outputGradient, trained);
    Memory dy = Memory.of(outputGradient, gradient);
    if (dy != gradient || !Arrays.equals(inputGradient.shape(), input.array().shape())) {
      gradient = dy;
      inputGradient = dy.array().reshape('c', input.array().shape());
    }
    return inputGradient;
  }

  @Override
  Layer shard() {
    return new Flatten();
  }

  @Override
  public String toString() {
    return "Flatten";
  }
}
