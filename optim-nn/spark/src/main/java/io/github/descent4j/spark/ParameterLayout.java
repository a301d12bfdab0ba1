package io.github.descent4j.spark;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Names, types and shapes of parameters, of which an executor makes its own. */
record ParameterLayout(List<Array> arrays) implements Serializable {

  /** One of them. */
  record Array(String name, DataType type, List<Long> shape) implements Serializable {}

  static ParameterLayout of(Parameters parameters) {
    List<Array> arrays = new ArrayList<>();
    for (Parameter parameter : parameters) {
      List<Long> shape = new ArrayList<>();
      for (long length : parameter.value().shape()) {
        shape.add(length);
      }
      arrays.add(new Array(parameter.name(), parameter.value().dataType(), List.copyOf(shape)));
    }
    return new ParameterLayout(List.copyOf(arrays));
  }

  /** New arrays of zeros. */
  Parameters create() {
    List<Parameter> parameters = new ArrayList<>();
    for (Array array : arrays) {
      long[] shape = array.shape.stream().mapToLong(Long::longValue).toArray();
      parameters.add(
          Parameter.of(array.name, Nd4j.zeros(array.type, shape), Nd4j.zeros(array.type, shape)));
    }
    return Parameters.of(parameters);
  }
}
