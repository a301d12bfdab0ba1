package io.github.descent4j.mnist.tour;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A point that an optimizer moves, in double precision. */
final class Iterate {
  private final INDArray point;
  private final INDArray gradient;
  private final Parameters parameters;

  Iterate(double... start) {
    point = Nd4j.createFromArray(start);
    gradient = Nd4j.zeros(point.dataType(), start.length);
    parameters = Parameters.of(Parameter.of("x", point, gradient));
  }

  double[] point() {
    return point.toDoubleVector();
  }

  /** The first element of what an optimizer that has stepped it remembers. */
  double slot(Optimizer optimizer, String name) {
    return optimizer.state().slot("x", name).getDouble(0);
  }

  /** Lets the optimizer take a step against a gradient. */
  void step(Optimizer optimizer, double... slope) {
    for (int i = 0; i < slope.length; i++) {
      gradient.putScalar(i, slope[i]);
    }
    optimizer.step(parameters);
  }
}
