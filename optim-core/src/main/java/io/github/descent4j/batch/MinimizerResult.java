package io.github.descent4j.batch;

import java.util.List;

/**
 * What a {@link Minimizer} has reached: the parameters are at this point.
 *
 * @param value the lowest value seen
 * @param gradientNorm the norm of the gradient there, or of what the method has in its place
 * @param iterations how many there were
 * @param evaluations of value and gradient together
 * @param hessians evaluations of the Hessian, or products of it and a vector
 * @param reason why it ended
 * @param history every iteration, the start included
 */
public record MinimizerResult(
    double value,
    double gradientNorm,
    int iterations,
    int evaluations,
    int hessians,
    StopReason reason,
    List<Iteration> history) {

  /** Takes a copy of the history. */
  public MinimizerResult {
    history = List.copyOf(history);
  }

  /** Whether a tolerance was met. */
  public boolean converged() {
    return reason.converged();
  }

  /** Without the history. */
  @Override
  public String toString() {
    return "MinimizerResult[value=" + value + ", gradientNorm=" + gradientNorm + ", iterations="
        + iterations + ", evaluations=" + evaluations + ", hessians=" + hessians + ", reason="
        + reason + "]";
  }
}
