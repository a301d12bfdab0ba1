package io.github.descent4j.mnist.tour;

import io.github.descent4j.AdaGrad;
import io.github.descent4j.Optimizer;
import io.github.descent4j.RmsProp;
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
 * AdaGrad's rate falls as the root of time, and sparse features keep a larger one: the effective rate, step over gradient, for
 * Gaussian gradients, and for those of a feature that is there once in a hundred steps; beside it that of RMSProp.
 */
final class AdaGradChapter implements Chapter {
  private static final double RATE = 0.1;
  private static final double PRESENT = 0.01;

  private final int steps;

  AdaGradChapter(int steps) {
    this.steps = steps;
  }

  @Override
  public Findings run() {
    double[][] gradients = gradients();
    double[][] adaGrad = rates(AdaGrad.builder().learningRate(RATE).build(), gradients);
    double[][] rmsProp = rates(RmsProp.builder().learningRate(RATE).rho(0.99).build(), gradients);
    Formatter text = new Formatter(Locale.ROOT);
    text.format("effective rate at learning rate %s\n", RATE);
    text.format("step    adagrad dense  adagrad sparse  ratio  rmsprop dense\n");
    for (int t = 100; t <= steps; t *= 10) {
      double sparse = lastPresent(adaGrad[1], t);
      text.format(
          "%-6d  %13.6f  %14.6f  %5.1f  %13.6f\n",
          t, adaGrad[0][t - 1], sparse, sparse / adaGrad[0][t - 1], rmsProp[0][t - 1]);
    }
    int[] late = IntStream.range(99, steps).toArray();
    double[] times = Arrays.stream(late).mapToDouble(i -> i + 1).toArray();
    text.format(
        "exponent of time from step 100: adagrad %.2f, rmsprop %.2f\n",
        PowerLaw.exponent(times, at(late, adaGrad[0])),
        PowerLaw.exponent(times, at(late, rmsProp[0])));
    int[] sparse = IntStream.range(0, steps).filter(i -> gradients[i][1] != 0).toArray();
    double[] all = IntStream.rangeClosed(1, steps).asDoubleStream().toArray();
    double[] root = Arrays.stream(all).map(t -> RATE / Math.sqrt(t)).toArray();
    return new Findings(
        List.of(new Chart(
            "effective rate: step / gradient",
            Axis.logarithmic("step t"),
            Axis.logarithmic("effective rate"),
            List.of(
                Series.of("adagrad, dense", all, adaGrad[0]),
                Series.of(
                    "adagrad, there once in 100 steps",
                    Arrays.stream(sparse).mapToDouble(i -> i + 1).toArray(),
                    at(sparse, adaGrad[1])),
                Series.of("rmsprop, dense", all, rmsProp[0]),
                Series.of("falls as 1 / sqrt(t)", all, root).faint()))),
        text.toString());
  }

  /** Of each step: a Gaussian number, and one that is mostly 0. */
  private double[][] gradients() {
    Random random = new Random(1);
    double[][] gradients = new double[steps][];
    for (int i = 0; i < steps; i++) {
      boolean present = random.nextDouble() < PRESENT;
      gradients[i] = new double[] {random.nextGaussian(), present ? random.nextGaussian() : 0};
    }
    return gradients;
  }

  /** The effective rate of each of the two elements at each step, NaN where the gradient is 0. */
  private static double[][] rates(Optimizer optimizer, double[][] gradients) {
    Iterate iterate = new Iterate(0, 0);
    double[][] rates = new double[2][gradients.length];
    double[] before = iterate.point();
    for (int i = 0; i < gradients.length; i++) {
      iterate.step(optimizer, gradients[i]);
      double[] after = iterate.point();
      for (int j = 0; j < 2; j++) {
        double gradient = gradients[i][j];
        rates[j][i] = gradient == 0 ? Double.NaN : (before[j] - after[j]) / gradient;
      }
      before = after;
    }
    return rates;
  }

  private static double lastPresent(double[] rates, int steps) {
    int i = steps - 1;
    while (Double.isNaN(rates[i])) {
      i--;
    }
    return rates[i];
  }

  private static double[] at(int[] indices, double[] values) {
    return Arrays.stream(indices).mapToDouble(i -> values[i]).toArray();
  }
}
