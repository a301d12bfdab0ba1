package io.github.descent4j.mnist.landscape;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.decorator.Sam;
import io.github.descent4j.decorator.ScheduleFree;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.DoublePredicate;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The points an optimizer went through.
 *
 * @param function what was minimized
 * @param points the start and the point after each step, all finite
 * @param diverged whether it ended early because the next point was far away or not finite
 * @param gradientsInAStep how many gradients each step took
 */
public record Trajectory(
    TestFunction function, List<Point> points, boolean diverged, int gradientsInAStep) {
  /** How many diagonals of the domain away from its center a point is that will not come back. */
  private static final double FAR_AWAY = 100;

  /** With one gradient in a step. */
  Trajectory(TestFunction function, List<Point> points, boolean diverged) {
    this(function, points, diverged, 1);
  }

  /**
   * Lets the optimizer take steps from the function's start, up to where it diverges or there is nothing more to find. Where it has an
   * average in place of a schedule, the points are those of the average, which is what one takes from it.
   */
  public static Trajectory of(TestFunction function, Optimizer optimizer, int steps) {
    // A matrix of one column, for those that take matrices alone.
    INDArray position = Nd4j.create(DataType.DOUBLE, 2, 1);
    INDArray gradient = Nd4j.create(DataType.DOUBLE, 2, 1);
    Parameters parameters = Parameters.of(Parameter.of("position", position, gradient));
    Point point = function.start();
    position.putScalar(0, point.x());
    position.putScalar(1, point.y());
    List<Point> points = new ArrayList<>(List.of(point));
    ScheduleFree averaging = optimizer.find(ScheduleFree.class).orElse(null);
    boolean sharpnessAware = optimizer.find(Sam.class).isPresent();
    int gradients = sharpnessAware ? 2 : 1;
    Runnable compute = () -> {
      Point slope = function.gradient(position.getDouble(0), position.getDouble(1));
      gradient.putScalar(0, slope.x());
      gradient.putScalar(1, slope.y());
    };
    for (int step = 1; step <= steps; step++) {
      compute.run();
      if (sharpnessAware) {
        Sam.step(optimizer, parameters, compute);
      } else {
        optimizer.step(parameters);
      }
      INDArray reached = averaging == null ? position : averaging.state().slot("position", "x");
      point = new Point(reached.getDouble(0), reached.getDouble(1));
      if (isFarAway(function.domain(), point)) {
        return new Trajectory(function, List.copyOf(points), true, gradients);
      }
      points.add(point);
      if (function.minima().isEmpty() && function.arrived(function.value(point))) {
        break;
      }
    }
    return new Trajectory(function, List.copyOf(points), false, gradients);
  }

  private static boolean isFarAway(Domain domain, Point point) {
    return !point.isFinite() || point.distanceTo(domain.center()) > FAR_AWAY * domain.diagonal();
  }

  /** The step after which all values are within the tolerance of the minimum; empty if the last one is not. */
  public OptionalInt arrival() {
    int step = firstOfAllLater(function::arrived);
    return diverged || step == points.size() ? OptionalInt.empty() : OptionalInt.of(step);
  }

  /** The step after which all values are within the tolerance of the last one. */
  int settling() {
    double last = finalValue();
    return firstOfAllLater(value -> Math.abs(value - last) <= TestFunction.TOLERANCE);
  }

  private int firstOfAllLater(DoublePredicate condition) {
    int step = points.size();
    while (step > 0 && condition.test(function.value(points.get(step - 1)))) {
      step--;
    }
    return step;
  }

  /** Where it ended. */
  public Point end() {
    return points.get(points.size() - 1);
  }

  /** The value where it ended. */
  public double finalValue() {
    return function.value(end());
  }

  double longestStep() {
    double longest = 0;
    for (int i = 1; i < points.size(); i++) {
      longest = Math.max(longest, points.get(i).distanceTo(points.get(i - 1)));
    }
    return longest;
  }
}
