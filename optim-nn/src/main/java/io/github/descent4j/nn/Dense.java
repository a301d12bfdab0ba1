package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongPredicate;
import org.nd4j.linalg.api.buffer.DataType;
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
public final class Dense implements Splittable {
  private final String name;
  private final Parameter weight;
  private final Parameter bias;
  private final Parameters parameters;
  private final DenseProducts<?> products;
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
    this(
        name,
        weight,
        bias,
        work -> weight.dataType() == DataType.FLOAT && ProductTile.readsInPlace(work));
  }

  /**
   * The same.
   *
   * @param readsInPlace whether products of so many multiplications are computed from where the matrices are
   */
  Dense(String name, INDArray weight, INDArray bias, LongPredicate readsInPlace) {
    this.name = Objects.requireNonNull(name, "name");
    Checks.parameter(name + ".weight", weight, 2);
    Checks.bias(name + ".bias", bias, weight);
    this.weight =
        Parameter.of(name + ".weight", weight, Nd4j.create(weight.dataType(), weight.shape()));
    this.bias = Parameter.of(name + ".bias", bias, Nd4j.create(bias.dataType(), bias.shape()));
    parameters = Parameters.of(this.weight, this.bias);
    products =
        new DenseProducts<>(Loops.of(weight.dataType()), this.weight, this.bias, readsInPlace);
  }

  /** Says whether this layer has a batch to itself, and may hand parts of its products to other threads. */
  void divide(boolean divide) {
    products.divide(divide);
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    trained = null;
    INDArray w = weight.value();
    Checks.batch(name, input, w.dataType(), w.size(1));
    this.input = Memory.of(input, this.input);
    Memory y = output.shaped(w.dataType(), input.size(0), w.size(0));
    products.forward(this.input, y);
    trained = mode == Mode.TRAINING ? y.array() : null;
    return y.array();
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(name, outputGradient, trained);
    gradient = Memory.of(outputGradient, gradient);
    Memory dx =
        inputGradient.shaped(trained.dataType(), trained.size(0), weight.value().size(1));
    products.backward(input, gradient, dx);
    return dx.array();
  }

  @Override
  public void backwardParameters(INDArray outputGradient) {
    Checks.outputGradient(name, outputGradient, trained);
    gradient = Memory.of(outputGradient, gradient);
    products.backward(input, gradient, null);
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  /** The same linear map without the bias, with gradients of its own. */
  Dense withoutBias() {
    return new Dense(name, weight.value(), bias.value().like());
  }

  /** A layer of other numbers. */
  Dense with(INDArray weight, INDArray bias) {
    return new Dense(name, weight, bias);
  }

  @Override
  public Splittable split() {
    return new Dense(name, weight.value(), bias.value());
  }

  @Override
  public String toString() {
    return "Dense " + name + " " + Arrays.toString(weight.value().shape());
  }
}
