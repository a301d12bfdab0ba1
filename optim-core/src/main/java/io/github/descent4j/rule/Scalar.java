package io.github.descent4j.rule;

import io.github.descent4j.internal.program.Expression;

/**
 * A number of the whole step in a {@link Formula}: computed in double once a step, and rounded once to the
 * parameter's type where it meets an element.
 */
public final class Scalar extends Term {

  Scalar(Formula formula, Expression expression) {
    super(formula, expression);
  }

  /** {@code 1 - this}, in double. */
  public Scalar complement() {
    return (Scalar) formula.constant(1).minus(this);
  }
}
