package io.github.descent4j.mnist.tour;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Yogi;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How fast the second moment falls when gradients become small: in Adam by a factor each step, in Yogi by (1 - beta2) g², which is
 * small itself.
 */
final class YogiChapter implements Chapter {
  private static final double LARGE = 1;
  private static final double SMALL = 0.01;
  private static final int[] SHOWN = {0, 1, 10, 100, 1000, 3000, 10_000};

  private final int before;
  private final int after;

  /**
   * A chapter of a length.
   *
   * @param before steps with the large gradient
   * @param after steps with the small one
   */
  YogiChapter(int before, int after) {
    this.before = before;
    this.after = after;
  }

  @Override
  public Findings run() {
    double[] adam = moments(Adam.builder().beta1(0).build());
    double[] yogi = moments(Yogi.builder().beta1(0).build());
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "v after %d gradients of %.0f and then so many of %s, beta2 0.999\n", before, LARGE, SMALL);
    text.format(" step      adam      yogi\n");
    for (int t : SHOWN) {
      if (t <= after) {
        text.format("%5d  %8.6f  %8.6f\n", t, adam[before + t], yogi[before + t]);
      }
    }
    text.format(
        "the rate that a weight has, 1 / sqrt(v), grows over these steps by a factor of %.1f in Adam, %.4f in Yogi\n",
        Math.sqrt(adam[before] / adam[before + after]),
        Math.sqrt(yogi[before] / yogi[before + after]));
    double[] times = IntStream.rangeClosed(0, before + after).asDoubleStream().toArray();
    return new Findings(
        List.of(new Chart(
            "v where the gradient falls from 1 to " + SMALL + " at step " + before,
            Axis.whole("step"),
            Axis.logarithmic("v"),
            List.of(Series.of("adam", times, adam), Series.of("yogi", times, yogi)))),
        text.toString());
  }

  /** The second moment before the first step, where it counts as 0, and after each. */
  private double[] moments(Optimizer optimizer) {
    Iterate iterate = new Iterate(0);
    double[] moments = new double[before + after + 1];
    for (int t = 1; t <= before + after; t++) {
      iterate.step(optimizer, t <= before ? LARGE : SMALL);
      moments[t] = iterate.slot(optimizer, "v");
    }
    return moments;
  }
}
