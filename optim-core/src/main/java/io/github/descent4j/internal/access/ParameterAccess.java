package io.github.descent4j.internal.access;

import io.github.descent4j.Parameter;
import io.github.descent4j.internal.memory.ArrayMemory;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What this library does with a {@link Parameter} beyond what users see. */
public interface ParameterAccess {
  /** The only one. */
  ParameterAccess ACCESS = Registry.of(ParameterAccess.class, Parameter.class);

  /** Where the value is now. */
  ArrayMemory valueMemory(Parameter parameter);

  /**
   * Where the gradient is now.
   *
   * @throws IllegalStateException if it is given as rows
   */
  ArrayMemory gradientMemory(Parameter parameter);

  /** Where what was given of the gradient is now: all of it, or rows, the others being 0. */
  ArrayMemory givenMemory(Parameter parameter);

  /** The same with the rows in ascending order. */
  ArrayMemory orderedMemory(Parameter parameter);

  /** Where each of the {@link #rows} is in what was given, not to be changed; null if they are in that order. */
  int[] places(Parameter parameter);

  /** The rows, ascending, not to be changed; null where the gradient is an array. */
  long[] rows(Parameter parameter);

  /** The same value with a gradient that a decorator has made, of the value's shape. */
  Parameter withGradient(Parameter parameter, INDArray gradient);

  /**
   * A closed array's memory is gone: reading it would end the JVM.
   *
   * @throws IllegalStateException if value or gradient has been closed
   */
  void requireOpen(Parameter parameter);
}
