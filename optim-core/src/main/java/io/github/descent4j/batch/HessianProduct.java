package io.github.descent4j.batch;

import io.github.descent4j.Parameters;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The product of the Hessian of an {@link Objective} and a vector. */
@FunctionalInterface
public interface HessianProduct {

  /**
   * Multiplies by the Hessian at the parameters' present values. The gradient arrays may be used as one likes.
   *
   * @param vector an array for each parameter, of its type and shape
   * @param product filled in: likewise
   */
  void multiply(Parameters parameters, List<INDArray> vector, List<INDArray> product);
}
