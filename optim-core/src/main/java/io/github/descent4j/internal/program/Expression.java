package io.github.descent4j.internal.program;

/** A node of a {@link Description}, which makes it: equal expressions are the same object. */
public final class Expression {
  final Operation operation;
  final Expression[] arguments;

  /** Of an array, a scalar or a choice: its place among those of the description. */
  final int index;

  /** Of a constant. */
  final double constant;

  Expression(Operation operation, int index, double constant, Expression... arguments) {
    this.operation = operation;
    this.index = index;
    this.constant = constant;
    this.arguments = arguments;
  }

  /** Whether it is computed from numbers of the step alone. */
  boolean isNumber() {
    return operation == Operation.SCALAR || operation == Operation.CONSTANT;
  }

  boolean isComputed() {
    return arguments.length > 0;
  }
}
