package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameters;
import java.util.Optional;

/**
 * A function to minimize: its value and gradient where the parameters are.
 *
 * <pre>{@code
 * Objective squares = parameters -> {
 *   Parameter w = parameters.get("w");
 *   w.gradient().assign(w.value().mul(2));
 *   return w.value().norm2Number().doubleValue() * w.value().norm2Number().doubleValue();
 * };
 * }</pre>
 *
 * <p>The same point has to give the same value and gradient: no new mini-batch, no new dropout mask. A value, or an element of a
 * gradient, that is NaN or infinite says that the function is not defined there; a line search then takes a shorter step.
 */
@FunctionalInterface
public interface Objective {

  /**
   * The value at the parameters' present values; leaves the gradient of every parameter in its gradient array, and the values as
   * they are.
   */
  double evaluate(Parameters parameters);

  /** The exact Hessian, if there is one: {@link Newton} needs it. */
  default Optional<HessianFunction> hessian() {
    return Optional.empty();
  }

  /** Products of the Hessian and a vector, if there are any: {@link NewtonCg} needs them. */
  default Optional<HessianProduct> hessianProduct() {
    return Optional.empty();
  }

  /** This function with an exact Hessian. */
  default Objective withHessian(HessianFunction hessian) {
    requireNonNull(hessian, "hessian is null, expected a function that fills a matrix");
    return new SecondOrderObjective(this, Optional.of(hessian), hessianProduct());
  }

  /** This function with products of its Hessian and a vector. */
  default Objective withHessianProduct(HessianProduct product) {
    requireNonNull(product, "product is null, expected a function that multiplies by the Hessian");
    return new SecondOrderObjective(this, hessian(), Optional.of(product));
  }

  /**
   * This function with products of its Hessian and a vector from differences of gradients, for whoever has gradients alone.
   *
   * <pre>
   * H v = (g(x + e v) - g(x - e v)) / 2e,   e = cbrt(u) (1 + max|x|) / max|v|,
   * u = 2^-52 for DOUBLE parameters, 2^-23 if one is FLOAT, 2^-10 if one is FLOAT16, 2^-7 if one is BFLOAT16
   * </pre>
   *
   * <p>Where the function is not finite on one of the sides, e is sqrt(u) (1 + max|x|) / max|v| instead; where it is not there either,
   * the difference is that of the other side and x. Where there is no side at all, the product is NaN.
   *
   * <p>A product costs two evaluations, at an edge of the function up to five, which count as products and not as evaluations, and has
   * about two thirds of the digits that gradients have, at an edge half of them. The values of the parameters come back bit for bit;
   * their gradients do not.
   */
  default Objective withDifferencedHessianProduct() {
    return withHessianProduct(new DifferencedProduct(this));
  }
}
