package io.github.descent4j.batch;

import java.util.ArrayList;
import java.util.List;

/** The iterations so far, and whether they are enough. */
final class Progress {
  private static final int PATIENCE = 10;
  private static final double BOTTOM = -1e100;

  /** Elements that are as large as this, and as many times what the largest was at the start, are far out. */
  private static final double FAR = 1e10;

  private static final double FAR_FROM_START = 1e4;

  /** Steps as long as this, in lengths of their direction, come of doubling without end. */
  private static final double GREATEST_STEP = 1e12;

  private final IterativeMinimizer minimizer;
  private final Evaluator evaluator;
  private final IterationListener listener;
  private final List<Iteration> history = new ArrayList<>();
  private double smallestMeasure = Double.POSITIVE_INFINITY;

  /** The largest element at the start. */
  private double beginning;

  private int idle;

  Progress(IterativeMinimizer minimizer, Evaluator evaluator, IterationListener listener) {
    this.minimizer = minimizer;
    this.evaluator = evaluator;
    this.listener = listener;
  }

  List<Iteration> history() {
    return history;
  }

  int iterations() {
    return history.size() - 1;
  }

  /**
   * Takes note of an iteration and tells the listener.
   *
   * @param moved the largest change of an element, NaN at the start and where a step was rejected
   * @return why to stop, null to go on
   */
  StopReason reached(double[] x, double[] gradient, double value, double stepLength, double moved) {
    double measure = evaluator.measure(x, gradient);
    if (history.isEmpty()) {
      beginning = Vectors.maxNorm(x);
    }
    Iteration last = history.isEmpty() ? null : history.get(history.size() - 1);
    Iteration iteration =
        new Iteration(history.size(), value, measure, stepLength, evaluator.evaluations());
    history.add(iteration);
    evaluator.show(x, gradient);
    if (!listener.onIteration(iteration)) {
      return StopReason.STOPPED;
    }
    if (measure <= minimizer.gradientTolerance) {
      evaluator.preferIfAsLow(value, x, gradient);
      return met(StopReason.GRADIENT, evaluator.bestMeasure() <= minimizer.gradientTolerance);
    }
    if (value < BOTTOM) {
      return StopReason.UNBOUNDED;
    }
    if (!Double.isNaN(moved)) {
      // A step of some roundings, as along a gradient of the wrong sign, has met no tolerance.
      boolean moves = moved > evaluator.noise(Vectors.maxNorm(x));
      double change = Math.abs(value - last.value());
      double above = value - evaluator.bestValue() - evaluator.noise(value);
      double smallChange = minimizer.valueTolerance * Math.max(1, Math.abs(value));
      if (minimizer.valueTolerance > 0 && moves && change <= smallChange) {
        return met(StopReason.VALUE, above <= smallChange);
      }
      double smallStep = minimizer.stepTolerance * Math.max(1, Vectors.maxNorm(x));
      if (minimizer.stepTolerance > 0 && moves && moved <= smallStep) {
        return met(StopReason.STEP, above <= 0 || evaluator.distanceFromBest(x) <= smallStep);
      }
      int evaluations = iteration.evaluations() - last.evaluations();
      // A search that goes by rounding alone can be lower by another one at each of its calls.
      double creep = evaluator.noise(value) + evaluations * evaluator.rounding(value);
      boolean idles = change <= creep && measure >= smallestMeasure;
      idle = idles ? idle + 1 : 0;
      if (idle >= PATIENCE) {
        return StopReason.NO_PROGRESS;
      }
    }
    smallestMeasure = Math.min(smallestMeasure, measure);
    return iterations() >= minimizer.maxIterations ? StopReason.ITERATION_LIMIT : null;
  }

  /**
   * The parameters end at the best point, which may be another than the one that meets a tolerance: then there is nothing more to come,
   * and the result does not meet it.
   */
  private static StopReason met(StopReason reason, boolean byTheBest) {
    return byTheBest ? reason : StopReason.NO_PROGRESS;
  }

  /** Why to stop after a step of a method that begins each with the last one, doubled. */
  StopReason unlessUnbounded(StopReason reason, double[] x, double step) {
    boolean open = reason == null || reason == StopReason.GRADIENT;
    // The point may be so far out that rounding swallows the gradient.
    return open && step > GREATEST_STEP && isFar(x) ? StopReason.UNBOUNDED : reason;
  }

  /**
   * Whether a point is so far out that a function which still falls there counts as unbounded. How long a step is in lengths of its
   * direction does not tell: a direction is as short as the scale of the function makes it.
   */
  boolean isFar(double[] x) {
    double largest = Vectors.maxNorm(x);
    return largest >= FAR && largest >= FAR_FROM_START * beginning;
  }
}
