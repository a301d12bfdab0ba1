package io.github.descent4j.batch;

import io.github.descent4j.batch.Evaluator.Terms;

/** How far a point of a convex set is from stationary: the length of x - P(x - g). */
abstract class ProjectedTerms implements Terms {
  private final IterativeMinimizer minimizer;
  private final double[] scratch;

  ProjectedTerms(IterativeMinimizer minimizer, int size) {
    this.minimizer = minimizer;
    scratch = new double[size];
  }

  /** Moves a point to the nearest one of the set. */
  abstract void project(double[] point);

  @Override
  public final double measure(double[] x, double[] gradient) {
    Vectors.move(scratch, x, -1, gradient);
    project(scratch);
    Vectors.subtract(scratch, x, scratch);
    return minimizer.norm(scratch);
  }
}
