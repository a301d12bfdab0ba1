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
   * @param diagonal an array for each parameter, in their order, of its type and shape: finite numbers above 0
   */
  static Preconditioner dividingBy(INDArray... diagonal) {
    for (int i = 0; i < diagonal.length; i++) {
      requireNonNull(diagonal[i], "diagonal has a null, expected an array for each parameter");
      double least = diagonal[i].isEmpty() ? 1 : diagonal[i].minNumber().doubleValue();
      double greatest = diagonal[i].isEmpty() ? 1 : diagonal[i].maxNumber().doubleValue();
      if (!(least > 0 && greatest < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("diagonal " + i + " has elements from " + least + " to "
            + greatest + ", expected finite numbers > 0");
      }
    }
    INDArray[] copy = diagonal.clone();
    return (vector, result) -> {
      if (vector.size() != copy.length) {
        throw new IllegalArgumentException("diagonal has " + copy.length
            + " arrays, expected one for each of " + vector.size() + " parameters");
      }
      for (int i = 0; i < copy.length; i++) {
        if (!copy[i].isEmpty()) {
          result.get(i).assign(vector.get(i).div(copy[i]));
        }
      }
    };
  }
}
