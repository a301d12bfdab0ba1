package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.landscape.Contour;
import io.github.descent4j.mnist.landscape.Curvature;
import io.github.descent4j.mnist.landscape.Domain;
import io.github.descent4j.mnist.landscape.Point;
import io.github.descent4j.mnist.landscape.TestFunction;
import io.github.descent4j.mnist.landscape.Trial;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Convexity, told in three ways: {@code f(s a + (1 - s) b) <= s f(a) + (1 - s) f(b)} (Jensen) at random points, a Hessian whose smaller
 * eigenvalue is nowhere negative, on a grid, and level sets that no chord between two of their points leaves, which is less.
 */
final class ConvexityChapter implements Chapter {
  private static final int GRID = 100;
  private static final int SAMPLES = 10_000;
  private static final int SEGMENT = 100;

  /** A part of the value at the chord's ends that is rounding and no violation. */
  private static final double ROUNDING = 1e-12;

  @Override
  public Findings run() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "function    negative curvature  smallest eigenvalue  Jensen violated  level set left\n");
    for (TestFunction function : TestFunction.values()) {
      double[] smallest = smallestEigenvalues(function);
      long negative = Arrays.stream(smallest).filter(value -> value < 0).count();
      text.format(
          "%-10s  %16.1f %%  %19.1f  %13.1f %%  %12.1f %%\n",
          function,
          100.0 * negative / smallest.length,
          Arrays.stream(smallest).min().orElseThrow(),
          100.0 * violations(function, (a, b, part) -> between(a, b, part)) / SAMPLES,
          100.0 * violations(function, (a, b, part) -> Math.max(a, b)) / SAMPLES);
    }
    List<Point> himmelblau = TestFunction.HIMMELBLAU.minima();
    return new Findings(
        List.of(
            chord(
                "convex: below its chord",
                TestFunction.QUADRATIC,
                new Point(-4, 1),
                new Point(4, 0.5)),
            chord(
                "not convex: between two minima",
                TestFunction.HIMMELBLAU,
                himmelblau.get(0),
                himmelblau.get(1)),
            levelSets("level sets of a convex function: convex", TestFunction.QUADRATIC),
            levelSets("level sets of one that is not", TestFunction.HIMMELBLAU)),
        text.toString());
  }

  /** The smaller eigenvalue of the Hessian at each point of a grid over the picture. */
  private static double[] smallestEigenvalues(TestFunction function) {
    Domain domain = function.domain();
    return IntStream.rangeClosed(0, GRID)
        .mapToDouble(i -> between(domain.yMin(), domain.yMax(), (double) i / GRID))
        .flatMap(y -> IntStream.rangeClosed(0, GRID)
            .mapToDouble(i -> between(domain.xMin(), domain.xMax(), (double) i / GRID))
            .map(x -> smallestEigenvalue(function.curvature(x, y))))
        .toArray();
  }

  static double smallestEigenvalue(Curvature hessian) {
    double mean = (hessian.xx() + hessian.yy()) / 2;
    return mean - Math.hypot((hessian.xx() - hessian.yy()) / 2, hessian.xy());
  }

  /** What the values at the ends of a chord allow at a part of its way. */
  private interface Bound {
    double at(double from, double to, double part);
  }

  /** How many of the random points on random chords are above their bound. */
  private static int violations(TestFunction function, Bound bound) {
    Random random = new Random(1);
    Domain domain = function.domain();
    int violations = 0;
    for (int i = 0; i < SAMPLES; i++) {
      Point a = random(domain, random);
      Point b = random(domain, random);
      double part = random.nextDouble();
      double above = bound.at(value(function, a), value(function, b), part);
      double below = value(function, between(a, b, part));
      double scale = Math.abs(value(function, a)) + Math.abs(value(function, b));
      violations += below > above + ROUNDING * scale ? 1 : 0;
    }
    return violations;
  }

  private static Chart chord(String title, TestFunction function, Point from, Point to) {
    double[] parts =
        IntStream.rangeClosed(0, SEGMENT).mapToDouble(i -> (double) i / SEGMENT).toArray();
    double[] values = Arrays.stream(parts)
        .map(part -> value(function, between(from, to, part)))
        .toArray();
    double[] chord = Arrays.stream(parts)
        .map(part -> between(value(function, from), value(function, to), part))
        .toArray();
    return new Chart(
        title,
        Axis.linear("part of the way"),
        Axis.linear(function.title()),
        List.of(Series.of("function", parts, values), Series.of("chord", parts, chord)));
  }

  private static Chart levelSets(String title, TestFunction function) {
    Contour contour = new Contour(function::value, function.domain());
    double[] levels = function.levels();
    List<Series> lines = new ArrayList<>();
    for (int level = levels.length - 1; level >= 0; level -= 2) {
      double[][] line = contour.line(levels[level]);
      lines.add(Series.of("f <= " + Trial.rounded(levels[level], 2), line[0], line[1]));
    }
    return new Chart(title, Axis.linear("x"), Axis.linear("y"), lines);
  }

  private static Point random(Domain domain, Random random) {
    return new Point(
        between(domain.xMin(), domain.xMax(), random.nextDouble()),
        between(domain.yMin(), domain.yMax(), random.nextDouble()));
  }

  private static double value(TestFunction function, Point point) {
    return function.value(point.x(), point.y());
  }

  private static Point between(Point from, Point to, double part) {
    return new Point(between(from.x(), to.x(), part), between(from.y(), to.y(), part));
  }

  private static double between(double from, double to, double part) {
    return from + (to - from) * part;
  }
}
