package io.github.descent4j.mnist.tour;

import io.github.descent4j.WeightDecay;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.tour.Pupil.Values;
import io.github.descent4j.schedule.Schedules;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * "No learning rate": test accuracy of AdaDelta and Prodigy, whose rate is 1 as they come, and of SGD and Adam by multiples of the
 * rates that {@code train} picks, several seeds each, under a cosine schedule.
 */
final class NoRateChapter implements Chapter {
  private static final double[] FACTORS = {0.01, 0.1, 1, 10, 100};
  private static final List<OptimizerChoice> RULES = List.of(
      OptimizerChoice.ADADELTA, OptimizerChoice.PRODIGY, OptimizerChoice.ADAM, OptimizerChoice.SGD);

  private final Pupil pupil;
  private final Notes notes;
  private final int epochs;
  private final int seeds;

  NoRateChapter(MnistData data, Notes notes, int examples, int epochs, int seeds) {
    pupil = new Pupil(data, examples);
    this.notes = notes;
    this.epochs = epochs;
    this.seeds = seeds;
  }

  @Override
  public Findings run() {
    AccuracyTable table = new AccuracyTable("rate times", FACTORS);
    for (OptimizerChoice rule : RULES) {
      String name = rule + " " + rule.defaultLearningRate;
      table.add(
          name,
          Arrays.stream(FACTORS)
              .mapToObj(factor ->
                  Values.of(notes.get(name + " " + factor, () -> accuracies(rule, factor))))
              .toList());
    }
    String title = String.format(
        Locale.ROOT,
        "test accuracy, mlp, %d images, %d epochs, cosine: mean (highest - lowest of %d seeds)\n",
        pupil.training().size(),
        epochs,
        seeds);
    return new Findings(
        List.of(table.chart("factor of the learning rate", seeds)), title + table.text());
  }

  /** Of each seed. */
  private double[] accuracies(OptimizerChoice rule, double factor) {
    double rate = factor * rule.defaultLearningRate;
    long steps = (long) epochs * pupil.stepsPerEpoch();
    return IntStream.rangeClosed(1, seeds)
        .mapToDouble(seed -> pupil.accuracy(
            rule.build(rate, WeightDecay.none()).scheduled(Schedules.cosine(rate, steps)),
            epochs,
            seed))
        .toArray();
  }
}
