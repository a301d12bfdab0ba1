package io.github.descent4j.mnist.tour;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Sgd;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.schedule.Schedules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Dynamic rates: SGD on {@code x²/2} from 10, with Gaussian noise of deviation 1 on each gradient, under several schedules; the distance to
 * the minimum (RMS) over many runs at once.
 */
final class DecayChapter implements Chapter {
  private static final double START = 10;
  private static final int RUNS = 400;
  private static final double SMALLEST_DRAWN = 1e-5;

  private final int steps;

  DecayChapter(int steps) {
    this.steps = steps;
  }

  private record Plan(String name, Schedule schedule) {}

  @Override
  public Findings run() {
    List<Plan> plans = List.of(
        new Plan("constant 0.5", Schedules.constant(0.5)),
        new Plan("constant 0.005", Schedules.constant(0.005)),
        new Plan("exponential, fast", Schedules.exponentialDecay(0.5, 0.2)),
        new Plan("1 / sqrt(t)", Schedules.polynomialDecay(0.5, 1, 0.5)),
        new Plan("1 / t", Schedules.polynomialDecay(0.5, 0.5, 1)),
        new Plan(
            "steps of 1/10",
            Schedules.piecewiseConstant(new long[] {steps / 3, 2L * steps / 3}, 0.5, 0.05, 0.005)),
        new Plan("cosine", Schedules.cosine(0.5, steps)));
    int[] shown = {10, 100, 1000, steps};
    int[] drawn = IntStream.rangeClosed(1, steps)
        .filter(t -> t % (t <= 100 ? 1 : t <= 1000 ? 10 : 100) == 0)
        .toArray();
    double[] times = Arrays.stream(drawn).asDoubleStream().toArray();
    List<Series> curves = new ArrayList<>();
    Formatter text = new Formatter(Locale.ROOT);
    text.format("distance from the minimum (RMS of %d runs) after so many steps\n", RUNS);
    text.format("schedule           ");
    for (int t : shown) {
      text.format("  %8d", t);
    }
    text.format("\n");
    for (Plan plan : plans) {
      double[] distances = distances(plan.schedule());
      text.format("%-19s", plan.name());
      for (int t : shown) {
        text.format("  %8.4f", distances[t - 1]);
      }
      text.format("\n");
      curves.add(Series.of(
          plan.name(),
          times,
          Arrays.stream(drawn).mapToDouble(t -> distances[t - 1]).toArray()));
    }
    double[] best = Arrays.stream(times).map(t -> 1 / Math.sqrt(t)).toArray();
    curves.add(Series.of("falls as 1 / sqrt(t)", times, best).faint());
    return new Findings(
        List.of(
            new Chart(
                "SGD with noise, by schedule",
                Axis.logarithmic("step"),
                Axis.logarithmic("distance from the minimum (RMS)"),
                curves),
            new Chart(
                "the schedules",
                Axis.logarithmic("step"),
                Axis.logarithmic("learning rate"),
                plans.stream()
                    .map(plan -> Series.of(
                        plan.name(),
                        times,
                        Arrays.stream(times)
                            .map(t -> plan.schedule().at((long) t - 1))
                            .map(rate -> rate < SMALLEST_DRAWN ? Double.NaN : rate)
                            .toArray()))
                    .toList())),
        text.toString());
  }

  /** After each step. */
  private double[] distances(Schedule schedule) {
    Optimizer optimizer = new Sgd().scheduled(schedule);
    double[] start = new double[RUNS];
    Arrays.fill(start, START);
    Iterate runs = new Iterate(start);
    Random random = new Random(1);
    double[] distances = new double[steps];
    double[] points = start;
    double[] gradients = new double[RUNS];
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < RUNS; i++) {
        gradients[i] = points[i] + random.nextGaussian();
      }
      runs.step(optimizer, gradients);
      points = runs.point();
      distances[t] = Math.sqrt(Arrays.stream(points).map(x -> x * x).average().orElseThrow());
    }
    return distances;
  }
}
