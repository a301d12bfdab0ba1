package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.landscape.ReddiExample;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Adam's failure (Reddi et al. 2018): where Adam, AMSGrad and Yogi go on a convex problem whose best point is -1 and whose worst is 1. */
final class ReddiChapter implements Chapter {
  private static final int[] SHOWN = {10, 30, 100, 300, 1000};

  private final int steps;

  ReddiChapter(int steps) {
    this.steps = steps;
  }

  @Override
  public Findings run() {
    Map<String, double[]> points = ReddiExample.play(steps);
    Formatter text = new Formatter(Locale.ROOT);
    text.format("x after so many steps from 0; the best point is -1, the worst 1\n");
    text.format("rule   ");
    int[] shown = Arrays.stream(SHOWN).filter(t -> t <= steps).toArray();
    for (int t : shown) {
      text.format("  %7d", t);
    }
    text.format("  losses\n");
    points.forEach((name, x) -> {
      text.format("%-7s", name);
      for (int t : shown) {
        text.format("  %7.4f", x[t]);
      }
      text.format("  %6.1f\n", ReddiExample.losses(x));
    });
    double[] times = IntStream.rangeClosed(0, steps).asDoubleStream().toArray();
    return new Findings(
        List.of(new Chart(
            "3x at every third step, -x at the others",
            Axis.whole("step"),
            Axis.linear("x"),
            points.entrySet().stream()
                .map(entry -> Series.of(entry.getKey(), times, entry.getValue()))
                .toList())),
        text.toString());
  }
}
