package io.github.descent4j.mnist.tour;

import io.github.descent4j.Adam;
import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Sgd;
import io.github.descent4j.mnist.landscape.Domain;
import io.github.descent4j.mnist.landscape.Point;
import io.github.descent4j.mnist.landscape.TestFunction;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Local minima: where descents from a grid of starts end on Rastrigin's function, and which of Himmelblau's minima they find. */
final class MinimaChapter implements Chapter {
  private static final double SAME = 1e-3;

  private final int grid;
  private final int steps;

  /**
   * A chapter of a size.
   *
   * @param grid starts in a row, and rows
   * @param steps of each descent
   */
  MinimaChapter(int grid, int steps) {
    this.grid = grid;
    this.steps = steps;
  }

  private record Rule(String name, Supplier<Optimizer> optimizer) {}

  @Override
  public Findings run() {
    List<Rule> rules = List.of(
        new Rule("sgd 0.001", () -> new Sgd(0.001)),
        new Rule("momentum 0.001", () -> new Momentum(0.001)),
        new Rule("adam 0.01", () -> new Adam(0.01)),
        new Rule("adam 0.5", () -> new Adam(0.5)));
    double[] parts = IntStream.rangeClosed(1, grid * grid)
        .mapToDouble(i -> (double) i / (grid * grid))
        .toArray();
    List<Series> curves = new ArrayList<>();
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "%d starts on a grid, %d steps: where the value is within %s of the least\n",
        grid * grid, steps, "0.001");
    text.format("rule            rastrigin  median value  himmelblau\n");
    for (Rule rule : rules) {
      double[] ends = ends(TestFunction.RASTRIGIN, rule);
      text.format(
          "%-14s  %7.1f %%  %12.3f  %8.1f %%\n",
          rule.name(),
          found(ends),
          ends[ends.length / 2],
          found(ends(TestFunction.HIMMELBLAU, rule)));
      curves.add(Series.of(rule.name(), parts, ends));
    }
    return new Findings(
        List.of(new Chart(
            "Rastrigin's function from a grid of starts",
            Axis.linear("part of the starts"),
            Axis.linear("value at the end"),
            curves)),
        text.toString());
  }

  private static double found(double[] ends) {
    return 100.0 * Arrays.stream(ends).filter(value -> value < SAME).count() / ends.length;
  }

  /** The values at the ends of the descents, in order. */
  private double[] ends(TestFunction function, Rule rule) {
    Domain domain = function.domain();
    return IntStream.range(0, grid * grid)
        .mapToDouble(i -> {
          int row = i / grid;
          int column = i % grid;
          return end(
              function,
              rule.optimizer().get(),
              domain.xMin() + (domain.xMax() - domain.xMin()) * (column + 0.5) / grid,
              domain.yMin() + (domain.yMax() - domain.yMin()) * (row + 0.5) / grid);
        })
        .sorted()
        .toArray();
  }

  private double end(TestFunction function, Optimizer optimizer, double x, double y) {
    Iterate iterate = new Iterate(x, y);
    double[] point = iterate.point();
    for (int step = 0; step < steps; step++) {
      Point slope = function.gradient(point[0], point[1]);
      iterate.step(optimizer, slope.x(), slope.y());
      point = iterate.point();
    }
    return function.value(point[0], point[1]);
  }
}
