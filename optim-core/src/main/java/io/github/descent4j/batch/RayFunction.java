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

  RayFunction(Evaluator evaluator) {
    this.evaluator = evaluator;
    Workspace workspace = evaluator.workspace();
    x = workspace.x;
    direction = workspace.direction;
    point = workspace.point;
    gradient = workspace.there;
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
