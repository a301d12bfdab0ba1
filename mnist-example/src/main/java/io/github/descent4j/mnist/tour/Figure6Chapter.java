package io.github.descent4j.mnist.tour;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.RAdam;
import io.github.descent4j.Sgd;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.tour.Pupil.Values;
import io.github.descent4j.schedule.Schedules;
import java.util.Arrays;
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
  private final Notes notes;
  private final int epochs;
  private final int seeds;

  Figure6Chapter(MnistData data, Notes notes, int examples, int epochs, int seeds) {
    pupil = new Pupil(data, examples);
    this.notes = notes;
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
    AccuracyTable table = new AccuracyTable("optimizer", RATES);
    for (Entrant entrant : entrants()) {
      table.add(
          entrant.name(),
          Arrays.stream(RATES)
              .mapToObj(rate -> Values.of(
                  notes.get(entrant.name() + " " + rate, () -> accuracies(entrant, rate))))
              .toList());
    }
    String title = String.format(
        Locale.ROOT,
        "test accuracy, mlp, %d images, %d epochs, cosine: mean (highest - lowest of %d seeds)\n",
        pupil.training().size(),
        epochs,
        seeds);
    return new Findings(List.of(table.chart("learning rate", seeds)), title + table.text());
  }

  /** Of each seed. */
  private double[] accuracies(Entrant entrant, double rate) {
    long steps = (long) epochs * pupil.stepsPerEpoch();
    long warmup = Math.round(entrant.warmup() * steps);
    return IntStream.rangeClosed(1, seeds)
        .mapToDouble(seed -> pupil.accuracy(
            entrant
                .rule()
                .apply(rate)
                .scheduled(Schedules.linearWarmup(warmup, rate)
                    .then(Schedules.cosine(rate, steps - warmup))),
            epochs,
            seed))
        .toArray();
  }
}
