package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.nn.Initializer;
import io.github.descent4j.nn.Initializers;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradients that vanish or explode: their norms by layer at the start, geometric mean over networks of equally wide layers, with Gaussian
 * inputs and random labels. The gradient of a bias is what has come back through the layers behind; that of a weight is multiplied by what
 * has come forward, too.
 */
final class UnstableChapter implements Chapter {
  private static final int WIDTH = 64;
  private static final int CLASSES = 10;
  private static final int EXAMPLES = 64;
  private static final int NETWORKS = 5;
  private static final int FIRST_DEPTH = 4;

  private record Kind(
      String name, UnaryOperator<Sequential.Builder> activation, Initializer initializer) {

    Sequential network(int depth, long seed) {
      Sequential.Builder builder =
          Sequential.builder(DataType.DOUBLE, seed).input(WIDTH).initializer(initializer);
      for (int layer = 1; layer < depth; layer++) {
        builder = activation.apply(builder.dense("fc" + layer, WIDTH));
      }
      return builder.dense("fc" + depth, CLASSES).build();
    }
  }

  private static List<Kind> kinds() {
    Initializer xavier = Initializers.xavierUniform();
    Initializer he = Initializers.heUniform();
    return List.of(
        new Kind("sigmoid, Xavier", Sequential.Builder::sigmoid, xavier),
        new Kind("tanh, Xavier", Sequential.Builder::tanh, xavier),
        new Kind("relu, Xavier", Sequential.Builder::relu, xavier),
        new Kind("relu, He", Sequential.Builder::relu, he),
        new Kind("relu, 2 x He", Sequential.Builder::relu, (weight, random) -> {
          he.initialize(weight, random);
          weight.muli(2);
        }));
  }

  private final int depth;

  /** The deepest networks have so many layers of weights, a power of two. */
  UnstableChapter(int depth) {
    this.depth = depth;
  }

  @Override
  public Findings run() {
    double[] layers = IntStream.range(1, depth).asDoubleStream().toArray();
    int[] depths = IntStream.iterate(FIRST_DEPTH, d -> d <= depth, d -> 2 * d).toArray();
    List<Series> byLayer = new ArrayList<>();
    List<Series> byDepth = new ArrayList<>();
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "norm of gradients, layers of %d units, geometric mean of %d networks\n", WIDTH, NETWORKS);
    text.format(
        "%d layers        bias 1   bias %d  per layer  weight 1  weight %d  per depth\n",
        depth, depth - 1, depth - 1);
    for (Kind kind : kinds()) {
      double[] biases = norms(kind, depth, "bias");
      double[] weights = norms(kind, depth, "weight");
      double[] first =
          Arrays.stream(depths).mapToDouble(d -> norms(kind, d, "weight")[0]).toArray();
      text.format(
          "%-15s  %7.0e  %7.0e  %9.2f  %8.0e  %9.0e  %9.2f\n",
          kind.name(),
          biases[0],
          biases[depth - 2],
          Math.pow(biases[0] / biases[depth - 2], 1.0 / (depth - 2)),
          weights[0],
          weights[depth - 2],
          Math.pow(first[first.length - 1] / first[first.length - 2], 2.0 / depth));
      byLayer.add(Series.of(kind.name(), layers, biases));
      byDepth.add(Series.of(kind.name(), Arrays.stream(depths).asDoubleStream().toArray(), first));
    }
    return new Findings(
        List.of(
            new Chart(
                "back through " + depth + " layers: biases",
                Axis.whole("layer, from the input"),
                Axis.logarithmic("norm of the gradient"),
                byLayer),
            new Chart(
                "weights of the first layer",
                Axis.whole("layers of the network"),
                Axis.logarithmic("norm of the gradient"),
                byDepth)),
        text.toString());
  }

  /** Of the layers between equally many units: all but the last. */
  private static double[] norms(Kind kind, int depth, String parameter) {
    double[] logarithms = new double[depth - 1];
    for (int seed = 1; seed <= NETWORKS; seed++) {
      Random random = new Random(seed);
      INDArray inputs = Nd4j.create(DataType.DOUBLE, EXAMPLES, WIDTH);
      for (long i = 0; i < inputs.length(); i++) {
        inputs.putScalar(i, random.nextGaussian());
      }
      int[] labels = random.ints(EXAMPLES, 0, CLASSES).toArray();
      Sequential network = kind.network(depth, seed);
      SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
      loss.forward(network.forward(inputs, Mode.TRAINING), labels);
      network.backwardParameters(loss.backward());
      for (int layer = 1; layer < depth; layer++) {
        double norm = network
            .parameters()
            .get("fc" + layer + "." + parameter)
            .gradient()
            .norm2Number()
            .doubleValue();
        logarithms[layer - 1] += Math.log(norm) / NETWORKS;
      }
    }
    return Arrays.stream(logarithms).map(Math::exp).toArray();
  }
}
