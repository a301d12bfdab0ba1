package io.github.descent4j.rule;

import io.github.descent4j.internal.program.Expression;

/**
 * A number of the whole step in a {@link Formula}: computed in double once a step, and rounded once to the
 * parameter's type where it meets an element.
 */
public final class Scalar extends Term {

  /** NaN where it depends on the step. */
  private final double value;

  Scalar(Formula formula, Expression expression, double value) {
    super(formula, expression);
    this.value = value;
  }

  /**
   * The value of a hyperparameter or constant.
   *
   * @throws IllegalStateException if it depends on the step
   */
  public double value() {
    if (Double.isNaN(value)) {
      throw new IllegalStateException(
          "scalar " + this + " depends on the step, expected a hyperparameter or constant");
    }
    return value;
  }

  /** {@code 1 - this}, in double. */
  public Scalar complement() {
    return (Scalar) formula.constant(1).minus(this);
  }
}
