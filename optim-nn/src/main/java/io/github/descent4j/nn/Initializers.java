package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The usual {@link Initializer}s. For a weight of shape {@code [outputs, inputs]}, fanIn is inputs and fanOut is outputs;
 * for {@code [outputChannels, inputChannels, height, width]} they are inputChannels * height * width and outputChannels *
 * height * width.
 *
 * <p>Xavier keeps the variance of activations and gradients about equal from layer to layer where the activation is linear
 * near 0, as tanh is; He does so for ReLU, which halves it.
 *
 * <pre>{@code
 * Sequential.builder(DataType.FLOAT, 42).input(784).initializer(Initializers.xavierUniform()).dense("fc1", 10).build();
 * }</pre>
 */
public final class Initializers {
  private Initializers() {}

  /** Uniform in [-a, a] with a = sqrt(6 / (fanIn + fanOut)): Glorot and Bengio 2010, equation 16. */
  public static Initializer xavierUniform() {
    return (weight, random) ->
        uniform(weight, random, StrictMath.sqrt(6.0 / (fanIn(weight) + fanOut(weight))));
  }

  /**
   * Normal with mean 0 and variance 2 / (fanIn + fanOut): Glorot and Bengio 2010, equation 12.
   */
  public static Initializer xavierNormal() {
    return (weight, random) ->
        normal(weight, random, StrictMath.sqrt(2.0 / (fanIn(weight) + fanOut(weight))));
  }

  /**
   * Uniform in [-a, a] with a = sqrt(6 / fanIn): the variance 2 / fanIn of He et al. 2015, equation 10.
   */
  public static Initializer heUniform() {
    return (weight, random) -> uniform(weight, random, StrictMath.sqrt(6.0 / fanIn(weight)));
  }

  /** Normal with mean 0 and variance 2 / fanIn: He et al. 2015, equation 10. */
  public static Initializer heNormal() {
    return (weight, random) -> normal(weight, random, StrictMath.sqrt(2.0 / fanIn(weight)));
  }

  /**
   * The same value everywhere.
   *
   * @throws IllegalArgumentException if the value is not finite
   */
  public static Initializer constant(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("value is " + value + ", expected a finite number");
    }
    return (weight, random) -> fill(weight, () -> value);
  }

  private static void uniform(INDArray weight, SplittableRandom random, double a) {
    fill(weight, () -> (2 * random.nextDouble() - 1) * a);
  }

  /** Marsaglia's polar method, in StrictMath: the same bits on every JDK. */
  private static void normal(INDArray weight, SplittableRandom random, double deviation) {
    fill(weight, () -> {
      double u;
      double square;
      do {
        u = 2 * random.nextDouble() - 1;
        double v = 2 * random.nextDouble() - 1;
        square = u * u + v * v;
      } while (square >= 1 || square == 0);
      return deviation * u * StrictMath.sqrt(-2 * StrictMath.log(square) / square);
    });
  }

  private static void fill(INDArray weight, DoubleSupplier next) {
    Memory memory = Memory.of(weight);
    double[] values = new double[memory.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = next.getAsDouble();
    }
    memory.putDoubles(0, values, values.length);
    if (memory.array() != weight) {
      weight.assign(memory.array());
    }
  }

  private static double fanIn(INDArray weight) {
    return (double) requireWeight(weight).length() / weight.size(0);
  }

  private static double fanOut(INDArray weight) {
    return (double) requireWeight(weight).length() / weight.size(1);
  }

  private static INDArray requireWeight(INDArray weight) {
    Objects.requireNonNull(weight, "weight");
    if (weight.rank() != 2 && weight.rank() != 4) {
      throw new IllegalArgumentException(
          "weight has rank " + weight.rank() + ", expected 2 (dense) or 4 (convolution)");
    }
    return weight;
  }
}
