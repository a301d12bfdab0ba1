package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Parameter;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares gradients with central differences, in double. */
final class GradientCheck {
  private static final double STEP = 1e-5;

  private GradientCheck() {}

  /**
   * Checks the input's and all parameters' gradients of a layer, for the loss sum(r y) with random r.
   *
   * @param layers makes the layer anew, over the same parameter arrays and in the same random state
   */
  static void check(Supplier<Layer> layers, INDArray input) {
    Layer layer = layers.get();
    INDArray output = layer.forward(input, Mode.TRAINING);
    INDArray r = Arrays.random(DataType.DOUBLE, 99, output.shape());
    INDArray inputGradient = layer.backward(r);
    DoubleSupplier loss = () -> sumOfProducts(layers.get().forward(input, Mode.TRAINING), r);
    compare("input", input, inputGradient, loss);
    for (Parameter parameter : layer.parameters()) {
      compare(parameter.name(), parameter.value(), parameter.gradient(), loss);
    }
  }

  /** Checks each element of one gradient, or some hundred spread over a long one. */
  static void compare(String name, INDArray value, INDArray gradient, DoubleSupplier loss) {
    assertThat(gradient.shape()).isEqualTo(value.shape());
    double[] analytic = Arrays.values(gradient);
    for (int i = 0; i < value.length(); i += 1 + (int) value.length() / 300) {
      double before = value.getDouble(i);
      value.putScalar(i, before + STEP);
      double above = loss.getAsDouble();
      value.putScalar(i, before - STEP);
      double below = loss.getAsDouble();
      value.putScalar(i, before);
      double numeric = (above - below) / (2 * STEP);
      assertThat(analytic[i])
          .as("gradient of %s, element %d", name, i)
          .isCloseTo(numeric, within(1e-8 + 1e-7 * Math.abs(numeric)));
    }
  }

  private static double sumOfProducts(INDArray a, INDArray b) {
    double[] x = Arrays.values(a);
    double[] y = Arrays.values(b);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
