package io.github.descent4j.constraint;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameter;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.memory.FlatArray;
import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A copy of an array that a set is made of. */
final class FixedArray {
  private final String name;
  private final long[] shape;
  private final double[] elements;

  FixedArray(String name, INDArray array) {
    requireNonNull(array, () -> name + " is null, expected an array");
    this.name = name;
    shape = array.shape().clone();
    FlatArray flat = FlatArray.of(array);
    elements = new double[flat.end()];
    flat.read(elements);
  }

  double at(int index) {
    return elements[index];
  }

  void requireShapeOf(Parameter parameter) {
    if (!Arrays.equals(shape, parameter.value().shape())) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "%s has shape %s, expected that of parameter '%s': %s",
          name,
          Arrays.toString(shape),
          parameter.name(),
          Arrays.toString(parameter.value().shape())));
    }
  }

  void requireFinite() {
    for (int i = 0; i < elements.length; i++) {
      Check.require(
          Double.isFinite(elements[i]), name + "[" + i + "]", elements[i], "a finite number");
    }
  }

  void requireBelow(FixedArray upper) {
    if (!Arrays.equals(shape, upper.shape)) {
      throw new IllegalArgumentException(name + " has shape " + Arrays.toString(shape)
          + ", expected that of " + upper.name + ": " + Arrays.toString(upper.shape));
    }
    for (int i = 0; i < elements.length; i++) {
      Check.require(
          elements[i] <= upper.elements[i],
          name + "[" + i + "]",
          elements[i],
          "a number <= " + upper.name + "[" + i + "] = " + upper.elements[i]);
    }
  }

  /** The squared L2 norm, of what is a direction. */
  double squares() {
    requireFinite();
    double sum = 0;
    for (double element : elements) {
      sum += element * element;
    }
    return Check.require(
        sum >= Double.MIN_NORMAL && sum < Double.POSITIVE_INFINITY,
        "squared norm of " + name,
        sum,
        "a finite number above 0");
  }

  /**
   * Moves a point along this direction until its product with it is b.
   *
   * @param least no move if the product exceeds b by less
   */
  void move(double[] x, double b, double least, double squares) {
    double product = 0;
    double size = Math.abs(b);
    for (int i = 0; i < x.length; i++) {
      product += elements[i] * x[i];
      size += Math.abs(elements[i] * x[i]);
    }
    double excess = product - b;
    // An excess that is all rounding would move points of the set.
    double rounding = 0x1p-53 * x.length * size;
    if (!Double.isFinite(size) || excess <= least || Math.abs(excess) <= rounding) {
      return;
    }
    for (int i = 0; i < x.length; i++) {
      x[i] -= excess / squares * elements[i];
    }
  }

  @Override
  public String toString() {
    return name + Arrays.toString(shape);
  }
}
