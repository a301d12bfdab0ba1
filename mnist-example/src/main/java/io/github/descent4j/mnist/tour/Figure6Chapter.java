package io.github.descent4j.mnist.tour;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.RAdam;
import io.github.descent4j.Sgd;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.mnist.tour.Pupil.Values;
import io.github.descent4j.schedule.Schedules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/**
 * Figure 6 of Liu et al. 2020 on MNIST: the test accuracy of RAdam, Adam, Adam with warmup, and SGD by learning rate, several seeds each,
 * under a cosine schedule.
 */
final class Figure6Chapter implements Chapter {
  private static final double[] RATES = {0.003, 0.01, 0.03, 0.1};

  /** A warmup of so much of the training: 500 steps of five epochs of MNIST. */
  private static final double WARMUP = 0.2;

  private final Pupil pupil;
  private final int epochs;
  private final int seeds;

  Figure6Chapter(MnistData data, int examples, int epochs, int seeds) {
    pupil = new Pupil(data, examples);
    this.epochs = epochs;
    this.seeds = seeds;
  }

  private record Entrant(String name, double warmup, DoubleFunction<Optimizer> rule) {}

  private static List<Entrant> entrants() {
    return List.of(
        new Entrant("radam", 0, RAdam::new),
        new Entrant("adam", 0, Adam::new),
        new Entrant("adam, warmup", WARMUP, Adam::new),
        new Entrant("sgd", 0, Sgd::new));
  }

  @Override
  public Findings run() {
    List<Series> curves = new ArrayList<>();
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "test accuracy, mlp, %d images, %d epochs, cosine: mean (highest - lowest of %d seeds)\n",
        pupil.training().size(), epochs, seeds);
    text.format("optimizer   ");
    for (double rate : RATES) {
      text.format("  %15s", rate);
    }
    text.format("\n");
    for (Entrant entrant : entrants()) {
      List<Values> row =
          Arrays.stream(RATES).mapToObj(rate -> values(entrant, rate)).toList();
      text.format("%-12s", entrant.name());
      row.forEach(v -> text.format("  %.4f (%.4f)", v.mean(), v.highest() - v.lowest()));
      text.format("\n");
      curves.add(Series.of(
              entrant.name(), RATES, row.stream().mapToDouble(Values::mean).toArray())
          .between(
              row.stream().mapToDouble(Values::lowest).toArray(),
              row.stream().mapToDouble(Values::highest).toArray()));
    }
    return new Findings(
        List.of(new Chart(
            "test accuracy, lowest to highest of " + seeds + " seeds",
            Axis.logarithmic("learning rate"),
            Axis.linear("accuracy"),
            curves)),
        text.toString());
  }

  private Values values(Entrant entrant, double rate) {
    long steps = (long) epochs * pupil.stepsPerEpoch();
    long warmup = Math.round(entrant.warmup() * steps);
    return Values.of(IntStream.rangeClosed(1, seeds)
        .mapToDouble(seed -> pupil.accuracy(
            entrant
                .rule()
                .apply(rate)
                .scheduled(Schedules.linearWarmup(warmup, rate)
                    .then(Schedules.cosine(rate, steps - warmup))),
            epochs,
            seed))
        .toArray());
  }
}
