package io.github.descent4j.mnist.tour;

import io.github.descent4j.Sgd;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Gradient descent at many rates on a function that is not convex: {@code x⁴ - 4x² + x}, from 2. Its minima are at -1.473 (value -5.444)
 * and 1.347 (-2.619).
 */
final class RateChapter implements Chapter {
  private static final double START = 2;
  private static final int STEPS = 200;
  private static final double[] SHOWN = {0.0003, 0.003, 0.03, 0.1, 0.13, 0.2, 0.3};
  private static final double FAR = 1e6;
  private static final double HIGHEST_DRAWN = 6;

  private final int rates;

  /** So many rates from 0.0001 to 1 are drawn. */
  RateChapter(int rates) {
    this.rates = rates;
  }

  @Override
  public Findings run() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("x^4 - 4 x^2 + x from %.0f, %d steps; minima at -1.473 and 1.347\n", START, STEPS);
    text.format("rate     x at the end    value  last change\n");
    List<Series> ways = new ArrayList<>();
    for (double rate : SHOWN) {
      double[] path = path(rate);
      double end = path[path.length - 1];
      if (path.length <= STEPS) {
        text.format("%-6s       diverged  after %d steps\n", rate, path.length - 1);
      } else {
        text.format(
            "%-6s  %13.3f  %7.3f  %11.4f\n",
            rate, end, value(end), Math.abs(end - path[STEPS - 1]));
        ways.add(Series.of(
            "rate " + rate,
            IntStream.rangeClosed(0, 30).asDoubleStream().toArray(),
            Arrays.copyOf(path, 31)));
      }
    }
    double[] all = IntStream.range(0, rates)
        .mapToDouble(i -> Math.pow(10, -4 + 4.0 * i / (rates - 1)))
        .toArray();
    double[] ends = Arrays.stream(all)
        .map(rate -> {
          double[] path = path(rate);
          double end = value(path[path.length - 1]);
          return path.length <= STEPS || end > HIGHEST_DRAWN ? Double.NaN : end;
        })
        .toArray();
    double[] bottom = new double[rates];
    Arrays.fill(bottom, value(-1.4729));
    return new Findings(
        List.of(
            new Chart("the way from 2", Axis.whole("step"), Axis.linear("x"), ways),
            new Chart(
                "value after " + STEPS + " steps; a gap: diverged",
                Axis.logarithmic("learning rate"),
                Axis.linear("x^4 - 4 x^2 + x"),
                List.of(
                    Series.of("gradient descent", all, ends),
                    Series.of("the lower minimum", all, bottom).faint()))),
        text.toString());
  }

  private static double value(double x) {
    return x * x * x * x - 4 * x * x + x;
  }

  /** The points from the start on, up to one that is far away. */
  private static double[] path(double rate) {
    Sgd sgd = new Sgd(rate);
    Iterate iterate = new Iterate(START);
    double[] path = new double[STEPS + 1];
    path[0] = START;
    for (int t = 1; t <= STEPS; t++) {
      double x = path[t - 1];
      iterate.step(sgd, 4 * x * x * x - 8 * x + 1);
      path[t] = iterate.point()[0];
      if (!(Math.abs(path[t]) < FAR)) {
        return Arrays.copyOf(path, t + 1);
      }
    }
    return path;
  }
}
