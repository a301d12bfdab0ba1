package io.github.descent4j.mnist.tour;

import io.github.descent4j.Momentum;
import io.github.descent4j.Nesterov;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Sgd;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/**
 * Momentum on an ill-conditioned problem, and Nesterov's overshoots less: steps to the minimum of {@code (x² + k y²) / 2} at the
 * settings that are best in theory (Polyak 1964; Nesterov 2004, section 2.2), and the way down {@code x² / 2} from 1 at rate 0.1 and
 * momentum 0.9.
 */
final class MomentumChapter implements Chapter {
  private static final double NEAR = 1e-6;
  private static final int MOST_STEPS = 1_000_000;
  private static final int SHOWN = 60;

  private final double[] conditions;

  MomentumChapter(double... conditions) {
    this.conditions = conditions;
  }

  @Override
  public Findings run() {
    double[] plain = steps(k -> new Sgd(2 / (1 + k)));
    double[] heavy = steps(k -> {
      double root = Math.sqrt(k);
      return Momentum.builder()
          .learningRate(4 / ((root + 1) * (root + 1)))
          .momentum((root - 1) / (root + 1) * ((root - 1) / (root + 1)))
          .build();
    });
    double[] nesterov = steps(k -> Nesterov.builder()
        .learningRate(1 / k)
        .momentum((Math.sqrt(k) - 1) / (Math.sqrt(k) + 1))
        .build());
    double[] heavyFall = fall(Momentum.builder().learningRate(0.1).momentum(0.9).build());
    double[] nesterovFall =
        fall(Nesterov.builder().learningRate(0.1).momentum(0.9).build());

    Formatter text = new Formatter(Locale.ROOT);
    text.format("steps until the distance is %s, from (1, 1)\n", "1e-6");
    text.format("condition     sgd  momentum  nesterov\n");
    for (int i = 0; i < conditions.length; i++) {
      text.format("%9.0f  %6.0f  %8.0f  %8.0f\n", conditions[i], plain[i], heavy[i], nesterov[i]);
    }
    text.format(
        "exponent   %6.2f  %8.2f  %8.2f\n",
        PowerLaw.exponent(conditions, plain),
        PowerLaw.exponent(conditions, heavy),
        PowerLaw.exponent(conditions, nesterov));
    text.format(
        "farthest beyond the minimum of x^2/2 from 1: momentum %.3f, nesterov %.3f\n",
        beyond(heavyFall), beyond(nesterovFall));
    double[] shown = IntStream.rangeClosed(0, SHOWN).asDoubleStream().toArray();
    return new Findings(
        List.of(
            new Chart(
                "steps on an ill-conditioned quadratic",
                Axis.logarithmic("condition number"),
                Axis.logarithmic("steps"),
                List.of(
                    Series.of("sgd", conditions, plain),
                    Series.of("momentum", conditions, heavy),
                    Series.of("nesterov", conditions, nesterov))),
            new Chart(
                "overshooting the minimum, 0",
                Axis.whole("step"),
                Axis.linear("x"),
                List.of(
                    Series.of("momentum", shown, heavyFall),
                    Series.of("nesterov", shown, nesterovFall)))),
        text.toString());
  }

  private double[] steps(DoubleFunction<Optimizer> best) {
    return Arrays.stream(conditions).map(k -> steps(k, best.apply(k))).toArray();
  }

  private static int steps(double condition, Optimizer optimizer) {
    Iterate iterate = new Iterate(1, 1);
    double[] point = iterate.point();
    int steps = 0;
    while (Math.hypot(point[0], point[1]) > NEAR) {
      if (steps == MOST_STEPS) {
        throw new IllegalStateException(optimizer + " is at " + Arrays.toString(point) + " after "
            + steps + " steps on condition " + condition);
      }
      iterate.step(optimizer, point[0], condition * point[1]);
      point = iterate.point();
      steps++;
    }
    return steps;
  }

  private static double[] fall(Optimizer optimizer) {
    Iterate iterate = new Iterate(1);
    double[] positions = new double[SHOWN + 1];
    positions[0] = 1;
    for (int t = 1; t <= SHOWN; t++) {
      iterate.step(optimizer, positions[t - 1]);
      positions[t] = iterate.point()[0];
    }
    return positions;
  }

  private static double beyond(double[] positions) {
    return -Arrays.stream(positions).min().orElseThrow();
  }
}
