package io.github.descent4j.batch;

/** Newton's directions, and those of steepest descent where a line search along one has failed. */
abstract class NewtonDirections implements Directions {
  private boolean steepest;

  /**
   * Fills in a direction from a solution of H d = -g.
   *
   * @return false if there is none
   */
  abstract boolean solve(double[] x, double[] gradient, double[] direction);

  @Override
  public final void find(double[] x, double[] gradient, double[] direction) {
    steepest = steepest || !solve(x, gradient, direction);
    if (steepest) {
      Vectors.negate(direction, gradient);
    }
  }

  @Override
  public final void moved(
      double[] gradient,
      double[] step,
      double[] change,
      double stepLength,
      double slope,
      double noise) {
    steepest = false;
  }

  @Override
  public final double suggestedStep(double[] gradient, double slope, double decrease) {
    return steepest ? 1 / Vectors.twoNorm(gradient) : 1;
  }

  @Override
  public final boolean forget() {
    boolean wasNewton = !steepest;
    steepest = true;
    return wasNewton;
  }
}
