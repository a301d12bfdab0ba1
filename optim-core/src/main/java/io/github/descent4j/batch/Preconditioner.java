package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An approximation of the inverse Hessian: symmetric, positive definite, the same at every call of a run.
 *
 * <p>{@link ConjugateGradient} and {@link LBfgs} then behave as on a function whose Hessian is H multiplied by it: the closer that is to
 * a multiple of the identity, the fewer iterations.
 */
@FunctionalInterface
public interface Preconditioner {

  /**
   * Applies it to a vector.
   *
   * @param vector an array for each parameter, of its type and shape
   * @param result filled in: likewise
   */
  void apply(List<INDArray> vector, List<INDArray> result);

  /**
   * Divides each element by one of a diagonal, such as that of the Hessian.
   *
   * @param diagonal an array for each parameter, in their order, of its shape and any type: finite numbers above 0; copied
   * @throws IllegalArgumentException if an element is no such number; from the minimization if the shapes are not those of the
   *     parameters
   */
  static Preconditioner dividingBy(INDArray... diagonal) {
    requireNonNull(diagonal, "diagonal is null, expected an array for each parameter");
    return new Diagonal(diagonal);
  }
}
