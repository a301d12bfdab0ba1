package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.Registry;
import io.github.descent4j.internal.memory.ArrayMemory;
import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A named array that an optimizer updates in place, and the gradient that it reads.
 *
 * <p>Both arrays may be of any order, stride, view offset, rank and length, 0 included, and their
 * memory orders may differ: elements are paired by index. FLOAT and DOUBLE are updated in their own
 * precision; FLOAT16 and BFLOAT16 in float, with float slots, and rounded once when written.
 *
 * <p>The arrays are held, not copied: fill the same gradient again before every step, or make a new
 * {@code Parameter} of the same name. The optimizer's state belongs to the name.
 *
 * <pre>{@code
 * Parameter bias = Parameter.of("bias", Nd4j.zeros(10), Nd4j.zeros(10));
 * }</pre>
 */
public final class Parameter {
  private final String name;
  private final INDArray value;
  private final INDArray gradient;
  private ArrayMemory valueMemory;
  private ArrayMemory gradientMemory;

  static {
    Registry.register(ParameterAccess.class, new ParameterAccess() {
      @Override
      public ArrayMemory valueMemory(Parameter parameter) {
        return parameter.valueMemory();
      }

      @Override
      public ArrayMemory gradientMemory(Parameter parameter) {
        return parameter.gradientMemory();
      }

      @Override
      public Parameter withGradient(Parameter parameter, INDArray gradient) {
        return new Parameter(parameter.name, parameter.value, gradient);
      }

      @Override
      public void requireOpen(Parameter parameter) {
        Parameter.requireOpen(parameter.name, "value", parameter.value);
        Parameter.requireOpen(parameter.name, "gradient", parameter.gradient);
      }
    });
  }

  private Parameter(String name, INDArray value, INDArray gradient) {
    this.name = name;
    this.value = value;
    this.gradient = gradient;
    valueMemory = ArrayMemory.of(value);
    gradientMemory = ArrayMemory.of(gradient);
  }

  /**
   * Pairs a value with its gradient.
   *
   * @param name what the optimizer's state is kept under, not empty
   * @param value updated in place: FLOAT, DOUBLE, FLOAT16 or BFLOAT16
   * @param gradient read at every step: of the same type and shape
   * @throws NullPointerException if an argument is null
   * @throws IllegalStateException if ND4J's backend is not that of the CPU, or an array has been closed
   * @throws IllegalArgumentException if the name is empty, a type is not one of the four, types or
   *     shapes differ, or elements of the value share memory with each other or with the gradient
   */
  public static Parameter of(String name, INDArray value, INDArray gradient) {
    requireNonNull(name, "name of a parameter is null, expected a name");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name of a parameter is empty, expected a name");
    }
    requireNonNull(value, () -> "value of parameter '" + name + "' is null, expected an array");
    requireNonNull(
        gradient, () -> "gradient of parameter '" + name + "' is null, expected an array");
    ArrayMemory.requireHostMemory(Nd4j.getExecutioner().type());
    requireOpen(name, "value", value);
    requireOpen(name, "gradient", gradient);
    if (value.dataType() != gradient.dataType()) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "gradient of parameter '%s' is of type %s, expected %s as the value",
          name,
          gradient.dataType(),
          value.dataType()));
    }
    if (!ArrayMemory.supports(value.dataType())) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "value of parameter '%s' is of type %s, expected FLOAT, DOUBLE, FLOAT16 or BFLOAT16",
          name,
          value.dataType()));
    }
    if (!Arrays.equals(value.shape(), gradient.shape())) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "gradient of parameter '%s' has shape %s, expected %s as the value",
          name,
          Arrays.toString(gradient.shape()),
          Arrays.toString(value.shape())));
    }
    Parameter parameter = new Parameter(name, value, gradient);
    if (parameter.valueMemory.overlapsItself()) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "value of parameter '%s' has elements that share memory (shape %s, strides %s),"
              + " expected an array of its own: dup() makes one",
          name,
          Arrays.toString(value.shape()),
          Arrays.toString(value.stride())));
    }
    if (parameter.valueMemory.overlaps(parameter.gradientMemory)) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "value and gradient of parameter '%s' share memory, expected two arrays",
          name));
    }
    return parameter;
  }

  /** What the optimizer's state is kept under. */
  public String name() {
    return name;
  }

  /** The array that is updated in place. */
  public INDArray value() {
    return value;
  }

  /** The array that a step reads. */
  public INDArray gradient() {
    return gradient;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s %s%s", name, value.dataType(), Arrays.toString(value.shape()));
  }

  /** Where the value is now. */
  ArrayMemory valueMemory() {
    if (!valueMemory.describes(value)) {
      valueMemory = ArrayMemory.of(value);
    }
    return valueMemory;
  }

  /** Where the gradient is now. */
  ArrayMemory gradientMemory() {
    if (!gradientMemory.describes(gradient)) {
      gradientMemory = ArrayMemory.of(gradient);
    }
    return gradientMemory;
  }

  private static void requireOpen(String name, String what, INDArray array) {
    if (array.wasClosed()) {
      throw new IllegalStateException(
          what + " of parameter '" + name + "' has been closed, expected an open array");
    }
  }
}
