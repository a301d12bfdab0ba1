package io.github.descent4j.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/** A loss whose second derivatives are known. */
abstract class CurvedLoss implements Loss {

  /**
   * The derivative of the loss's gradient at the last outputs along a direction: the product with the matrix of second derivatives.
   *
   * @param tangent a direction, in the shape and type of the outputs
   * @return a new array of that shape and type
   */
  abstract INDArray curvature(INDArray tangent);
}
