package io.github.descent4j.mnist.tour;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Sgd;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.batch.LBfgs;
import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.ImageDataset;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.tour.Course.Mark;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.NetworkObjective;
import io.github.descent4j.nn.train.Trainer;
import io.github.descent4j.schedule.Schedules;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Newton and friends, why not: the price of full-batch L-BFGS and of mini-batches, in passes over the images, on the mlp of {@code
 * train}. Adam and SGD go as {@code train} lets them go, at its rates and with its cosine schedule.
 */
final class NewtonChapter implements Chapter {
  private static final long SEED = 42;
  private static final int BATCH_SIZE = 128;
  private static final int MARKS_PER_EPOCH = 5;
  private static final double[] LOSSES = {0.3, 0.1, 0.03, 0.01};
  private static final double[] ACCURACIES = {0.9, 0.95, 0.97, 0.98};

  private final LabelledImages images;
  private final ImageDataset training;
  private final ImageDataset test;
  private final int evaluations;
  private final int epochs;

  /**
   * A chapter of a length.
   *
   * @param evaluations what L-BFGS may spend, passes over the training images
   * @param epochs what the others may spend
   */
  NewtonChapter(MnistData data, int evaluations, int epochs) {
    images = data.train();
    GreyScale scale = GreyScale.of(images);
    training = new ImageDataset(images, scale);
    test = new ImageDataset(data.test(), scale);
    this.evaluations = evaluations;
    this.epochs = epochs;
  }

  @Override
  public Findings run() {
    List<Course> courses =
        List.of(lbfgs(), miniBatches(OptimizerChoice.ADAM), miniBatches(OptimizerChoice.SGD));
    Axis passes = Axis.logarithmic("passes over the training images");
    Axis seconds = Axis.logarithmic("seconds of training");
    return new Findings(
        List.of(
            loss(passes, courses, Course::passes),
            accuracy(passes, courses, Course::passes),
            loss(seconds, courses, Course::seconds),
            accuracy(seconds, courses, Course::seconds)),
        text(courses));
  }

  private static Chart loss(Axis axis, List<Course> courses, Function<Course, double[]> costs) {
    return new Chart(
        "loss on the training images",
        axis,
        Axis.logarithmic("cross-entropy"),
        curves(courses, costs, Course::losses));
  }

  private static Chart accuracy(Axis axis, List<Course> courses, Function<Course, double[]> costs) {
    return new Chart(
        "accuracy on the test images",
        axis,
        Axis.linear("accuracy"),
        curves(courses, costs, Course::accuracies));
  }

  private Sequential network() {
    return ModelChoice.MLP.build(images.rows(), images.columns(), images.classes(), 0, SEED);
  }

  Course lbfgs() {
    Sequential network = network();
    Trainer measuring = Trainer.builder(network, new Sgd(1)).build();
    List<Mark> marks = new ArrayList<>();
    Stopwatch watch = new Stopwatch();
    watch.start();
    LBfgs.builder()
        .maxEvaluations(evaluations)
        .build()
        .minimize(
            NetworkObjective.builder(network, training).build(),
            network.parameters(),
            iteration -> {
              watch.stop();
              marks.add(new Mark(
                  iteration.evaluations(),
                  watch.seconds(),
                  iteration.value(),
                  measuring.evaluate(test).accuracy()));
              watch.start();
              return true;
            });
    return new Course("lbfgs", List.copyOf(marks));
  }

  Course miniBatches(OptimizerChoice choice) {
    Sequential network = network();
    int stepsPerEpoch = (images.size() - 1) / BATCH_SIZE + 1;
    Optimizer optimizer = choice
        .build(choice.defaultLearningRate, WeightDecay.none())
        .scheduled(Schedules.cosine(choice.defaultLearningRate, (long) stepsPerEpoch * epochs));
    long[] end = new long[1];
    Trainer trainer = Trainer.builder(network, optimizer)
        .batchSize(BATCH_SIZE)
        .seed(SEED)
        .stopWhen(() -> optimizer.steps() == end[0])
        .build();
    List<Mark> marks = new ArrayList<>();
    Stopwatch watch = new Stopwatch();
    while (trainer.progress().epochs() < epochs) {
      end[0] = optimizer.steps() + (stepsPerEpoch - 1) / MARKS_PER_EPOCH + 1;
      watch.start();
      trainer.fit(training, 1);
      watch.stop();
      long batches = trainer.progress().batches();
      marks.add(new Mark(
          trainer.progress().epochs() + (double) batches * BATCH_SIZE / images.size(),
          watch.seconds(),
          trainer.evaluate(training).meanLoss(),
          trainer.evaluate(test).accuracy()));
    }
    return new Course(choice.toString(), List.copyOf(marks));
  }

  private static List<Series> curves(
      List<Course> courses, Function<Course, double[]> costs, Function<Course, double[]> values) {
    return courses.stream()
        .map(course -> Series.of(course.name(), costs.apply(course), values.apply(course)))
        .toList();
  }

  private String text(List<Course> courses) {
    long weights = 0;
    for (Parameter parameter : network().parameters()) {
      weights += parameter.value().length();
    }
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "mlp of %d weights: its Hessian has %.0f GB as doubles\n",
        weights, 8.0 * weights * weights / 1e9);
    addRow(text, "passes until", courses, Course::name);
    addRows(text, courses, Mark::passes);
    addRow(text, "passes in all", courses, course -> oneDigit(course.last().passes()));
    addRow(text, "loss at the end", courses, course -> fourDigits(course.last().loss()));
    addRow(
        text, "accuracy at the end", courses, course -> fourDigits(course.last().accuracy()));
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    addRow(text, "seconds until, load " + oneDigit(load), courses, Course::name);
    addRows(text, courses, Mark::seconds);
    return text.toString();
  }

  private static void addRows(Formatter text, List<Course> courses, ToDoubleFunction<Mark> cost) {
    for (double loss : LOSSES) {
      addRow(
          text,
          "  training loss " + loss,
          courses,
          course -> cost(course, mark -> mark.loss() <= loss, cost));
    }
    for (double accuracy : ACCURACIES) {
      addRow(
          text,
          "  test accuracy " + accuracy,
          courses,
          course -> cost(course, mark -> mark.accuracy() >= accuracy, cost));
    }
  }

  private static String cost(Course course, Predicate<Mark> enough, ToDoubleFunction<Mark> cost) {
    return course.first(enough).map(mark -> oneDigit(cost.applyAsDouble(mark))).orElse("-");
  }

  private static void addRow(
      Formatter text, String what, List<Course> courses, Function<Course, String> cell) {
    text.format(
        "%-24s%8s%8s%8s\n",
        what, cell.apply(courses.get(0)), cell.apply(courses.get(1)), cell.apply(courses.get(2)));
  }

  private static String oneDigit(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String fourDigits(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
