package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A fully connected layer: y = x W<sup>T</sup> + b, for x of shape {@code [batch, inputs]} and y of shape {@code [batch,
 * outputs]}.
 *
 * <p>Gradients: dW = dy<sup>T</sup> x, db = the sum of dy over the batch, dx = dy W. The parameters are {@code
 * name.weight} of shape {@code [outputs, inputs]} and {@code name.bias} of shape {@code [outputs]}.
 *
 * <pre>{@code
 * INDArray weight = Nd4j.create(DataType.FLOAT, 10, 784);
 * Initializers.xavierUniform().initialize(weight, new SplittableRandom(42));
 * Dense dense = new Dense("fc1", weight, Nd4j.create(DataType.FLOAT, 10));
 * INDArray logits = dense.forward(images, Mode.EVALUATION); // [batch, 784] to [batch, 10]
 * }</pre>
 */
public final class Dense extends Shardable {
  private final String name;
  private final Parameter weight;
  private final Parameter bias;
  private final Parameters parameters;
  private final Sums<?> sums;
  private final ReusableArray output = new ReusableArray();
  private final ReusableArray inputGradient = new ReusableArray();
  private Memory input;
  private Memory gradient;
  private INDArray trained;

  /**
   * A layer over the given arrays, which it holds and an optimizer updates in place.
   *
   * @param name prefix of the parameters' names
   * @param weight {@code [outputs, inputs]}, FLOAT or DOUBLE, in 'c' order without gaps
   * @param bias {@code [outputs]}, of the same type
   * @throws IllegalArgumentException if a shape, type or memory order is not as stated
   */
  public Dense(String name, INDArray weight, INDArray bias) {
    this.name = Objects.requireNonNull(name, "name");
    Checks.parameter(name + ".weight", weight, 2);
    Checks.bias(name + ".bias", bias, weight);
    this.weight =
        Parameter.of(name + ".weight", weight, Nd4j.create(weight.dataType(), weight.shape()));
    this.bias = Parameter.of(name + ".bias", bias, Nd4j.create(bias.dataType(), bias.shape()));
    parameters = Parameters.of(this.weight, this.bias);
    sums = new Sums<>(Loops.of(weight.dataType()), this.bias);
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    INDArray w = weight.value();
    Checks.batch(name, input, w.dataType(), w.size(1));
    this.input = Memory.of(input, this.input);
    Memory y = output.shaped(w.dataType(), input.size(0), w.size(0));
    sums.fillRows(y);
    Nd4j.gemm(this.input.array(), w, y.array(), false, true, 1, 1);
    trained = mode == Mode.TRAINING ? y.array() : null;
    return y.array();
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    backwardParameters(outputGradient);
    INDArray w = weight.value();
    INDArray dx = inputGradient.shaped(w.dataType(), trained.size(0), w.size(1)).array();
    Nd4j.gemm(gradient.array(), w, dx, false, false, 1, 0);
    return dx;
  }

  @Override
  public void backwardParameters(INDArray outputGradient) {
    Checks.outputGradient(name, outputGradient, trained);
    gradient = Memory.of(outputGradient, gradient);
    Nd4j.gemm(gradient.array(), input.array(), weight.gradient(), true, false, 1, 0);
    sums.sumRows(gradient);
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  Layer shard() {
    return new Dense(name, weight.value(), bias.value());
  }

  @Override
  public String toString() {
    return "Dense " + name + " " + Arrays.toString(weight.value().shape());
  }

  /** The bias's part: what the matrix products leave to do. */
  private static final class Sums<A> {
    private final Loops<A> loops;
    private final Memory bias;
    private final Memory biasGradient;
    private final int outputs;
    private final A row;
    private final A sum;

    Sums(Loops<A> loops, Parameter bias) {
      this.loops = loops;
      this.bias = Memory.of(bias.value());
      biasGradient = Memory.of(bias.gradient());
      outputs = this.bias.length();
      row = loops.allocate(outputs);
      sum = loops.allocate(outputs);
    }

    /** Starts each row at the bias: the matrix product adds to it, which spares a pass over the output. */
    void fillRows(Memory y) {
      loops.get(bias, 0, row, 0, outputs);
      for (int from = 0; from < y.length(); from += outputs) {
        loops.put(y, from, row, 0, outputs);
      }
    }

    void sumRows(Memory dy) {
      loops.zero(sum, 0, outputs);
      for (int from = 0; from < dy.length(); from += outputs) {
        loops.get(dy, from, row, 0, outputs);
        loops.add(sum, row, outputs);
      }
      loops.put(biasGradient, 0, sum, 0, outputs);
    }
  }
}
