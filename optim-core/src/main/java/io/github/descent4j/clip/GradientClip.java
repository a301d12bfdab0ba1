package io.github.descent4j.clip;

import io.github.descent4j.decorator.StepContext;

/**
 * Limits gradients ahead of an update rule; immutable, so one clip may serve many optimizers.
 *
 * <p>A clip writes no gradient: it puts a scale or bounds into the step. Norms are summed in double
 * over fixed blocks, so that the result does not depend on memory order or threads. Clipping sees
 * gradients before coupled weight decay.
 *
 * <pre>{@code
 * Optimizer optimizer = new Adam(1e-3).clipped(GradientClip.byGlobalNorm(1.0));
 * }</pre>
 */
public interface GradientClip {

  /**
   * Puts this clip into a step.
   *
   * @return the norm of all gradients ahead of clipping, NaN where the clip measures none
   */
  double apply(StepContext step);

  /** The norm that {@link #apply} asks for, which lets a guard share its read of the gradients. */
  default Norm norm() {
    return Norm.L2;
  }

  /**
   * Clamps every element to {@code [-limit, limit]}: {@link #byValue(double, double)} with bounds of one
   * size.
   *
   * @param limit above 0; infinity limits nothing
   * @throws IllegalArgumentException if it is NaN or not above 0
   */
  static GradientClip byValue(double limit) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException("limit is " + limit + ", expected a number > 0");
    }
    return byValue(-limit, limit);
  }

  /**
   * Clamps every element: {@code g' = min(max(g, min), max)}. NaN stays NaN.
   *
   * @param min lower bound, may be negative infinity
   * @param max upper bound, may be infinity
   * @throws IllegalArgumentException if one is NaN or {@code min > max}
   */
  static GradientClip byValue(double min, double max) {
    return new ValueClip(min, max);
  }

  /**
   * Scales each gradient alone to an L2 norm of at most {@code maxNorm}.
   *
   * @throws IllegalArgumentException if {@code maxNorm} is not a finite number above 0
   */
  static GradientClip byNorm(double maxNorm) {
    return byNorm(maxNorm, Norm.L2);
  }

  /**
   * Scales each gradient alone by {@code min(1, maxNorm / norm)}; a zero gradient stays.
   *
   * @throws IllegalArgumentException if {@code maxNorm} is not a finite number above 0
   */
  static GradientClip byNorm(double maxNorm, Norm norm) {
    return new NormClip(maxNorm, norm);
  }

  /**
   * Scales all gradients alike to a common L2 norm of at most {@code maxNorm} (Pascanu et al. 2013,
   * Algorithm 1).
   *
   * @throws IllegalArgumentException if {@code maxNorm} is not a finite number above 0
   */
  static GradientClip byGlobalNorm(double maxNorm) {
    return byGlobalNorm(maxNorm, Norm.L2);
  }

  /**
   * Scales all gradients by {@code min(1, maxNorm / norm)}, the norm taken over all of them; zero
   * gradients stay. A NaN makes every gradient NaN; an infinity makes finite elements 0 and itself
   * NaN.
   *
   * @throws IllegalArgumentException if {@code maxNorm} is not a finite number above 0
   */
  static GradientClip byGlobalNorm(double maxNorm, Norm norm) {
    return byGlobalNorm(maxNorm, norm, 0);
  }

  /**
   * The same with {@code min(1, maxNorm / (norm + epsilon))}: PyTorch's form with {@code epsilon =
   * 1e-6}.
   *
   * @throws IllegalArgumentException if {@code maxNorm} is not a finite number above 0, or {@code
   *     epsilon} not a finite number of at least 0
   */
  static GradientClip byGlobalNorm(double maxNorm, Norm norm, double epsilon) {
    return new GlobalNormClip(maxNorm, norm, epsilon);
  }
}
