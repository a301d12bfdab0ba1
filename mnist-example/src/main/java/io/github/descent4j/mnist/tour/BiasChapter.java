package io.github.descent4j.mnist.tour;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Adam's bias correction: the length of the steps against a gradient that stays 1, with the correction and without it. */
final class BiasChapter implements Chapter {
  private static final double RATE = 0.001;
  private static final int[] SHOWN = {1, 2, 5, 10, 20, 100, 1000, 5000};

  private final int steps;

  BiasChapter(int steps) {
    this.steps = steps;
  }

  @Override
  public Findings run() {
    double[] corrected = lengths(new Adam(RATE));
    double[] raw = lengths(uncorrected());
    Formatter text = new Formatter(Locale.ROOT);
    text.format("step / learning rate, gradient 1, beta1 0.9, beta2 0.999\n");
    text.format("step  corrected  not corrected\n");
    int longest = 0;
    for (int t = 0; t < steps; t++) {
      longest = raw[t] > raw[longest] ? t : longest;
    }
    for (int t : SHOWN) {
      if (t <= steps) {
        text.format("%4d  %9.3f  %13.3f\n", t, corrected[t - 1], raw[t - 1]);
      }
    }
    text.format("the longest without correction: %.3f, at step %d\n", raw[longest], longest + 1);
    double[] times = IntStream.rangeClosed(1, steps).asDoubleStream().toArray();
    return new Findings(
        List.of(new Chart(
            "steps against a gradient of 1",
            Axis.logarithmic("step"),
            Axis.linear("step / learning rate"),
            List.of(
                Series.of("corrected", times, corrected), Series.of("not corrected", times, raw)))),
        text.toString());
  }

  /** Adam without the correction: m over the root of v. */
  private static Optimizer uncorrected() {
    return UpdateRule.of("UncorrectedAdam", RATE, f -> {
      Scalar beta1 = f.hyperparameter("beta1", 0.9, Range.FRACTION);
      Scalar beta2 = f.hyperparameter("beta2", 0.999, Range.FRACTION);
      Slot m = f.slot("m");
      Slot v = f.slot("v");
      f.subtract(f.learningRate()
          .times(m.set(m.mix(beta1, f.gradient()))
              .over(v.set(v.mix(beta2, f.gradient().squared())).squareRoot().plus(1e-8))));
    });
  }

  private double[] lengths(Optimizer optimizer) {
    Iterate iterate = new Iterate(0);
    double[] lengths = new double[steps];
    double before = 0;
    for (int t = 0; t < steps; t++) {
      iterate.step(optimizer, 1);
      double after = iterate.point()[0];
      lengths[t] = (before - after) / RATE;
      before = after;
    }
    return lengths;
  }
}
