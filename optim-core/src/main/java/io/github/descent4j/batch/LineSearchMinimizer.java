package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.batch.LineSearchResult.Status;

/** A method of directions: one, a line search along it, and again. Not for other methods to extend. */
public abstract class LineSearchMinimizer extends IterativeMinimizer {
  /** A longest step, in lengths of the direction, that is there to end a search and not to limit it. */
  private static final double NO_LIMIT = LineSearchBuilder.Wolfe.MAX_STEP;

  final LineSearch lineSearch;

  LineSearchMinimizer(Builder<?> builder) {
    super(builder);
    lineSearch = requireNonNull(builder.lineSearch, "lineSearch is null, expected one");
  }

  /** A method at the beginning of a run. */
  abstract Directions directions(Evaluator evaluator);

  @Override
  StopReason run(Evaluator evaluator, Progress progress) {
    Workspace workspace = evaluator.workspace();
    double[] x = workspace.x;
    double[] gradient = workspace.gradient;
    double[] direction = workspace.direction;
    RayFunction ray = new RayFunction(evaluator);
    Directions directions = directions(evaluator);
    double value = evaluator.start(x, gradient);
    double decrease = Double.NaN;
    // What directions are multiplied by, after a search that has come to the end of what it may
    // try.
    double stretch = 1;
    StopReason reason = progress.reached(x, gradient, value, 0, Double.NaN);
    while (reason == null) {
      directions.find(x, gradient, direction);
      if (stretch > 1) {
        Vectors.scale(direction, stretch);
      }
      double slope = Vectors.dot(gradient, direction);
      if (!(slope < 0 && slope > Double.NEGATIVE_INFINITY)) {
        if (directions.forget()) {
          stretch = 1;
          continue;
        }
        return StopReason.NOT_A_DESCENT_DIRECTION;
      }
      ray.start();
      double suggested = stretch > 1 ? 1 : directions.suggestedStep(gradient, slope, decrease);
      LineSearchResult found = lineSearch.search(ray, value, slope, suggested);
      double reached = found.status() == Status.FAILED ? Double.NaN : ray.at(found.step());
      if (Double.isNaN(reached)) {
        if (directions.forget()) {
          stretch = 1;
          continue;
        }
        return StopReason.LINE_SEARCH_FAILED;
      }
      // The direction is no longer needed: its array takes the step, the point's the change of the
      // gradient.
      double larger = Math.max(Vectors.twoNorm(gradient), Vectors.twoNorm(ray.gradient));
      Vectors.subtract(direction, ray.point, x);
      Vectors.copy(ray.point, x);
      Vectors.subtract(ray.point, ray.gradient, gradient);
      Vectors.copy(ray.gradient, gradient);
      double step = found.step() * stretch;
      double noise = evaluator.precision() * larger;
      directions.moved(gradient, direction, ray.point, step, slope / stretch, noise);
      double moved = Vectors.maxNorm(direction);
      decrease = value - reached;
      value = reached;
      reason = progress.reached(x, gradient, value, step, moved);
      boolean falling = found.status() == Status.STILL_FALLING;
      if (reason == null && falling && progress.isFar(x)) {
        return StopReason.UNBOUNDED;
      }
      // A longest step that someone has chosen is not passed over.
      stretch = falling && found.step() >= NO_LIMIT ? step : 1;
    }
    return reason;
  }

  /** When to stop, and the line search. */
  public abstract static class Builder<B extends Builder<B>> extends IterativeMinimizer.Builder<B> {
    private LineSearch lineSearch;

    Builder(LineSearch lineSearch) {
      this.lineSearch = lineSearch;
    }

    /** How far to go along a direction. */
    public B lineSearch(LineSearch lineSearch) {
      this.lineSearch = lineSearch;
      return self();
    }
  }
}
