package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The derivatives of a layer's two passes along a direction of its input, the parameters being constant: forward-mode differentiation
 * (Pearlmutter 1994: Fast exact multiplication by the Hessian) of what the layer has computed last.
 */
abstract class Tangent {

  /** The derivative of the output, for that of the input; both are valid until the next call. */
  abstract INDArray forward(INDArray inputTangent);

  /**
   * The derivative of the input's gradient, for that of the output's gradient. Overwrites the parameters' gradients by their derivatives.
   *
   * @param outputGradient of the layer's backward pass
   */
  abstract INDArray backward(INDArray outputGradient, INDArray outputGradientTangent);

  /** Where derivatives are taken: what the layer was given in training mode, and what it has computed. */
  void at(INDArray input, INDArray output) {}

  /**
   * The derivatives of a layer.
   *
   * @throws IllegalArgumentException if there are none of such a layer
   */
  static Tangent of(Layer layer) {
    if (layer instanceof Dense dense) {
      return new Bilinear(dense, dense.withoutBias());
    }
    if (layer instanceof Conv2d convolution) {
      return new Bilinear(convolution, convolution.withoutBias());
    }
    if (layer instanceof Activation activation) {
      return new Elementwise(activation);
    }
    if (layer instanceof Dropout dropout) {
      return new Diagonal(dropout);
    }
    if (layer instanceof Flatten flatten) {
      return new Reshaped(flatten);
    }
    if (layer instanceof MaxPool2d pool) {
      return new Pooled(pool);
    }
    throw new IllegalArgumentException(
        "double back-propagation: layer " + layer
            + " is there, expected Dense, Conv2d, Relu, Sigmoid, Tanh, MaxPool2d, Flatten and Dropout alone");
  }

  /** Linear in the input, and its weight's gradient linear in input and output gradient. */
  private static final class Bilinear extends Tangent {
    private final Layer layer;
    private final Layer linear;

    Bilinear(Layer layer, Layer linear) {
      this.layer = layer;
      this.linear = linear;
    }

    @Override
    INDArray forward(INDArray inputTangent) {
      return linear.forward(inputTangent, Mode.TRAINING);
    }

    @Override
    INDArray backward(INDArray outputGradient, INDArray outputGradientTangent) {
      linear.backwardParameters(outputGradient);
      INDArray tangent = layer.backward(outputGradientTangent);
      layer.parameters().get(0).gradient().addi(linear.parameters().get(0).gradient());
      return tangent;
    }
  }

  /** A function of each element, whose derivative and second derivative follow from its result. */
  private static final class Elementwise extends Tangent {
    private final Activation function;
    private INDArray output;
    private INDArray inputTangent;

    Elementwise(Activation function) {
      this.function = function;
    }

    @Override
    void at(INDArray input, INDArray output) {
      this.output = output;
    }

    @Override
    INDArray forward(INDArray inputTangent) {
      this.inputTangent = inputTangent;
      return function.backward(inputTangent).dup();
    }

    /** f' dy has the derivative f' (dy' + f''/f' x' dy). */
    @Override
    INDArray backward(INDArray outputGradient, INDArray outputGradientTangent) {
      INDArray curvature = function.curvature(output);
      return function.backward(
          curvature == null
              ? outputGradientTangent
              : curvature.muli(inputTangent).muli(outputGradient).addi(outputGradientTangent));
    }
  }

  /** Linear, and its own adjoint. */
  private static final class Diagonal extends Tangent {
    private final Layer layer;

    Diagonal(Layer layer) {
      this.layer = layer;
    }

    @Override
    INDArray forward(INDArray inputTangent) {
      return layer.backward(inputTangent).dup();
    }

    @Override
    INDArray backward(INDArray outputGradient, INDArray outputGradientTangent) {
      return layer.backward(outputGradientTangent);
    }
  }

  private static final class Reshaped extends Tangent {
    private final Flatten layer;
    private long[] shape;

    Reshaped(Flatten layer) {
      this.layer = layer;
    }

    @Override
    void at(INDArray input, INDArray output) {
      shape = output.shape();
    }

    @Override
    INDArray forward(INDArray inputTangent) {
      return inputTangent.dup('c').reshape('c', shape);
    }

    @Override
    INDArray backward(INDArray outputGradient, INDArray outputGradientTangent) {
      return layer.backward(outputGradientTangent);
    }
  }

  /** Linear where no maximum changes. */
  private static final class Pooled extends Tangent {
    private final MaxPool2d layer;
    private INDArray input;
    private long[] shape;

    Pooled(MaxPool2d layer) {
      this.layer = layer;
    }

    @Override
    void at(INDArray input, INDArray output) {
      this.input = input;
      shape = output.shape();
    }

    @Override
    INDArray forward(INDArray inputTangent) {
      int height = (int) input.size(2);
      int width = (int) input.size(3);
      double[] x = values(input);
      double[] tangent = values(inputTangent);
      int rows = (int) shape[2];
      int columns = (int) shape[3];
      double[] result = new double[(int) (shape[0] * shape[1]) * rows * columns];
      for (int i = 0; i < result.length; i++) {
        int row = i / columns % rows;
        int column = i % columns;
        int corner = i / (rows * columns) * height * width
            + row * layer.stride * width
            + column * layer.stride;
        result[i] = tangent[maximum(x, corner, width)];
      }
      return Nd4j.createFromArray(result).reshape('c', shape).castTo(input.dataType());
    }

    /** The place that the layer's gradient goes to: the first maximum, where 0 and -0 are equal. */
    private int maximum(double[] x, int corner, int width) {
      int best = corner;
      for (int place = 1; place < layer.size * layer.size; place++) {
        int at = corner + place / layer.size * width + place % layer.size;
        if (x[at] > x[best]) {
          best = at;
        }
      }
      return best;
    }

    private static double[] values(INDArray array) {
      Memory memory = Memory.of(array);
      double[] values = new double[memory.length()];
      memory.getDoubles(0, values, values.length);
      return values;
    }

    @Override
    INDArray backward(INDArray outputGradient, INDArray outputGradientTangent) {
      return layer.backward(outputGradientTangent);
    }
  }
}
