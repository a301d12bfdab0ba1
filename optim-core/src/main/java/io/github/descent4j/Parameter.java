package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.Registry;
import io.github.descent4j.internal.memory.ArrayMemory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

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

  /** Null where the gradient is given as rows. */
  private final INDArray gradient;

  /** Null where the gradient is given as an array. */
  private final RowGradient rows;

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
        parameter.requireGradient();
        return parameter.gradientMemory();
      }

      @Override
      public ArrayMemory givenMemory(Parameter parameter) {
        return parameter.gradientMemory();
      }

      @Override
      public ArrayMemory orderedMemory(Parameter parameter) {
        return parameter.rows == null ? parameter.gradientMemory() : parameter.rows.memory();
      }

      @Override
      public int[] places(Parameter parameter) {
        return parameter.rows == null ? null : parameter.rows.places();
      }

      @Override
      public long[] rows(Parameter parameter) {
        return parameter.rows == null ? null : parameter.rows.indices();
      }

      @Override
      public Parameter withGradient(Parameter parameter, INDArray gradient) {
        return new Parameter(parameter.name, parameter.value, gradient, null);
      }

      @Override
      public void requireOpen(Parameter parameter) {
        Parameter.requireOpen(parameter.name, "value", parameter.value);
        Parameter.requireOpen(
            parameter.name,
            "gradient",
            parameter.rows == null ? parameter.gradient : parameter.rows.given());
      }
    });
  }

  private Parameter(String name, INDArray value, INDArray gradient, RowGradient rows) {
    this.name = name;
    this.value = value;
    this.gradient = gradient;
    this.rows = rows;
    valueMemory = ArrayMemory.of(value);
    gradientMemory = rows == null ? ArrayMemory.of(gradient) : rows.givenMemory();
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
    requireName(name);
    requireNonNull(value, () -> "value of parameter '" + name + "' is null, expected an array");
    requireNonNull(
        gradient, () -> "gradient of parameter '" + name + "' is null, expected an array");
    requireOpen(name, "value", value);
    requireOpen(name, "gradient", gradient);
    requireType(name, value, gradient.dataType());
    if (!Arrays.equals(value.shape(), gradient.shape())) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "gradient of parameter '%s' has shape %s, expected %s as the value",
          name,
          Arrays.toString(gradient.shape()),
          Arrays.toString(value.shape())));
    }
    Parameter parameter = new Parameter(name, value, gradient, null);
    parameter.requireValueOfItsOwn();
    if (parameter.valueMemory.overlaps(parameter.gradientMemory)) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "value and gradient of parameter '%s' share memory, expected two arrays",
          name));
    }
    return parameter;
  }

  /**
   * Pairs a value with a gradient that is 0 but for some rows.
   *
   * <p>Not every rule and decorator takes one: those that do not fail the step, and say so.
   *
   * @param name what the optimizer's state is kept under, not empty
   * @param value updated in place: of the gradient's type, of at least one dimension
   * @param gradient of this step
   * @throws NullPointerException if an argument is null
   * @throws IllegalStateException if the value has been closed
   * @throws IllegalArgumentException if the name is empty, types or the shapes of a row differ, a row is not one of the
   *     value's, or elements of the value share memory with each other
   */
  public static Parameter ofRows(String name, INDArray value, RowGradient gradient) {
    requireName(name);
    requireNonNull(value, () -> "value of parameter '" + name + "' is null, expected an array");
    requireNonNull(gradient, () -> "gradient of parameter '" + name + "' is null, expected rows");
    requireOpen(name, "value", value);
    requireType(name, value, gradient.type());
    requireRows(name, value.shape(), gradient);
    Parameter parameter = new Parameter(name, value, null, gradient);
    parameter.requireValueOfItsOwn();
    return parameter;
  }

  private static void requireRows(String name, long[] shape, RowGradient gradient) {
    if (shape.length == 0) {
      throw new IllegalArgumentException(
          "value of parameter '" + name + "' is a scalar, expected an array with rows");
    }
    long[] rows = gradient.indices();
    long[] expected = shape.clone();
    expected[0] = rows.length;
    if (!Arrays.equals(gradient.shape(), expected)) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "gradient of parameter '%s' has rows of shape %s, expected %s of a value of %s",
          name,
          Arrays.toString(gradient.shape()),
          Arrays.toString(expected),
          Arrays.toString(shape)));
    }
    if (rows.length > 0 && rows[rows.length - 1] >= shape[0]) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "gradient of parameter '%s' has row %d, expected less than %d, as the value has",
          name,
          rows[rows.length - 1],
          shape[0]));
    }
    if (shape[0] > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "value of parameter '" + name + "' has " + shape[0] + " rows, expected at most 2^31 - 1");
    }
  }

  private static void requireName(String name) {
    requireNonNull(name, "name of a parameter is null, expected a name");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name of a parameter is empty, expected a name");
    }
  }

  private static void requireType(String name, INDArray value, DataType ofGradient) {
    if (value.dataType() != ofGradient) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "gradient of parameter '%s' is of type %s, expected %s as the value",
          name,
          ofGradient,
          value.dataType()));
    }
    if (!ArrayMemory.supports(value.dataType())) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "value of parameter '%s' is of type %s, expected FLOAT, DOUBLE, FLOAT16 or BFLOAT16",
          name,
          value.dataType()));
    }
  }

  private void requireValueOfItsOwn() {
    if (valueMemory.overlapsItself()) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "value of parameter '%s' has elements that share memory (shape %s, strides %s),"
              + " expected an array of its own: dup() makes one",
          name,
          Arrays.toString(value.shape()),
          Arrays.toString(value.stride())));
    }
  }

  /** What the optimizer's state is kept under. */
  public String name() {
    return name;
  }

  /** The array that is updated in place. */
  public INDArray value() {
    return value;
  }

  /**
   * The array that a step reads.
   *
   * @throws IllegalStateException if the gradient is given as {@linkplain #rows rows}
   */
  public INDArray gradient() {
    requireGradient();
    return gradient;
  }

  /** The rows that a step reads, if the gradient is given as rows. */
  public Optional<RowGradient> rows() {
    return Optional.ofNullable(rows);
  }

  private void requireGradient() {
    if (rows != null) {
      throw new IllegalStateException(
          "gradient of parameter '" + name + "' is given as rows, expected a whole gradient here");
    }
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

  /** Where the gradient is now, or the rows that were given. */
  ArrayMemory gradientMemory() {
    if (rows == null && !gradientMemory.describes(gradient)) {
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
