package io.github.descent4j.batch;

/** How a method finds its directions, with what it remembers. */
interface Directions {

  /** Fills in a direction from a point. */
  void find(double[] x, double[] gradient, double[] direction);

  /**
   * Takes note of a step from one point to the next.
   *
   * @param gradient at the next point
   * @param noise how long the part of the change may be that is rounding of the gradients
   */
  void moved(
      double[] gradient,
      double[] step,
      double[] gradientChange,
      double stepLength,
      double slope,
      double noise);

  /**
   * The first step for a line search along the direction that was last found.
   *
   * @param decrease of the value in the iteration before, NaN in the first
   */
  double suggestedStep(double[] gradient, double slope, double decrease);

  /**
   * Forgets what it remembers, so that the next direction is that of steepest descent.
   *
   * @return false if there was nothing to forget
   */
  boolean forget();
}
