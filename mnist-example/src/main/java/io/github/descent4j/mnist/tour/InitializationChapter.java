package io.github.descent4j.mnist.tour;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.nn.ActivationHealth;
import io.github.descent4j.nn.Initializer;
import io.github.descent4j.nn.Initializers;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.NetworkHealth;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where training begins: networks 2-32-32-2 that are to tell the inside of a circle from the outside, with weights that are all 0, all
 * equal, and random of several sizes.
 */
final class InitializationChapter implements Chapter {
  private static final int POINTS = 256;
  private static final int UNITS = 32;
  private static final double INSIDE = 0.6;
  private static final double RATE = 0.01;

  private final int steps;
  private final INDArray points = Nd4j.create(DataType.DOUBLE, POINTS, 2);
  private final int[] labels = new int[POINTS];

  InitializationChapter(int steps) {
    this.steps = steps;
    Random random = new Random(1);
    for (int i = 0; i < POINTS; i++) {
      double x = 2 * random.nextDouble() - 1;
      double y = 2 * random.nextDouble() - 1;
      points.putScalar(i, 0, x);
      points.putScalar(i, 1, y);
      labels[i] = x * x + y * y < INSIDE ? 1 : 0;
    }
  }

  private record Start(String name, Initializer initializer) {}

  /** What a training came to: the losses before each step, how many points are right, and units that differ. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
  private record Outcome(double[] losses, int correct, List<ActivationHealth> layers) {}

  @Override
  public Findings run() {
    List<Start> starts = List.of(
        new Start("all 0", Initializers.constant(0)),
        new Start("all 0.1", Initializers.constant(0.1)),
        new Start("He / 100", times(0.01)),
        new Start("Xavier", Initializers.xavierUniform()),
        new Start("He", Initializers.heUniform()),
        new Start("He x 10", times(10)));
    List<Series> curves = new ArrayList<>();
    double[] times = IntStream.range(0, steps).asDoubleStream().toArray();
    Formatter text = new Formatter(Locale.ROOT);
    text.format("relu 2-%d-%d-2, Adam, rate %s, after %d steps\n", UNITS, UNITS, RATE, steps);
    text.format("weights   different units  first loss  last loss  right of %d\n", POINTS);
    for (Start start : starts) {
      Outcome outcome = train(start.initializer());
      text.format(
          "%-8s  %15s  %10.3f  %9.3f  %12d\n",
          start.name(),
          outcome.layers().get(0).distinctUnits() + ", "
              + outcome.layers().get(1).distinctUnits(),
          outcome.losses()[0],
          outcome.losses()[steps - 1],
          outcome.correct());
      curves.add(Series.of(start.name(), times, outcome.losses()));
    }
    return new Findings(
        List.of(new Chart(
            "loss by the weights at the start",
            Axis.whole("step"),
            Axis.logarithmic("cross-entropy"),
            curves)),
        text.toString());
  }

  private static Initializer times(double factor) {
    return (weight, random) -> {
      Initializers.heUniform().initialize(weight, random);
      weight.muli(factor);
    };
  }

  private Outcome train(Initializer initializer) {
    Sequential network = Sequential.builder(DataType.DOUBLE, 1)
        .input(2)
        .initializer(initializer)
        .dense("fc1", UNITS)
        .relu()
        .dense("fc2", UNITS)
        .relu()
        .dense("fc3", 2)
        .build();
    Optimizer optimizer = new Adam(RATE);
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    double[] losses = new double[steps];
    for (int step = 0; step < steps; step++) {
      losses[step] = loss.forward(network.forward(points, Mode.TRAINING), labels);
      network.backwardParameters(loss.backward());
      optimizer.step(network.parameters());
    }
    loss.forward(network.forward(points, Mode.EVALUATION), labels);
    return new Outcome(losses, loss.correct(), NetworkHealth.of(network, points).layers());
  }
}
