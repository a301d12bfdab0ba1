package io.github.descent4j.batch;

/** Why a {@link Minimizer} has ended. */
public enum StopReason {
  /** The norm of the gradient is at most its tolerance: converged. */
  GRADIENT,
  /** The value changed by no more than its tolerance, in a step that moved the parameters by more than eight roundings: converged. */
  VALUE,
  /** The parameters changed by more than eight roundings, and no more than their tolerance: converged. */
  STEP,
  /**
   * For ten iterations the gradient has not become smaller, and none of them has changed the value by more than rounding can: by eight
   * roundings, and one more for each evaluation. Or a tolerance is met at a point that is higher than the best one, at which the
   * parameters end, and that one does not meet it.
   */
  NO_PROGRESS,
  /** The limit of iterations is reached. */
  ITERATION_LIMIT,
  /** The limit of evaluations is reached. */
  EVALUATION_LIMIT,
  /**
   * No step along the direction of steepest descent is a sufficient decrease: the gradient is not that of the value, or the value
   * cannot fall by more than its rounding.
   */
  LINE_SEARCH_FAILED,
  /** The direction of steepest descent does not descend: the gradient, or a preconditioner, is not what it should be. */
  NOT_A_DESCENT_DIRECTION,
  /**
   * The function still falls steeply so far out that an element is above 1e10 and above ten thousand times the largest one at the
   * start, or its value is below -1e100.
   */
  UNBOUNDED,
  /** The listener said so. */
  STOPPED;

  /** Whether a tolerance was met. */
  public boolean converged() {
    return this == GRADIENT || this == VALUE || this == STEP;
  }
}
