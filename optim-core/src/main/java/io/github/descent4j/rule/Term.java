package io.github.descent4j.rule;

import io.github.descent4j.internal.program.Expression;
import java.util.function.BinaryOperator;

/**
 * What is computed for every element of a parameter: an expression over the parameter, its gradient, slots and
 * numbers of the step.
 *
 * <p>Operations are those of IEEE 754 in the parameter's type, in the order in which they stand; what uses numbers
 * alone is computed once a step, in double. There is no comparison, since selecting by one keeps a loop from being
 * vectorized: {@link #sign}, {@link #minimum}, {@link #maximum} and {@link #absolute} do what update rules need.
 *
 * <pre>{@code
 * Term update = mean.over(square.squareRoot().plus(epsilon));
 * }</pre>
 */
public class Term {
  final Formula formula;
  final Expression expression;

  Term(Formula formula, Expression expression) {
    this.formula = formula;
    this.expression = expression;
  }

  /** {@code this + other}. */
  public final Term plus(Term other) {
    return with("plus", other, formula.description()::add);
  }

  /** {@code this - other}. */
  public final Term minus(Term other) {
    return with("minus", other, formula.description()::subtract);
  }

  /** {@code this * other}. */
  public final Term times(Term other) {
    return with("times", other, formula.description()::multiply);
  }

  /** {@code this / other}. */
  public final Term over(Term other) {
    return with("over", other, formula.description()::divide);
  }

  /** The lesser of both, NaN if one is. */
  public final Term minimum(Term other) {
    return with("minimum", other, formula.description()::minimum);
  }

  /** The greater of both, NaN if one is. */
  public final Term maximum(Term other) {
    return with("maximum", other, formula.description()::maximum);
  }

  /** {@code this + number}. */
  public final Term plus(double number) {
    return plus(formula.constant(number));
  }

  /** {@code this - number}. */
  public final Term minus(double number) {
    return minus(formula.constant(number));
  }

  /** {@code this * number}. */
  public final Term times(double number) {
    return times(formula.constant(number));
  }

  /** {@code this / number}. */
  public final Term over(double number) {
    return over(formula.constant(number));
  }

  /** The lesser of this and a number, NaN if this is. */
  public final Term minimum(double number) {
    return minimum(formula.constant(number));
  }

  /** The greater of this and a number, NaN if this is. */
  public final Term maximum(double number) {
    return maximum(formula.constant(number));
  }

  /** {@code this * this}. */
  public final Term squared() {
    return times(this);
  }

  /** The square root, NaN of a negative number. */
  public final Term squareRoot() {
    return formula.term(formula.description().squareRoot(expression));
  }

  /** The absolute value. */
  public final Term absolute() {
    return formula.term(formula.description().absolute(expression));
  }

  /** -1, 0 or 1, and NaN of NaN. */
  public final Term sign() {
    return formula.term(formula.description().sign(expression));
  }

  /**
   * {@code factor this + (1 - factor) other}: a step of the exponential average this. {@code 1 - factor} is
   * computed in double.
   *
   * @param factor of what is kept
   */
  public final Term mix(Scalar factor, Term other) {
    formula.requireOwn("mix", factor);
    formula.requireOwn("mix", other);
    return factor.times(this).plus(factor.complement().times(other));
  }

  private Term with(String operation, Term other, BinaryOperator<Expression> compute) {
    formula.requireOwn(operation, other);
    return formula.term(compute.apply(expression, other.expression));
  }

  /** The formula of this term as text. */
  @Override
  public String toString() {
    return formula.description().text(expression);
  }
}
