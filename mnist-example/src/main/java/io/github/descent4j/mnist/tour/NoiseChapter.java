package io.github.descent4j.mnist.tour;

import io.github.descent4j.Sgd;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * SGD is noisy but unbiased: how far its path is from that of gradient descent, for batches of different sizes, on a linear regression
 * (256 examples of 5 features, drawn with replacement; rate 0.05).
 *
 * <p>Where the gradient is linear in the weights, the mean of all paths that SGD may take is the path of gradient descent, exactly.
 */
final class NoiseChapter implements Chapter {
  private static final int EXAMPLES = 256;
  private static final int FEATURES = 5;
  private static final double RATE = 0.05;
  private static final int[] BATCH_SIZES = {1, 4, 16, 64, 256};

  private final int runs;
  private final int steps;
  private final double[][] features = new double[EXAMPLES][FEATURES];
  private final double[] targets = new double[EXAMPLES];

  NoiseChapter(int runs, int steps) {
    this.runs = runs;
    this.steps = steps;
    Random random = new Random(1);
    for (int i = 0; i < EXAMPLES; i++) {
      targets[i] = random.nextGaussian();
      for (int j = 0; j < FEATURES; j++) {
        features[i][j] = random.nextGaussian();
        targets[i] += features[i][j];
      }
    }
  }

  @Override
  public Findings run() {
    double[][] exact = path(IntStream.range(0, EXAMPLES).toArray(), null);
    List<Series> curves = new ArrayList<>();
    double[] sizes = Arrays.stream(BATCH_SIZES).asDoubleStream().toArray();
    double[] distances = new double[sizes.length];
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "%d runs of %d steps: distance from the path of gradient descent at the end\n",
        runs, steps);
    text.format("batch size  of one run (RMS)  of the mean of all runs  ratio\n");
    for (int i = 0; i < sizes.length; i++) {
      Spread spread = spread(BATCH_SIZES[i], exact);
      distances[i] = spread.ofRuns[steps];
      text.format(
          "%10d  %16.4f  %23.4f  %5.3f\n",
          BATCH_SIZES[i], distances[i], spread.ofMean, spread.ofMean / distances[i]);
      curves.add(Series.of("batches of " + BATCH_SIZES[i], numbers(), spread.ofRuns));
    }
    text.format("exponent of the batch size %.2f\n", PowerLaw.exponent(sizes, distances));
    double[] root =
        Arrays.stream(sizes).map(size -> distances[0] / Math.sqrt(size)).toArray();
    return new Findings(
        List.of(
            new Chart(
                "distance of SGD from gradient descent",
                Axis.whole("step"),
                Axis.logarithmic("distance (RMS)"),
                curves),
            new Chart(
                "after the last step",
                Axis.logarithmic("batch size"),
                Axis.logarithmic("distance (RMS)"),
                List.of(
                    Series.of("measured", sizes, distances),
                    Series.of("falls as 1 / sqrt(batch size)", sizes, root).faint()))),
        text.toString());
  }

  /** How far runs are from gradient descent after each step, and how far their mean is after the last. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
  private record Spread(double[] ofRuns, double ofMean) {}

  private Spread spread(int batchSize, double[][] exact) {
    double[] squares = new double[steps + 1];
    double[] mean = new double[FEATURES];
    for (int run = 0; run < runs; run++) {
      double[][] path = path(new int[batchSize], new Random(1000L * batchSize + run));
      for (int t = 0; t <= steps; t++) {
        double distance = distance(path[t], exact[t]);
        squares[t] += distance * distance / runs;
      }
      for (int j = 0; j < FEATURES; j++) {
        mean[j] += path[steps][j] / runs;
      }
    }
    return new Spread(
        Arrays.stream(squares).map(Math::sqrt).toArray(), distance(mean, exact[steps]));
  }

  /** The weights before the first step and after each; without a random generator the batch is always the one given. */
  private double[][] path(int[] batch, Random random) {
    Sgd sgd = new Sgd(RATE);
    Iterate weights = new Iterate(new double[FEATURES]);
    double[][] path = new double[steps + 1][];
    path[0] = weights.point();
    for (int t = 1; t <= steps; t++) {
      if (random != null) {
        Arrays.setAll(batch, i -> random.nextInt(EXAMPLES));
      }
      weights.step(sgd, gradient(path[t - 1], batch));
      path[t] = weights.point();
    }
    return path;
  }

  /** That of half the mean squared error over a batch. */
  private double[] gradient(double[] weights, int[] batch) {
    double[] gradient = new double[FEATURES];
    for (int example : batch) {
      double error = -targets[example];
      for (int j = 0; j < FEATURES; j++) {
        error += weights[j] * features[example][j];
      }
      for (int j = 0; j < FEATURES; j++) {
        gradient[j] += error * features[example][j] / batch.length;
      }
    }
    return gradient;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  private double[] numbers() {
    return IntStream.rangeClosed(0, steps).asDoubleStream().toArray();
  }
}
