package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the layers require of their arguments, with messages that name what was found and what was expected. */
final class Checks {
  private Checks() {}

  /** A batch of at least one example of the given shape, where -1 stands for any length. */
  static void batch(String layer, INDArray input, DataType type, long... exampleShape) {
    Objects.requireNonNull(input, "input");
    boolean fits = input.rank() == exampleShape.length + 1 && !input.isEmpty();
    for (int d = 0; fits && d < exampleShape.length; d++) {
      fits = exampleShape[d] < 0 || input.size(d + 1) == exampleShape[d];
    }
    if (!fits) {
      throw new IllegalArgumentException(layer
          + ": input has shape "
          + Arrays.toString(input.shape())
          + ", expected [batch, "
          + Arrays.toString(exampleShape).substring(1).replace("-1", "any"));
    }
    type(layer, "input", input, type);
  }

  /** A batch of at least one example of any shape, FLOAT or DOUBLE. */
  static void anyBatch(String layer, INDArray input) {
    Objects.requireNonNull(input, "input");
    if (input.rank() < 2 || input.isEmpty()) {
      throw new IllegalArgumentException(layer
          + ": input has shape "
          + Arrays.toString(input.shape())
          + ", expected [batch, ...] with at least one example");
    }
    type(layer, "input", input, null);
  }

  /** An array of the given type, or, where that is null, of FLOAT or DOUBLE. */
  static void type(String layer, String what, INDArray array, DataType type) {
    DataType found = array.dataType();
    if (type == null ? !isSupported(found) : found != type) {
      throw new IllegalArgumentException(layer
          + ": "
          + what
          + " is of type "
          + found
          + ", expected "
          + (type == null ? "FLOAT or DOUBLE" : type));
    }
  }

  /** A gradient of the shape and type of the last output. */
  static void outputGradient(String layer, INDArray gradient, INDArray output) {
    Objects.requireNonNull(gradient, "outputGradient");
    if (output == null) {
      throw new IllegalStateException(
          layer + ": backward was called, expected forward in training mode before it");
    }
    if (!Arrays.equals(gradient.shape(), output.shape())) {
      throw new IllegalArgumentException(layer
          + ": output gradient has shape "
          + Arrays.toString(gradient.shape())
          + ", expected "
          + Arrays.toString(output.shape()));
    }
    type(layer, "output gradient", gradient, output.dataType());
  }

  /** A weight or bias that a layer can use in place. */
  static void parameter(String name, INDArray array, int rank) {
    Objects.requireNonNull(array, name);
    if (array.rank() != rank || array.isEmpty()) {
      throw new IllegalArgumentException(name
          + " has shape "
          + Arrays.toString(array.shape())
          + ", expected "
          + rank
          + " dimensions, none of length 0");
    }
    type(name, "array", array, null);
    if (!Memory.isDense(array)) {
      throw new IllegalArgumentException(name
          + " has strides "
          + Arrays.toString(array.stride())
          + ", expected 'c' order without gaps");
    }
  }

  /** A bias of one element for each of the weight's outputs. */
  static void bias(String name, INDArray bias, INDArray weight) {
    parameter(name, bias, 1);
    if (bias.length() != weight.size(0)) {
      throw new IllegalArgumentException(
          name + " has " + bias.length() + " elements, expected " + weight.size(0));
    }
    type(name, "array", bias, weight.dataType());
  }

  /** A window that fits the (padded) image at least once. */
  static void windowFits(
      String layer, long height, long width, long windowHeight, long windowWidth) {
    if (windowHeight > height || windowWidth > width) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "%s: padded image is %d x %d, expected at least %d x %d, the window",
          layer,
          height,
          width,
          windowHeight,
          windowWidth));
    }
  }

  /** An int that is at least some minimum. */
  static int atLeast(int minimum, String name, int value) {
    if (value < minimum) {
      throw new IllegalArgumentException(name + " is " + value + ", expected at least " + minimum);
    }
    return value;
  }

  /** The type of a network. */
  static DataType networkType(DataType type) {
    Objects.requireNonNull(type, "dataType");
    if (!isSupported(type)) {
      throw new IllegalArgumentException("dataType is " + type + ", expected FLOAT or DOUBLE");
    }
    return type;
  }

  private static boolean isSupported(DataType type) {
    return type == DataType.FLOAT || type == DataType.DOUBLE;
  }
}
