package io.github.descent4j.batch;

/**
 * L-BFGS along paths that bend, because a direction leads out of where the point has to stay: the step is halved from 1 (as long as there
 * is no pair, from twice the last one, in the first iteration from min(1, 1 / |d|)) until f(x(a)) &lt;= f(x) + 1e-4 of what the method promises for x(a).
 */
abstract class PathSearch {
  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final int HALVINGS = 60;

  final double[] x;
  final double[] gradient;
  final double[] direction;

  /** The point x(a). */
  final double[] point;

  /** Its gradient, and before that is known anything that is needed for a moment. */
  final double[] there;

  private final Evaluator evaluator;
  private final PairHistory pairs;
  private final FlatPreconditioner none;

  PathSearch(Evaluator evaluator, int history) {
    this.evaluator = evaluator;
    Workspace workspace = evaluator.workspace();
    pairs = workspace.pairs(history);
    none = workspace.flat(null);
    x = workspace.x;
    gradient = workspace.gradient;
    direction = workspace.direction;
    point = workspace.point;
    there = workspace.there;
  }

  /**
   * Fills in a direction from the point and its gradient.
   *
   * @return whether it is one to search along
   */
  abstract boolean find();

  /** Fills in x(a), and returns the change of the value that slopes promise there. */
  abstract double follow(double step);

  /**
   * direction = H direction.
   *
   * @param free the elements of a subspace; null for all
   */
  final void multiply(boolean[] free) {
    pairs.multiply(direction, true, none, free);
  }

  /** Runs to its end from the point and the gradient, at which the function has a value. */
  final StopReason run(Progress progress, double start) {
    double value = start;
    // The last step while the slope is all that is known: 0 in the first iteration, and after pairs
    // that were forgotten.
    double last = 0;
    StopReason reason = progress.reached(x, gradient, value, 0, Double.NaN);
    while (reason == null) {
      boolean descends = find();
      double step = 1;
      if (pairs.count() == 0) {
        step = last > 0 ? 2 * last : Math.min(1, 1 / Vectors.twoNorm(direction));
      }
      double reached = Double.NaN;
      boolean found = false;
      for (int i = 0; i < HALVINGS && !found && descends; i++) {
        step = i == 0 ? step : step / 2;
        double promised = follow(step);
        reached = evaluator.evaluate(point, there);
        found = promised < 0 && reached <= value + SUFFICIENT_DECREASE * promised;
      }
      if (!found) {
        if (pairs.count() > 0) {
          pairs.clear();
          last = 0;
          continue;
        }
        if (last > 0) {
          last = 0;
          continue;
        }
        return StopReason.LINE_SEARCH_FAILED;
      }
      double larger = Math.max(Vectors.twoNorm(gradient), Vectors.twoNorm(there));
      Vectors.subtract(direction, point, x);
      Vectors.copy(point, x);
      Vectors.subtract(point, there, gradient);
      Vectors.copy(there, gradient);
      pairs.add(direction, point, evaluator.precision() * larger);
      last = step;
      value = reached;
      reason = progress.unlessUnbounded(
          progress.reached(x, gradient, value, step, Vectors.maxNorm(direction)), x, step);
    }
    return reason;
  }
}
