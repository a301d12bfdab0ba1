package io.github.descent4j.benchmarks;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Parameters and gradients in ND4J arrays, filled from {@link Inputs}. */
final class Model implements AutoCloseable {
  private final List<INDArray> values = new ArrayList<>();
  private final List<INDArray> gradients = new ArrayList<>();
  private final int length;

  /**
   * Makes and fills the arrays.
   *
   * @param size a number of elements, or how many parameters of how many elements: {@code 200x1000}
   */
  Model(String size) {
    int count = StepBenchmark.count(size);
    length = StepBenchmark.length(size);
    for (int i = 0; i < count; i++) {
      values.add(Nd4j.createUninitialized(DataType.FLOAT, length));
      gradients.add(Nd4j.createUninitialized(DataType.FLOAT, length));
    }
    float[] buffer = new float[length];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < length; j++) {
        buffer[j] = Inputs.parameter(i * length + j);
      }
      memory(values.get(i)).put(buffer);
    }
    fillGradients(1);
  }

  /** A new array's memory. */
  private static FloatBuffer memory(INDArray array) {
    return array.data().pointer().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** A new array's elements. */
  static float[] elements(INDArray array) {
    float[] elements = new float[(int) array.length()];
    memory(array).get(elements);
    return elements;
  }

  List<INDArray> values() {
    return values;
  }

  List<INDArray> gradients() {
    return gradients;
  }

  Parameters parameters() {
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      parameters.add(Parameter.of("p" + i, values.get(i), gradients.get(i)));
    }
    return Parameters.of(parameters);
  }

  /** Writes the gradients of {@link Inputs}, each times the scale. */
  void fillGradients(float scale) {
    float[] buffer = new float[length];
    for (int i = 0; i < gradients.size(); i++) {
      for (int j = 0; j < length; j++) {
        buffer[j] = Inputs.gradient(i * length + j) * scale;
      }
      memory(gradients.get(i)).put(buffer);
    }
  }

  /** Takes over another model's gradients. */
  void copyGradients(Model from) {
    for (int i = 0; i < gradients.size(); i++) {
      memory(gradients.get(i)).put(memory(from.gradients.get(i)));
    }
  }

  /**
   * Takes the formula's steps and requires that the parameters are where it puts them; afterwards the
   * gradients are those of scale 1 again.
   */
  void validate(String who, Formula formula, Runnable step) {
    for (int t = 1; t <= formula.steps(); t++) {
      fillGradients(Inputs.scale(t));
      step.run();
    }
    for (int i = 0; i < values.size(); i++) {
      formula.check(who, i * length, elements(values.get(i)));
    }
    fillGradients(1);
  }

  @Override
  public void close() {
    values.forEach(INDArray::close);
    gradients.forEach(INDArray::close);
  }
}
