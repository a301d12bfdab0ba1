package io.github.descent4j.batch;

import io.github.descent4j.Parameters;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The Hessian of an {@link Objective}. */
@FunctionalInterface
public interface HessianFunction {

  /**
   * Fills the Hessian at the parameters' present values.
   *
   * @param hessian DOUBLE [n, n], of zeros: row and column i belong to the i-th element of all parameters in their order, each in
   *     'c' order; symmetric, of which the lower half is read
   */
  void fill(Parameters parameters, INDArray hessian);
}
