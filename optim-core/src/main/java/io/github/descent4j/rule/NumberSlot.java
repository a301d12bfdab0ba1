package io.github.descent4j.rule;

import io.github.descent4j.internal.program.Expression;

/**
 * A number of the optimizer's state in a {@link Formula}, one for each parameter, in double; as a term it is what it was
 * before the step.
 *
 * <pre>{@code
 * NumberSlot v = f.numberSlot("v");
 * Scalar square = f.ofNorms("square", n -> n[0] * n[0], f.gradient());
 * Term next = v.set(v.mix(beta2, square));
 * }</pre>
 */
public final class NumberSlot extends Term {
  private final String name;
  private final int place;

  NumberSlot(Formula formula, Expression expression, String name, int place) {
    super(formula, expression);
    this.name = name;
    this.place = place;
  }

  /** What it is called in state files. */
  public String name() {
    return name;
  }

  /**
   * Says what it is after the step.
   *
   * @param value a number: of the step, of norms, or of number slots
   * @return the new value, for use in other terms
   * @throws IllegalArgumentException if that has been said, or the value depends on the element
   */
  public Term set(Term value) {
    return formula.setNumber(this, place, value);
  }
}
