package io.github.descent4j.mnist.tour;

import io.github.descent4j.Adam;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.mnist.tour.Pupil.Relabelled;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.Trainer;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Optimization is not learning: the mlp on images of which a part has random labels (Zhang et al. 2017), by Adam at a constant rate, until
 * it has learned them by heart.
 */
final class LearningChapter implements Chapter {
  private static final double[] RANDOM_PARTS = {0, 0.5, 1};
  private static final double RATE = 0.002;

  private final Pupil pupil;
  private final int epochs;

  LearningChapter(MnistData data, int examples, int epochs) {
    pupil = new Pupil(data, examples);
    this.epochs = epochs;
  }

  /** After each epoch. */
  record Marks(List<Evaluation> training, List<Evaluation> test) {}

  @Override
  public Findings run() {
    List<Marks> all = IntStream.range(0, RANDOM_PARTS.length)
        .mapToObj(i -> train(RANDOM_PARTS[i]))
        .toList();
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "mlp on %d images, Adam, rate %s, %d epochs\n", pupil.training().size(), RATE, epochs);
    text.format("random labels  training loss  training accuracy  test loss  test accuracy\n");
    List<Series> accuracies = new ArrayList<>();
    for (int i = 0; i < RANDOM_PARTS.length; i++) {
      Marks marks = all.get(i);
      Evaluation training = marks.training().get(epochs - 1);
      Evaluation test = marks.test().get(epochs - 1);
      text.format(
          "%11.0f %%  %13.4f  %17.4f  %9.3f  %13.4f\n",
          100 * RANDOM_PARTS[i],
          training.meanLoss(),
          training.accuracy(),
          test.meanLoss(),
          test.accuracy());
      String name = String.format(Locale.ROOT, "%.0f %% random", 100 * RANDOM_PARTS[i]);
      accuracies.add(curve(name + ", training", marks.training(), Evaluation::accuracy));
      accuracies.add(curve(name + ", test", marks.test(), Evaluation::accuracy));
    }
    Marks clean = all.get(0);
    int best = IntStream.range(0, epochs)
        .boxed()
        .min((a, b) ->
            Double.compare(clean.test().get(a).meanLoss(), clean.test().get(b).meanLoss()))
        .orElseThrow();
    text.format(
        "without random labels the test loss was lowest after %d epochs, %.4f; then it rose\n",
        best + 1, clean.test().get(best).meanLoss());
    Axis epoch = Axis.whole("epoch");
    return new Findings(
        List.of(
            new Chart("by the part of random labels", epoch, Axis.linear("accuracy"), accuracies),
            new Chart(
                "without random labels",
                epoch,
                Axis.logarithmic("cross-entropy"),
                List.of(
                    curve("training", clean.training(), Evaluation::meanLoss),
                    curve("test", clean.test(), Evaluation::meanLoss)))),
        text.toString());
  }

  private interface Measure {
    double of(Evaluation evaluation);
  }

  private static Series curve(String name, List<Evaluation> marks, Measure measure) {
    return Series.of(
        name,
        IntStream.rangeClosed(1, marks.size()).asDoubleStream().toArray(),
        marks.stream().mapToDouble(measure::of).toArray());
  }

  /** Trains on labels of which a part is drawn at random, and tests on true ones. */
  Marks train(double part) {
    Dataset training = new Relabelled(pupil.training(), labels(part));
    Sequential network = pupil.network(0, 1);
    Trainer trainer = Trainer.builder(network, new Adam(RATE))
        .batchSize(Pupil.BATCH_SIZE)
        .seed(1)
        .build();
    Marks marks = new Marks(new ArrayList<>(), new ArrayList<>());
    for (int epoch = 0; epoch < epochs; epoch++) {
      trainer.fit(training, 1);
      marks.training().add(trainer.evaluate(training));
      marks.test().add(trainer.evaluate(pupil.test()));
    }
    return marks;
  }

  private int[] labels(double part) {
    Random random = new Random(1);
    int[] labels = new int[pupil.training().size()];
    for (int i = 0; i < labels.length; i++) {
      boolean drawn = random.nextDouble() < part;
      int other = random.nextInt(pupil.training().classes());
      labels[i] = drawn ? other : pupil.label(i);
    }
    return labels;
  }
}
