package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The nearest point of a closed convex set.
 *
 * <pre>{@code
 * Projection ball = parameters -> {
 *   INDArray w = parameters.get("w").value();
 *   double norm = w.norm2Number().doubleValue();
 *   if (norm > 1) {
 *     w.divi(norm);
 *   }
 * };
 * }</pre>
 */
@FunctionalInterface
public interface Projection {

  /**
   * Moves the values to the nearest point of the set; a point of the set stays as it is.
   *
   * @param parameters of the names, types and shapes of those that are minimized over, but not the same: their gradients mean nothing
   */
  void project(Parameters parameters);

  /**
   * Onto the box lower &lt;= x &lt;= upper of all elements.
   *
   * @param lower not above upper; may be infinite
   * @param upper may be infinite
   */
  static Projection box(double lower, double upper) {
    if (!(lower <= upper)) {
      throw new IllegalArgumentException(
          "lower is " + lower + ", expected a number <= upper = " + upper);
    }
    return parameters -> {
      for (Parameter parameter : parameters) {
        if (!parameter.value().isEmpty()) {
          INDArray value = parameter.value();
          value.assign(Nd4j.math().clipByValue(value, lower, upper));
        }
      }
    };
  }

  /** Onto x &gt;= 0. */
  static Projection nonNegative() {
    return box(0, Double.POSITIVE_INFINITY);
  }

  /** First onto this set, then onto another: the nearest point of both if they are of different parameters. */
  default Projection then(Projection next) {
    requireNonNull(next, "next is null, expected a projection");
    return parameters -> {
      project(parameters);
      next.project(parameters);
    };
  }
}
