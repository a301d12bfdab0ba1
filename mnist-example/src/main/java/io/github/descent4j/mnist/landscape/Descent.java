package io.github.descent4j.mnist.landscape;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.batch.Minimizer;
import io.github.descent4j.batch.Objective;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A way downhill, and what it cost: how often value and gradient were evaluated.
 *
 * @param method a batch method, or an optimizer with its learning rate
 * @param trajectory the points it went through
 * @param evaluations until each point
 */
public record Descent(String method, Trajectory trajectory, List<Integer> evaluations) {

  /** That of an optimizer, whose steps all evaluate the gradient equally often. */
  static Descent of(Trial trial) {
    Trajectory trajectory = trial.trajectory();
    List<Integer> evaluations = IntStream.range(0, trajectory.points().size())
        .mapToObj(step -> step * trajectory.gradientsInAStep())
        .toList();
    return new Descent(trial.optimizer() + " " + trial.rateText(), trajectory, evaluations);
  }

  /** Lets a batch method search from the function's start, up to where there is nothing more to find. */
  static Descent of(TestFunction function, BatchMethod method, int iterations) {
    INDArray position = Nd4j.create(DataType.DOUBLE, 2);
    INDArray gradient = Nd4j.create(DataType.DOUBLE, 2);
    Point start = function.start();
    position.putScalar(0, start.x());
    position.putScalar(1, start.y());
    List<Point> points = new ArrayList<>();
    List<Integer> evaluations = new ArrayList<>();
    Minimizer minimizer = method.minimizer(iterations);
    minimizer.minimize(
        objective(function),
        Parameters.of(Parameter.of("position", position, gradient)),
        iteration -> {
          Point point = point(position);
          points.add(point);
          evaluations.add(iteration.evaluations());
          return !function.minima().isEmpty() || !function.arrived(function.value(point));
        });
    return new Descent(
        method.toString(),
        new Trajectory(function, List.copyOf(points), false),
        List.copyOf(evaluations));
  }

  private static Objective objective(TestFunction function) {
    Objective first = parameters -> {
      Parameter parameter = parameters.get(0);
      Point point = point(parameter.value());
      Point slope = function.gradient(point.x(), point.y());
      parameter.gradient().putScalar(0, slope.x());
      parameter.gradient().putScalar(1, slope.y());
      return function.value(point);
    };
    return first.withHessian((parameters, hessian) -> {
      Point point = point(parameters.get(0).value());
      Curvature curvature = function.curvature(point.x(), point.y());
      hessian.putScalar(0, 0, curvature.xx());
      hessian.putScalar(0, 1, curvature.xy());
      hessian.putScalar(1, 0, curvature.xy());
      hessian.putScalar(1, 1, curvature.yy());
    });
  }

  private static Point point(INDArray position) {
    return new Point(position.getDouble(0), position.getDouble(1));
  }

  /** Evaluations until the value stays within the tolerance of the minimum; empty if it does not. */
  public OptionalInt arrival() {
    OptionalInt step = trajectory.arrival();
    return step.isPresent()
        ? OptionalInt.of(evaluations.get(step.getAsInt()))
        : OptionalInt.empty();
  }

  /** How it went, for people. */
  String outcome() {
    return arrival().isPresent()
        ? arrival().getAsInt() + " evaluations"
        : "ends at " + Trial.rounded(trajectory.finalValue(), 2);
  }
}
