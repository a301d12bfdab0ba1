package io.github.descent4j.internal.program;

/**
 * What an expression does. There is no comparison: selecting by one keeps C2 from vectorizing a loop, which is
 * then six to ten times slower.
 */
enum Operation {
  /** The element of an array. */
  INPUT(0),
  /** A number of the whole step, rounded once to the elements' type. */
  SCALAR(0),
  CONSTANT(0),
  ADD(2),
  SUBTRACT(2),
  MULTIPLY(2),
  DIVIDE(2),
  MINIMUM(2),
  MAXIMUM(2),
  SQUARE_ROOT(1),
  ABSOLUTE(1),
  /** -1, 0 or 1, and NaN of NaN. */
  SIGN(1),
  /** One of its arguments, chosen once a step; no program has it. */
  EITHER(2);

  final int arguments;

  Operation(int arguments) {
    this.arguments = arguments;
  }

  /** Of numbers of the step, in double. */
  double of(double a, double b) {
    return switch (this) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MINIMUM -> Math.min(a, b);
      case MAXIMUM -> Math.max(a, b);
      case SQUARE_ROOT -> Math.sqrt(a);
      case ABSOLUTE -> Math.abs(a);
      case SIGN -> Math.signum(a);
      case INPUT, SCALAR, CONSTANT, EITHER -> throw new AssertionError(this);
    };
  }
}
