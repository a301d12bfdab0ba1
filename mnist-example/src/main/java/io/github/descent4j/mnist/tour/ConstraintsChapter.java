package io.github.descent4j.mnist.tour;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.batch.LBfgs;
import io.github.descent4j.batch.Objective;
import io.github.descent4j.constraint.Penalty;
import io.github.descent4j.constraint.PenaltyResult;
import io.github.descent4j.constraint.Projection;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Constraints: the point of the unit disc that is nearest to (2, 1), by projection after each step, by penalties of growing weight, and by
 * an augmented Lagrangian. The solution is (2, 1) / sqrt(5), the multiplier of {@code |x|² <= 1} is sqrt(5) - 1.
 */
final class ConstraintsChapter implements Chapter {
  private static final double[] START = {-1, -1};
  private static final double[] TARGET = {2, 1};
  private static final double NEAR = 1e-6;
  private static final int PROJECTED_STEPS = 20;
  private static final double PROJECTED_RATE = 0.1;
  private static final int CIRCLE = 180;

  private final double[] weights;

  ConstraintsChapter(double... weights) {
    this.weights = weights;
  }

  @Override
  public Findings run() {
    double[][] projected = projectedPath();
    double[] end = projected[PROJECTED_STEPS];
    Formatter text = new Formatter(Locale.ROOT);
    text.format("the point of |x| <= 1 nearest to (2, 1): (0.894427, 0.447214)\n");
    text.format(
        "projection, rate %s, %d steps: (%.6f, %.6f), |x|^2 - 1 = %.0e\n",
        PROJECTED_RATE, PROJECTED_STEPS, end[0], end[1], Math.max(0, violation(end)));
    text.format("penalty weight  |x|^2 - 1  times weight  steps of gradient descent\n");
    double[] violations = new double[weights.length];
    double[] steps = new double[weights.length];
    double[][] points = new double[weights.length][];
    for (int i = 0; i < weights.length; i++) {
      points[i] = penalized(weights[i]);
      violations[i] = violation(points[i]);
      steps[i] = steps(weights[i], points[i]);
      text.format(
          "%14.0f  %9.6f  %12.3f  %25.0f\n",
          weights[i], violations[i], violations[i] * weights[i], steps[i]);
    }
    text.format(
        "exponent of the weight: violation %.2f, steps %.2f\n",
        PowerLaw.exponent(weights, violations), PowerLaw.exponent(weights, steps));
    Penalty augmented = Penalty.augmentedLagrangian()
        .atMostZero("norm", ConstraintsChapter::norm)
        .build();
    Parameters x = start();
    PenaltyResult result = augmented.minimize(
        LBfgs.builder().gradientTolerance(1e-10).build(), ConstraintsChapter::distance, x);
    text.format(
        "augmented Lagrangian, %d rounds: (%.6f, %.6f), multiplier %.4f = sqrt(5) - 1\n",
        result.rounds(),
        x.get("x").value().getDouble(0),
        x.get("x").value().getDouble(1),
        result.multipliers().get("norm"));
    return new Findings(
        List.of(
            new Chart(
                "projection and penalties",
                Axis.linear("x1"),
                Axis.linear("x2"),
                List.of(
                    Series.of("the constraint", circle(Math::cos), circle(Math::sin))
                        .faint(),
                    Series.of("projected descent", column(projected, 0), column(projected, 1)),
                    Series.of("minima with penalties", column(points, 0), column(points, 1)))),
            new Chart(
                "the price of a penalty",
                Axis.logarithmic("weight of the penalty"),
                Axis.logarithmic("violation, or steps"),
                List.of(
                    Series.of("violation", weights, violations),
                    Series.of("steps of gradient descent", weights, steps)))),
        text.toString());
  }

  private static double distance(Parameters all) {
    INDArray error = all.get("x").value().sub(Nd4j.createFromArray(TARGET));
    all.get("x").gradient().assign(error.mul(2));
    return error.mul(error).sumNumber().doubleValue();
  }

  private static double norm(Parameters all) {
    INDArray x = all.get("x").value();
    all.get("x").gradient().assign(x.mul(2));
    return x.mul(x).sumNumber().doubleValue() - 1;
  }

  private static Parameters start() {
    return Parameters.of(
        Parameter.of("x", Nd4j.createFromArray(START), Nd4j.createFromArray(new double[2])));
  }

  private static double violation(double[] point) {
    return point[0] * point[0] + point[1] * point[1] - 1;
  }

  private static double[][] projectedPath() {
    Optimizer optimizer = new Sgd(PROJECTED_RATE).projected(Projection.l2Ball(1));
    Iterate iterate = new Iterate(START);
    double[][] path = new double[PROJECTED_STEPS + 1][];
    path[0] = iterate.point();
    for (int t = 1; t <= PROJECTED_STEPS; t++) {
      double[] at = path[t - 1];
      iterate.step(optimizer, 2 * (at[0] - TARGET[0]), 2 * (at[1] - TARGET[1]));
      path[t] = iterate.point();
    }
    return path;
  }

  /** The minimum of the distance and a quadratic penalty of a weight. */
  private static double[] penalized(double weight) {
    Penalty penalty = penalty(weight);
    Parameters x = start();
    Objective together = penalty.over(ConstraintsChapter::distance);
    LBfgs.builder().gradientTolerance(1e-10).build().minimize(together, x);
    return x.get("x").value().toDoubleVector();
  }

  private static Penalty penalty(double weight) {
    return Penalty.quadratic()
        .atMostZero("norm", ConstraintsChapter::norm)
        .weight(weight)
        .maxWeight(weight)
        .build();
  }

  /** How many steps gradient descent takes to it, at the largest rate that is safe at the solution: 1 over the largest curvature. */
  private static int steps(double weight, double[] minimum) {
    double multiplier = Math.sqrt(5) - 1;
    Optimizer optimizer = new Sgd(1 / (2 + 2 * multiplier + 4 * weight));
    Penalty penalty = penalty(weight);
    Parameters x = Parameters.of(
        Parameter.of("x", Nd4j.createFromArray(0.0, 1.0), Nd4j.createFromArray(new double[2])));
    int steps = 0;
    INDArray goal = Nd4j.createFromArray(minimum);
    while (x.get("x").value().distance2(goal) > NEAR) {
      distance(x);
      penalty.addTo(x);
      optimizer.step(x);
      steps++;
    }
    return steps;
  }

  private interface Wave {
    double at(double angle);
  }

  private static double[] circle(Wave wave) {
    return IntStream.rangeClosed(0, CIRCLE)
        .mapToDouble(i -> wave.at(2 * Math.PI * i / CIRCLE))
        .toArray();
  }

  private static double[] column(double[][] points, int index) {
    return Arrays.stream(points).mapToDouble(point -> point[index]).toArray();
  }
}
