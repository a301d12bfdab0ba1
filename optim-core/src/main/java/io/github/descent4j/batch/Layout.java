package io.github.descent4j.batch;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** All parameters as one flat vector: in their order, the elements of each in 'c' order. */
final class Layout {
  private final Parameters parameters;
  private final FlatArrays values;
  private final FlatArrays gradients;
  private final int size;
  private final double precision;

  Layout(Parameters parameters) {
    this.parameters = parameters;
    long total = 0;
    double coarsest = 0x1p-52;
    requireOpen();
    for (Parameter parameter : parameters) {
      total += parameter.value().isEmpty() ? 0 : parameter.value().length();
      coarsest = Math.max(coarsest, precision(parameter.value().dataType()));
    }
    if (total == 0 || total > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("parameters have " + total
          + " elements together, expected from 1 to " + (Integer.MAX_VALUE - 8));
    }
    size = (int) total;
    precision = coarsest;
    List<INDArray> allValues = new ArrayList<>();
    List<INDArray> allGradients = new ArrayList<>();
    for (Parameter parameter : parameters) {
      allValues.add(parameter.value());
      allGradients.add(parameter.gradient());
    }
    values = new FlatArrays(allValues);
    gradients = new FlatArrays(allGradients);
  }

  void requireOpen() {
    for (Parameter parameter : parameters) {
      requireOpen(parameter, "value", parameter.value());
      requireOpen(parameter, "gradient", parameter.gradient());
    }
  }

  private static void requireOpen(Parameter parameter, String what, INDArray array) {
    if (array.wasClosed()) {
      throw new IllegalStateException(what + " of parameter '" + parameter.name()
          + "' has been closed, expected an open array");
    }
  }

  private static double precision(DataType type) {
    return switch (type) {
      case DOUBLE -> 0x1p-52;
      case FLOAT -> 0x1p-23;
      case HALF -> 0x1p-10;
      default -> 0x1p-7;
    };
  }

  /** How many elements all parameters have. */
  int size() {
    return size;
  }

  /** The distance from 1 to the next number, in the coarsest type. */
  double precision() {
    return precision;
  }

  void readValues(double[] to) {
    values.read(to);
  }

  /** Leaves in the vector what is in the arrays, rounded to their types. */
  void writeValues(double[] from) {
    values.write(from);
  }

  void readGradients(double[] to) {
    gradients.read(to);
  }

  void writeGradients(double[] from) {
    gradients.write(from);
  }

  /** New arrays of the parameters' types and shapes, in 'c' order. */
  @SuppressWarnings("try") // The scope is left by closing it, and has no other use.
  FlatArrays newArrays() {
    List<INDArray> arrays = new ArrayList<>();
    // They may outlive the workspace that a caller has open.
    try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      for (Parameter parameter : parameters) {
        INDArray value = parameter.value();
        arrays.add(value.isEmpty() ? value : Nd4j.create(value.dataType(), value.shape(), 'c'));
      }
    }
    return new FlatArrays(List.copyOf(arrays));
  }

  /** Refuses arrays that are not one for each parameter, of its shape. */
  void requireShapes(List<INDArray> arrays, String what) {
    if (arrays.size() != parameters.size()) {
      throw new IllegalArgumentException(what + " has " + arrays.size()
          + " arrays, expected one for each of " + parameters.size() + " parameters");
    }
    for (int i = 0; i < arrays.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (!Arrays.equals(arrays.get(i).shape(), parameter.value().shape())) {
        throw new IllegalArgumentException(what + " of parameter '" + parameter.name()
            + "' has shape " + Arrays.toString(arrays.get(i).shape()) + ", expected "
            + Arrays.toString(parameter.value().shape()) + " as the value");
      }
    }
  }

  /** The parameter that an element of the vector belongs to. */
  String nameOf(int element) {
    for (int i = 0; i < parameters.size(); i++) {
      if (element < values.end(i)) {
        return parameters.get(i).name();
      }
    }
    throw new IllegalArgumentException("element is " + element + ", expected less than " + size);
  }
}
