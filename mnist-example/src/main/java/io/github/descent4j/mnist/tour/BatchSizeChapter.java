package io.github.descent4j.mnist.tour;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Sgd;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Random;

/**
 * Mini-batch size: how many steps, and how many examples, SGD needs on a noisy linear regression at the best of its rates for each size.
 * Features have deviations from 1 to 1/2, targets noise of deviation 1; the loss counts as reached when its mean over several runs at once is.
 */
final class BatchSizeChapter implements Chapter {
  private static final int FEATURES = 20;
  private static final int EXAMPLES = 1 << 15;
  private static final int RUNS = 8;
  private static final double TARGET = 0.02;
  private static final int RATES = 12;

  private final int[] sizes;
  private final int mostSteps;
  private final double[] deviations = new double[FEATURES];
  private final double[][] features = new double[EXAMPLES][FEATURES];
  private final double[] noise = new double[EXAMPLES];

  BatchSizeChapter(int mostSteps, int... sizes) {
    this.mostSteps = mostSteps;
    this.sizes = sizes;
    Random random = new Random(1);
    Arrays.setAll(deviations, j -> Math.pow(2, -(double) j / (FEATURES - 1)));
    for (int i = 0; i < EXAMPLES; i++) {
      for (int j = 0; j < FEATURES; j++) {
        features[i][j] = deviations[j] * random.nextGaussian();
      }
      noise[i] = random.nextGaussian();
    }
  }

  @Override
  public Findings run() {
    double[] batches = Arrays.stream(sizes).asDoubleStream().toArray();
    double[] steps = new double[sizes.length];
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "until the loss is %s above the least, mean of %d runs, at the best of %d rates\n",
        TARGET, RUNS, RATES);
    text.format("batch size  best rate   steps  examples\n");
    for (int i = 0; i < sizes.length; i++) {
      steps[i] = Double.NaN;
      double best = Double.NaN;
      for (int k = 0; k < RATES; k++) {
        double rate = Math.pow(2, -k);
        int most = Double.isNaN(steps[i]) ? mostSteps : (int) steps[i] - 1;
        OptionalInt arrival = steps(sizes[i], rate, most);
        if (arrival.isPresent()) {
          steps[i] = arrival.getAsInt();
          best = rate;
        }
      }
      text.format("%10d  %9.4f  %6.0f  %8.0f\n", sizes[i], best, steps[i], steps[i] * sizes[i]);
    }
    double[] examples = new double[sizes.length];
    Arrays.setAll(examples, i -> steps[i] * batches[i]);
    double[] shared = Arrays.stream(batches).map(size -> steps[0] / size).toArray();
    return new Findings(
        List.of(
            new Chart(
                "steps at the best rate",
                Axis.logarithmic("batch size"),
                Axis.logarithmic("steps"),
                List.of(
                    Series.of("measured", batches, steps),
                    Series.of("falls as 1 / batch size", batches, shared).faint())),
            new Chart(
                "examples at the best rate",
                Axis.logarithmic("batch size"),
                Axis.logarithmic("examples"),
                List.of(Series.of("measured", batches, examples)))),
        text.toString());
  }

  /** The first step after which the loss is low, if that is one of the first so many. The weights of all runs are one vector. */
  private OptionalInt steps(int batchSize, double rate, int most) {
    Random random = new Random(batchSize);
    Optimizer sgd = new Sgd(rate);
    double[] start = new double[RUNS * FEATURES];
    // The weights are told by their distance from the true ones, which are 0 here.
    Arrays.fill(start, 1);
    Iterate weights = new Iterate(start);
    double[] at = start;
    for (int t = 1; t <= most; t++) {
      weights.step(sgd, gradient(at, batchSize, random));
      at = weights.point();
      double loss = excess(at);
      if (loss <= TARGET) {
        return OptionalInt.of(t);
      }
      if (!(loss < 1e6)) {
        return OptionalInt.empty();
      }
    }
    return OptionalInt.empty();
  }

  private double[] gradient(double[] weights, int batchSize, Random random) {
    double[] gradient = new double[weights.length];
    for (int run = 0; run < RUNS; run++) {
      int from = run * FEATURES;
      for (int b = 0; b < batchSize; b++) {
        int example = random.nextInt(EXAMPLES);
        double error = -noise[example];
        for (int j = 0; j < FEATURES; j++) {
          error += weights[from + j] * features[example][j];
        }
        for (int j = 0; j < FEATURES; j++) {
          gradient[from + j] += error * features[example][j] / batchSize;
        }
      }
    }
    return gradient;
  }

  /** The mean over the runs of half the expected squared error, without that of the noise. */
  private double excess(double[] weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double error = weights[i] * deviations[i % FEATURES];
      sum += error * error / (2 * RUNS);
    }
    return sum;
  }
}
