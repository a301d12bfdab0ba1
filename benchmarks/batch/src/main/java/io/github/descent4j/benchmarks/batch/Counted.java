package io.github.descent4j.benchmarks.batch;

import java.util.Arrays;

/**
 * A function that counts its evaluations and ends the search when the largest element of the gradient is small enough, or the evaluations
 * are too many: the same stopping rule for everybody. A library that asks for value and gradient one after the other pays once.
 */
final class Counted {

  /** Ends a search from inside a library. */
  static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1;

    Ended() {
      super("ended", null, false, false);
    }
  }

  private final Smooth function;
  private final double tolerance;
  private final int mostEvaluations;
  private final double[] last;
  private final double[] gradient;
  private double value;
  private int evaluations;
  private boolean reached;

  Counted(Smooth function, double tolerance, int mostEvaluations) {
    this.function = function;
    this.tolerance = tolerance;
    this.mostEvaluations = mostEvaluations;
    last = new double[function.start().length];
    gradient = new double[last.length];
  }

  /** Whether the gradient was small enough at the last evaluation. */
  boolean reached() {
    return reached;
  }

  int evaluations() {
    return evaluations;
  }

  double value() {
    return value;
  }

  double value(double[] x) {
    evaluate(x);
    return value;
  }

  double[] gradient(double[] x) {
    evaluate(x);
    return gradient;
  }

  private void evaluate(double[] x) {
    if (evaluations > 0 && Arrays.equals(x, last)) {
      return;
    }
    System.arraycopy(x, 0, last, 0, x.length);
    evaluations++;
    value = function.evaluate(x, gradient);
    double largest = 0;
    for (double element : gradient) {
      largest = Math.max(largest, Math.abs(element));
    }
    reached = largest <= tolerance;
    if (reached || evaluations >= mostEvaluations) {
      throw new Ended();
    }
  }
}
