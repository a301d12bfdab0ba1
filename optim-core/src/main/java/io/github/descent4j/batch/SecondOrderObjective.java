package io.github.descent4j.batch;

import io.github.descent4j.Parameters;
import java.util.Optional;

/** A function with second derivatives put to it. */
record SecondOrderObjective(
    Objective function, Optional<HessianFunction> hessian, Optional<HessianProduct> hessianProduct)
    implements Objective {

  @Override
  public double evaluate(Parameters parameters) {
    return function.evaluate(parameters);
  }
}
