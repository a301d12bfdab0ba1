package io.github.descent4j.mnist.tour;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Sgd;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.mnist.settings.AttackChoice;
import io.github.descent4j.mnist.settings.HiddenSettings;
import io.github.descent4j.mnist.settings.InputGradientSettings;
import io.github.descent4j.mnist.tour.Pupil.Values;
import io.github.descent4j.nn.Ensemble;
import io.github.descent4j.nn.HardConcreteGates;
import io.github.descent4j.nn.InferenceNetwork;
import io.github.descent4j.nn.Layer;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.L0Penalty;
import io.github.descent4j.nn.train.Trainer;
import io.github.descent4j.schedule.Schedules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What regularization does where images are few: the accuracy on test images, the accuracy on those that the fast gradient sign method
 * has changed, and how many gates are left open, several seeds each.
 */
final class RegularizationChapter implements Chapter {
  private static final double RATE = 0.002;
  private static final double[] SIZES = {0.05, 0.1, 0.2, 0.3};

  /** The place of the size that the text tells. */
  private static final int TOLD = 1;

  private static final int MEMBERS = 3;

  /** Of the rate: a gate has some hundred steps to go from 2 to below -2.4, where it is closed. */
  private static final double GATES_FACTOR = 10;

  private final Pupil pupil;
  private final Notes notes;
  private final int epochs;
  private final int seeds;
  private final int attacked;

  /**
   * A chapter of a length.
   *
   * @param examples to train on
   * @param attacked how many of the test images are attacked
   */
  RegularizationChapter(
      MnistData data, Notes notes, int examples, int epochs, int seeds, int attacked) {
    pupil = new Pupil(data, examples);
    this.notes = notes;
    this.epochs = epochs;
    this.seeds = seeds;
    this.attacked = Math.min(attacked, data.test().size());
  }

  /** What is compared: a way to a network for each seed. */
  private record Entrant(String name, LongFunction<Sequential> trained) {}

  private List<Entrant> entrants() {
    return List.of(
        new Entrant("none", this::plain),
        new Entrant(
            "dropout 0.5",
            seed -> train(HiddenSettings.NONE, 0.5, InputGradientSettings.NONE, seed)),
        new Entrant(
            "DropConnect 0.5",
            seed -> train(
                new HiddenSettings(0.5, false, false, null, false),
                0,
                InputGradientSettings.NONE,
                seed)),
        new Entrant(
            "L0 1e-4",
            seed -> train(
                new HiddenSettings(0, false, false, 1e-4, false),
                0,
                InputGradientSettings.NONE,
                seed)),
        new Entrant(
            "adversarial",
            seed -> train(
                HiddenSettings.NONE,
                0,
                new InputGradientSettings(AttackChoice.FGSM, 0.1, 0.5, null),
                seed)),
        new Entrant(
            "input gradient",
            seed ->
                train(HiddenSettings.NONE, 0, new InputGradientSettings(null, 0, 0, 0.1), seed)),
        new Entrant("ensemble of " + MEMBERS, this::ensemble));
  }

  @Override
  public Findings run() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "mlp on %d images, Adam, rate %s, cosine, %d epochs: mean (highest - lowest of %d seeds)\n",
        pupil.training().size(), RATE, epochs, seeds);
    text.format("                   test accuracy        fgsm %s  gates open\n", SIZES[TOLD]);
    List<Series> curves = new ArrayList<>();
    double[] sizes = IntStream.rangeClosed(0, SIZES.length)
        .mapToDouble(i -> i == 0 ? 0 : SIZES[i - 1])
        .toArray();
    for (Entrant entrant : entrants()) {
      List<double[]> measured = LongStream.rangeClosed(1, seeds)
          .mapToObj(seed -> notes.get(
              entrant.name() + " " + seed, () -> measure(entrant.trained().apply(seed))))
          .toList();
      List<Values> values =
          IntStream.range(0, sizes.length).mapToObj(i -> values(measured, i)).toList();
      double gates = values(measured, sizes.length + 1).mean();
      text.format(
          "%-15s  %s  %s  %10s\n",
          entrant.name(),
          cell(values.get(0)),
          cell(values.get(TOLD + 1)),
          gates == 0
              ? "-"
              : String.format(
                  Locale.ROOT, "%.0f of %.0f", values(measured, sizes.length).mean(), gates));
      curves.add(Series.of(
              entrant.name(), sizes, values.stream().mapToDouble(Values::mean).toArray())
          .between(
              values.stream().mapToDouble(Values::lowest).toArray(),
              values.stream().mapToDouble(Values::highest).toArray()));
    }
    text.format("attacks are on the first %d test images\n", attacked);
    return new Findings(
        List.of(new Chart(
            "accuracy under attack, lowest to highest of " + seeds + " seeds",
            Axis.linear("epsilon, in grey values from 0 to 1"),
            Axis.linear("accuracy"),
            curves)),
        text.toString());
  }

  private static Values values(List<double[]> measured, int index) {
    return Values.of(measured.stream().mapToDouble(each -> each[index]).toArray());
  }

  private static String cell(Values values) {
    return String.format(
        Locale.ROOT, "%.4f (%.4f)", values.mean(), values.highest() - values.lowest());
  }

  private Sequential plain(long seed) {
    return train(HiddenSettings.NONE, 0, InputGradientSettings.NONE, seed);
  }

  /** Of networks that no other ensemble has. */
  private Sequential ensemble(long number) {
    return Sequential.of(
        pupil.network(0, 1).dataType(),
        Ensemble.of(LongStream.rangeClosed(MEMBERS * (number - 1) + 1, MEMBERS * number)
            .mapToObj(this::plain)
            .toList()));
  }

  private Sequential train(
      HiddenSettings hidden, double dropout, InputGradientSettings inputGradient, long seed) {
    Sequential network = pupil.network(hidden, dropout, seed);
    Optimizer optimizer = Optimizer.groups()
        .group("gates", p -> p.name().endsWith(".logAlpha"), new Adam(), GATES_FACTOR)
        .otherwise(new Adam())
        .build()
        .scheduled(Schedules.cosine(RATE, (long) epochs * pupil.stepsPerEpoch()));
    Trainer.Builder builder = Trainer.builder(network, optimizer)
        .batchSize(Pupil.BATCH_SIZE)
        .seed(seed)
        .gradient(inputGradient.gradient(pupil.scale()));
    if (hidden.l0() != null) {
      builder.penalty(L0Penalty.of(network, hidden.l0()));
    }
    builder.build().fit(pupil.training(), epochs);
    return network;
  }

  /** Accuracies without an attack and under one of each size, then the gates that are open, and those that there are. */
  private double[] measure(Sequential network) {
    Sequential evaluated =
        network.layers().get(0) instanceof Ensemble ? network : InferenceNetwork.of(network);
    double clean =
        Trainer.builder(evaluated, new Sgd(1)).build().evaluate(pupil.test()).accuracy();
    double[] attackedAccuracies = Arrays.stream(SIZES)
        .map(size -> pupil.accuracyUnder(AttackChoice.FGSM, size, evaluated, attacked))
        .toArray();
    double open = 0;
    double gates = 0;
    for (Layer layer : network.layers()) {
      if (layer instanceof HardConcreteGates found) {
        open += found.open();
        gates += found.units();
      }
    }
    double[] measured = new double[SIZES.length + 3];
    measured[0] = clean;
    System.arraycopy(attackedAccuracies, 0, measured, 1, SIZES.length);
    measured[SIZES.length + 1] = open;
    measured[SIZES.length + 2] = gates;
    return measured;
  }
}
