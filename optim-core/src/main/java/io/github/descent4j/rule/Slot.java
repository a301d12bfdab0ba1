package io.github.descent4j.rule;

import io.github.descent4j.internal.program.Expression;

/**
 * An array of the optimizer's state in a {@link Formula}, in the parameter's shape; as a term it is what it was
 * before the step.
 *
 * <pre>{@code
 * Slot velocity = f.slot("v");
 * Term next = velocity.set(momentum.times(velocity).plus(f.gradient()));
 * f.subtract(f.learningRate().times(next));
 * }</pre>
 */
public final class Slot extends Term {
  private final String name;
  private final double initialValue;
  private final int array;

  Slot(Formula formula, Expression expression, String name, double initialValue, int array) {
    super(formula, expression);
    this.name = name;
    this.initialValue = initialValue;
    this.array = array;
  }

  /** What it is called in state files. */
  public String name() {
    return name;
  }

  /** What every element is ahead of the parameter's first step. */
  public double initialValue() {
    return initialValue;
  }

  int array() {
    return array;
  }

  /**
   * Says what it is after the step.
   *
   * @return the new value, for use in other terms
   * @throws IllegalArgumentException if that has been said
   */
  public Term set(Term value) {
    return formula.set("slot '" + name + "'", array, value);
  }
}
