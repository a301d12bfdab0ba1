package io.github.descent4j.batch;

/** The function along a ray from the point of an iteration. */
final class RayFunction implements LineFunction {
  private final Evaluator evaluator;
  private final double[] x;
  private final double[] direction;

  /** What was evaluated last. */
  final double[] point;

  final double[] gradient;
  private double step = Double.NaN;
  private double value;

  RayFunction(Evaluator evaluator, double[] x, double[] direction) {
    this.evaluator = evaluator;
    this.x = x;
    this.direction = direction;
    point = new double[x.length];
    gradient = new double[x.length];
  }

  void start() {
    step = Double.NaN;
  }

  @Override
  public double value(double step) {
    this.step = step;
    Vectors.move(point, x, step, direction);
    value = evaluator.evaluate(point, gradient);
    return value;
  }

  /** Has point and gradient at a step, and returns the value. */
  double at(double step) {
    return this.step == step ? value : value(step);
  }

  @Override
  public double slope() {
    return Vectors.dot(gradient, direction);
  }

  @Override
  public double precision() {
    return evaluator.precision();
  }
}
