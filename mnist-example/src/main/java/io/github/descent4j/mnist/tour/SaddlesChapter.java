package io.github.descent4j.mnist.tour;

import io.github.descent4j.Adam;
import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.RmsProp;
import io.github.descent4j.Sgd;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Saddle points: how long the way out takes from ever nearer to the ridge of {@code x² - y²}, and how rarely all curvatures of a random
 * symmetric matrix have one sign (a minimum) the more of them there are.
 */
final class SaddlesChapter implements Chapter {
  private static final double[] DEVIATIONS = {1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12};
  private static final double RATE = 0.01;
  private static final int DIMENSIONS = 6;
  private static final int MOST_STEPS = 100_000;

  private final int draws;

  SaddlesChapter(int draws) {
    this.draws = draws;
  }

  private record Rule(String name, Supplier<Optimizer> optimizer) {}

  @Override
  public Findings run() {
    List<Rule> rules = List.of(
        new Rule("sgd", () -> new Sgd(RATE)),
        new Rule("momentum", () -> new Momentum(RATE)),
        new Rule("rmsprop", () -> new RmsProp(RATE)),
        new Rule("adam", () -> new Adam(RATE)));
    List<Series> ways = new ArrayList<>();
    double[][] steps = new double[rules.size()][];
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      steps[i] =
          Arrays.stream(DEVIATIONS).map(y -> steps(rule.optimizer().get(), y)).toArray();
      ways.add(Series.of(rule.name(), DEVIATIONS, steps[i]));
    }
    Formatter text = new Formatter(Locale.ROOT);
    text.format("steps from (-1.2, y) on x^2 - y^2 until |y| is 1, rate %s\n", RATE);
    text.format("y             sgd  momentum  rmsprop     adam\n");
    for (int i = 0; i < DEVIATIONS.length; i++) {
      text.format(
          "%-7.0e  %8.0f  %8.0f  %7.0f  %7.0f\n",
          DEVIATIONS[i], steps[0][i], steps[1][i], steps[2][i], steps[3][i]);
    }
    double[] dimensions = IntStream.rangeClosed(1, DIMENSIONS).asDoubleStream().toArray();
    double[] minima = Arrays.stream(dimensions).map(n -> minima((int) n)).toArray();
    text.format(
        "random symmetric matrices of n rows, %d of each: all eigenvalues above 0\n", draws);
    for (int i = 0; i < DIMENSIONS; i++) {
      text.format("n = %d  %8.3f %%\n", i + 1, 100 * minima[i]);
    }
    return new Findings(
        List.of(
            new Chart(
                "leaving a saddle point",
                Axis.logarithmic("deviation at the start"),
                Axis.linear("steps"),
                ways),
            new Chart(
                "how rare minima are",
                Axis.whole("dimensions"),
                Axis.logarithmic("part without a direction down"),
                List.of(Series.of("random symmetric matrices", dimensions, minima)))),
        text.toString());
  }

  private static int steps(Optimizer optimizer, double deviation) {
    Iterate iterate = new Iterate(-1.2, deviation);
    double[] point = iterate.point();
    int steps = 0;
    while (Math.abs(point[1]) < 1) {
      if (steps == MOST_STEPS) {
        throw new IllegalStateException(
            optimizer + " is at " + Arrays.toString(point) + " after " + steps + " steps");
      }
      iterate.step(optimizer, 2 * point[0], -2 * point[1]);
      point = iterate.point();
      steps++;
    }
    return steps;
  }

  /** The part of random matrices that are positive definite: of the Gaussian orthogonal ensemble, which has no preferred axes. */
  private double minima(int n) {
    Random random = new Random(n);
    int minima = 0;
    for (int draw = 0; draw < draws; draw++) {
      double[][] matrix = new double[n][n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
          matrix[i][j] = random.nextGaussian();
        }
        matrix[i][i] = Math.sqrt(2) * random.nextGaussian();
      }
      minima += isPositiveDefinite(matrix) ? 1 : 0;
    }
    return (double) minima / draws;
  }

  /** By Cholesky's factorization of the lower triangle, which it overwrites. */
  static boolean isPositiveDefinite(double[][] matrix) {
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j <= i; j++) {
        double rest = matrix[i][j];
        for (int k = 0; k < j; k++) {
          rest -= matrix[i][k] * matrix[j][k];
        }
        if (i == j && rest <= 0) {
          return false;
        }
        matrix[i][j] = i == j ? Math.sqrt(rest) : rest / matrix[j][j];
      }
    }
    return true;
  }
}
