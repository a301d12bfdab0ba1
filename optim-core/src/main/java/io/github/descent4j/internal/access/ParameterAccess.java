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

  /** Where the gradient is now. */
  ArrayMemory gradientMemory(Parameter parameter);

  /** The same value with a gradient that a decorator has made, of the value's shape. */
  Parameter withGradient(Parameter parameter, INDArray gradient);

  /**
   * A closed array's memory is gone: reading it would end the JVM.
   *
   * @throws IllegalStateException if value or gradient has been closed
   */
  void requireOpen(Parameter parameter);
}
