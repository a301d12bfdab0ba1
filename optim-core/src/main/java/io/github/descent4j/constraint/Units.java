package io.github.descent4j.constraint;

/**
 * The parts of a parameter whose norms count one by one. An array of rank 0 or 1 is one unit.
 *
 * <pre>{@code
 * Projection projection = Projection.maxNorm(3, Units.OUTPUTS_LAST);
 * }</pre>
 */
public enum Units {
  /** All elements together. */
  PARAMETER,
  /** What leads to one output, outputs in the first dimension: a row of a dense weight, a filter of a kernel. */
  OUTPUTS_FIRST,
  /** The same with the outputs in the last dimension, as in Keras. */
  OUTPUTS_LAST;

  /** Takes each unit of an array in 'c' order. */
  void forEach(double[] x, long[] shape, Visitor visitor) {
    if (x.length == 0) {
      return;
    }
    boolean whole = this == PARAMETER || shape.length < 2;
    int count = whole ? 1 : (int) shape[this == OUTPUTS_FIRST ? 0 : shape.length - 1];
    int length = x.length / count;
    for (int unit = 0; unit < count; unit++) {
      if (this == OUTPUTS_LAST && !whole) {
        visitor.visit(new Unit(x, unit, count, length));
      } else {
        visitor.visit(new Unit(x, unit * length, 1, length));
      }
    }
  }

  /** What is done with a unit. */
  @FunctionalInterface
  interface Visitor {
    void visit(Unit unit);
  }
}
