package io.github.descent4j.mnist.tour;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.RAdam;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The variance of Adam's rate at the start (Liu et al. 2020, section 3): the standard deviation, over weights with independent Gaussian
 * gradients, of the factor by which the learning rate is multiplied, for Adam and RAdam with beta1 = 0.
 */
final class StartChapter implements Chapter {
  private static final int WEIGHTS = 2000;
  private static final double RATE = 1e-3;
  private static final int[] SHOWN = {1, 5, 6, 10, 20, 50, 100, 200, 500, 1000};

  private final int steps;

  /** The last of the rows is that of step 1000, where there are as many. */
  StartChapter(int steps) {
    this.steps = steps;
  }

  @Override
  public Findings run() {
    double[] adam = deviations(Adam.builder().learningRate(RATE).beta1(0).build());
    double[] rAdam = deviations(RAdam.builder().learningRate(RATE).beta1(0).build());
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "standard deviation of step / (learning rate * gradient) over %d weights\n", WEIGHTS);
    text.format("step     adam   radam\n");
    for (int t : SHOWN) {
      if (t <= steps) {
        text.format("%4d  %7.3f  %6.3f\n", t, adam[t - 1], rAdam[t - 1]);
      }
    }
    double[] times = IntStream.rangeClosed(1, steps).asDoubleStream().toArray();
    return new Findings(
        List.of(new Chart(
            "spread of the rate over the weights",
            Axis.logarithmic("step"),
            Axis.logarithmic("standard deviation"),
            List.of(Series.of("adam", times, adam), Series.of("radam", times, rAdam)))),
        text.toString());
  }

  /** The standard deviation over the weights at each step. */
  private double[] deviations(Optimizer optimizer) {
    Random random = new Random(1);
    Iterate weights = new Iterate(new double[WEIGHTS]);
    double[] deviations = new double[steps];
    double[] before = weights.point();
    for (int t = 0; t < steps; t++) {
      double[] gradient = new double[WEIGHTS];
      Arrays.setAll(gradient, i -> random.nextGaussian());
      weights.step(optimizer, gradient);
      double[] after = weights.point();
      double[] factors = new double[WEIGHTS];
      for (int i = 0; i < WEIGHTS; i++) {
        factors[i] = (before[i] - after[i]) / (RATE * gradient[i]);
      }
      deviations[t] = deviation(factors);
      before = after;
    }
    return deviations;
  }

  private static double deviation(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Math.sqrt(
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }
}
