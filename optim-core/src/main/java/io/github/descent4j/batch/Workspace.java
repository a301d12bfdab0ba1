package io.github.descent4j.batch;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;

/** The flat vectors of a run. They are made once, and kept by what runs again and again on the same parameters. */
final class Workspace {
  private final Parameters parameters;
  private final Layout layout;

  /** Where the parameters were at the start. */
  final double[] start;

  // Of the iteration.
  final double[] x;
  final double[] gradient;
  final double[] direction;

  // What is tried on the way to the next one.
  final double[] point;
  final double[] there;

  /** What the arrays of the parameters hold. */
  final double[] shown;

  final double[] best;
  final double[] bestGradient;

  private PairHistory pairs;
  private FlatPreconditioner preconditioner;

  Workspace(Parameters parameters) {
    this.parameters = parameters;
    layout = new Layout(parameters);
    int n = layout.size();
    start = new double[n];
    x = new double[n];
    gradient = new double[n];
    direction = new double[n];
    point = new double[n];
    there = new double[n];
    shown = new double[n];
    best = new double[n];
    bestGradient = new double[n];
  }

  Parameters parameters() {
    return parameters;
  }

  Layout layout() {
    return layout;
  }

  int size() {
    return layout.size();
  }

  /** Whether it is that of parameters of these names and arrays. */
  boolean isOf(Parameters others) {
    if (parameters == others) {
      return true;
    }
    boolean same = parameters.size() == others.size();
    for (int i = 0; same && i < parameters.size(); i++) {
      Parameter own = parameters.get(i);
      Parameter other = others.get(i);
      same = own.name().equals(other.name())
          && own.value() == other.value()
          && own.gradient() == other.gradient();
    }
    return same;
  }

  /** Lets a run go on from pairs of earlier ones. */
  void goOnFrom(PairHistory pairs) {
    this.pairs = pairs;
  }

  /** The pairs to go on from, or none yet. */
  PairHistory pairs(int history) {
    return pairs == null ? new PairHistory(history, size()) : pairs;
  }

  /** A preconditioner with the arrays that it works on. */
  FlatPreconditioner flat(Preconditioner each) {
    if (preconditioner == null || !preconditioner.isOf(each)) {
      preconditioner = new FlatPreconditioner(each, layout);
    }
    return preconditioner;
  }
}
