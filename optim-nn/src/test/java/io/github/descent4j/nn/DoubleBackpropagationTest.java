package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Adam;
import io.github.descent4j.Parameter;
import io.github.descent4j.nn.train.InMemoryDataset;
import io.github.descent4j.nn.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Tag("slow")
class DoubleBackpropagationTest {
  private static final DataType DOUBLE = DataType.DOUBLE;

  /** PyTorch's second derivatives. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "double_backprop_mlp_tanh",
        "double_backprop_mlp_sigmoid",
        "double_backprop_mlp_relu",
        "double_backprop_cnn_tanh"
      })
  void agrees(String file) {
    JsonNode golden = Golden.read(file);
    JsonNode result = golden.get("results").get(0);
    Golden.Tolerance tolerance = Golden.tolerance(golden);
    Sequential network =
        Golden.network(golden.get("architecture").get(0), golden.get("parameters"));
    double lambda = golden.get("lambda").asDouble();
    INDArray input = Golden.array(golden.get("input"));
    Targets labels = Targets.labels(Golden.labels(golden));
    DoubleBackpropagation gradient = new DoubleBackpropagation(lambda);
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    for (int time = 1; time <= 2; time++) {
      BatchGradient.Measured measured = gradient.compute(network, loss, input, labels, 0);
      tolerance.check("loss", measured.meanLoss(), result.get("loss").asDouble());
      double squares = result.get("S").asDouble();
      tolerance.check("penalty", gradient.penalty(), lambda / 2 * input.size(0) * squares);
      tolerance.checkGradients("gradient", network, result.get("gradients_of_total"));
    }
  }

  static Stream<Loss> losses() {
    return Stream.of(
        new SoftmaxCrossEntropy(0.1),
        new MeanSquaredError(),
        new Huber(0.4),
        new BinaryCrossEntropy());
  }

  /** Every layer that there may be, and every loss, against difference quotients. */
  @ParameterizedTest
  @MethodSource("losses")
  void differenceQuotients(Loss loss) {
    Sequential network = Sequential.builder(DOUBLE, 11)
        .input(2, 7, 6)
        .conv2d("conv1", 3, 3, 1, 1)
        .sigmoid()
        .conv2d("conv2", 3, 2)
        .tanh()
        .maxPool2d(2, 1)
        .flatten()
        .dropout(0.3)
        .dense("fc1", 5)
        .tanh()
        .dense("fc2", 3)
        .build();
    INDArray x = Arrays.random(DOUBLE, 12, 4, 2, 7, 6).muli(2);
    Targets targets = loss instanceof SoftmaxCrossEntropy
        ? Targets.labels(0, 2, 1, 1)
        : Targets.values(Nd4j.rand(DOUBLE, 4, 3));
    DoubleBackpropagation gradient = new DoubleBackpropagation(0.7);
    gradient.compute(network, loss, x, targets, 5);
    // All of them before the first difference quotient, which overwrites them.
    List<INDArray> analytic = new ArrayList<>();
    network.parameters().forEach(parameter -> analytic.add(parameter.gradient().dup()));
    for (int i = 0; i < analytic.size(); i++) {
      Parameter parameter = network.parameters().get(i);
      GradientCheck.compare(parameter.name(), parameter.value(), analytic.get(i), () -> {
        double value = gradient.compute(network, loss, x, targets, 5).meanLoss();
        return value + gradient.penalty();
      });
    }
  }

  @Test
  void floatsAgreeWithDoubles() {
    double[][] gradients = new double[2][];
    for (int i = 0; i < 2; i++) {
      DataType type = i == 0 ? DOUBLE : DataType.FLOAT;
      Sequential network = Sequential.builder(type, 1)
          .input(6)
          .dense("fc1", 5)
          .relu()
          .dense("fc2", 3)
          .build();
      INDArray x = Arrays.random(DOUBLE, 2, 8, 6).castTo(type);
      new DoubleBackpropagation(2)
          .compute(
              network, new SoftmaxCrossEntropy(), x, Targets.labels(0, 1, 2, 0, 1, 2, 0, 1), 1);
      gradients[i] = Arrays.values(network.parameters().get("fc1.weight").gradient());
    }
    for (int i = 0; i < gradients[0].length; i++) {
      assertThat(gradients[1][i]).isCloseTo(gradients[0][i], within(1e-5));
    }
  }

  @Test
  void lowersTheInputGradient() {
    double without = penaltyAfterTraining(0);
    double with = penaltyAfterTraining(3);
    assertThat(with).isLessThan(0.7 * without);
  }

  /** Mean squared input gradient, halved, of a network that was trained with a penalty. */
  private static double penaltyAfterTraining(double lambda) {
    INDArray x = Arrays.random(DOUBLE, 2, 60, 4);
    int[] labels = new int[60];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = x.getDouble(i, 0) * x.getDouble(i, 1) > 0 ? 1 : 0;
    }
    Sequential network = Sequential.builder(DOUBLE, 1)
        .input(4)
        .dense("fc1", 20)
        .tanh()
        .dense("fc2", 2)
        .build();
    Trainer.builder(network, new Adam(0.01))
        .gradient(new DoubleBackpropagation(lambda))
        .batchSize(20)
        .build()
        .fit(InMemoryDataset.of(x, labels, 2), 60);
    DoubleBackpropagation measure = new DoubleBackpropagation(1);
    measure.compute(network, new SoftmaxCrossEntropy(), x, Targets.labels(labels), 0);
    return measure.penalty();
  }

  /** A pass of the network over one example lets its layers divide their products. */
  @Test
  void bitsDoNotDependOnTheLastPass() {
    INDArray x = Arrays.random(DataType.FLOAT, 2, 64, 301);
    int[] labels = new int[64];
    List<INDArray> gradients = new ArrayList<>();
    for (boolean before : new boolean[] {false, true}) {
      Sequential network = Sequential.builder(DataType.FLOAT, 1)
          .input(301)
          .dense("fc1", 1031)
          .tanh()
          .dense("fc2", 263)
          .build();
      if (before) {
        network.forward(Nd4j.ones(DataType.FLOAT, 1, 301), Mode.EVALUATION);
      }
      new DoubleBackpropagation(2)
          .compute(network, new SoftmaxCrossEntropy(), x, Targets.labels(labels), 1);
      gradients.add(network.parameters().get("fc1.weight").gradient());
    }
    assertThat(Arrays.values(gradients.get(1))).isEqualTo(Arrays.values(gradients.get(0)));
  }

  /**
   * Where no maximum changes pooling is linear: the derivative along a direction is a difference. Elements are whole numbers, and those of
   * the direction multiples of 1/64 below 1/2, so that the difference is exact.
   */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "2, 2", "3, 1", "3, 2", "2, 3"})
  void theTangentOfPoolingIsADifference(int size, int stride) {
    INDArray x = Arrays.distinct(3, 2, 3, 7, 5).subi(0.005).muli(100);
    INDArray direction = Nd4j.create(DOUBLE, x.shape());
    for (long i = 0; i < x.length(); i++) {
      x.putScalar(i, Math.rint(x.getDouble(i)));
      direction.putScalar(i, (i * 37 % 63 - 31) / 64.0);
    }
    MaxPool2d pool = new MaxPool2d(size, stride);
    INDArray y = pool.forward(x, Mode.TRAINING).dup();
    double[] expected =
        Arrays.values(pool.forward(x.add(direction), Mode.TRAINING).sub(y));
    Tangent tangent = Tangent.of(pool);
    tangent.at(x, y);
    INDArray actual = tangent.forward(direction);
    assertThat(actual.shape()).isEqualTo(y.shape());
    assertThat(Arrays.values(actual)).isEqualTo(expected);
  }

  /** The first of equal elements, and -0 is equal to 0: what the layer passes back and what is passed forward are of the same one. */
  @Test
  void theTangentOfPoolingIsOfTheElementThatTheGradientGoesTo() {
    MaxPool2d pool = new MaxPool2d(2);
    INDArray x =
        Nd4j.createFromArray(-0.0, -3, 0.0, 0.0, 5, 5, 4, 5).reshape('c', new long[] {1, 2, 2, 2});
    INDArray direction =
        Nd4j.createFromArray(1.0, 2, 3, 4, 5, 6, 7, 8).reshape('c', new long[] {1, 2, 2, 2});
    INDArray y = pool.forward(x, Mode.TRAINING);
    Tangent tangent = Tangent.of(pool);
    tangent.at(x, y);
    assertThat(Arrays.values(tangent.forward(direction))).containsExactly(1, 5);
    assertThat(Arrays.values(pool.backward(Nd4j.ones(DOUBLE, 1, 2, 1, 1))))
        .containsExactly(1, 0, 0, 0, 1, 0, 0, 0);
  }

  @Test
  void tellsItsPenalty() {
    DoubleBackpropagation gradient = new DoubleBackpropagation(0.5);
    assertThat(gradient).hasToString("double back-propagation 0.5");
    assertThat(gradient.penalty()).isNaN();
  }

  @Test
  void aLambdaOfZeroLeavesTheGradientOfTheLoss() {
    INDArray x = Arrays.random(DOUBLE, 2, 4, 3);
    Targets targets = Targets.labels(0, 1, 0, 1);
    Sequential network = smooth(1);
    DoubleBackpropagation gradient = new DoubleBackpropagation(0);
    gradient.compute(network, new SoftmaxCrossEntropy(), x, targets, 1);
    assertThat(gradient.penalty()).isZero();
    Sequential plain = smooth(1);
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    loss.forward(plain.forward(x, Mode.TRAINING), targets);
    plain.backwardParameters(loss.backward());
    for (Parameter parameter : plain.parameters()) {
      assertThat(Arrays.values(network.parameters().get(parameter.name()).gradient()))
          .as(parameter.name())
          .containsExactly(Arrays.values(parameter.gradient()), within(1e-15));
    }
  }

  /** Dropout multiplies by its mask, and so do the derivatives of both of its passes. */
  @Test
  void theTangentOfDropoutIsItsMask() {
    Dropout dropout = new Dropout(0.5, new SplittableRandom(3));
    INDArray ones = Nd4j.ones(DOUBLE, 4, 10);
    INDArray mask = dropout.forward(ones, Mode.TRAINING).dup();
    assertThat(Arrays.values(mask)).contains(0, 2).containsOnly(0, 2);
    Tangent tangent = Tangent.of(dropout);
    tangent.at(ones, mask);
    INDArray direction = Arrays.random(DOUBLE, 5, 4, 10);
    INDArray forward = tangent.forward(direction);
    INDArray other = Arrays.random(DOUBLE, 6, 4, 10);
    assertThat(tangent.backward(ones, other)).isEqualTo(other.mul(mask));
    assertThat(forward).isEqualTo(direction.mul(mask));
  }

  @Test
  void masksFollowFromTheSeedThatIsGiven() {
    INDArray x = Arrays.random(DOUBLE, 2, 4, 3);
    Sequential network = Sequential.builder(DOUBLE, 1)
        .input(3)
        .dense("fc1", 20)
        .dropout(0.5)
        .dense("fc2", 2)
        .build();
    DoubleBackpropagation gradient = new DoubleBackpropagation(1);
    List<Double> losses = new ArrayList<>();
    for (long seed : new long[] {1, 2, 1}) {
      losses.add(gradient
          .compute(network, new SoftmaxCrossEntropy(), x, Targets.labels(0, 1, 0, 1), seed)
          .meanLoss());
    }
    assertThat(losses.get(2)).isEqualTo(losses.get(0));
    assertThat(losses.get(1)).isNotEqualTo(losses.get(0));
  }

  /** One object serves networks in turn. */
  @Test
  void anotherNetworkHasTangentsOfItsOwn() {
    DoubleBackpropagation gradient = new DoubleBackpropagation(2);
    INDArray x = Arrays.random(DOUBLE, 2, 4, 3);
    Targets targets = Targets.labels(0, 1, 0, 1);
    List<double[]> alone = new ArrayList<>();
    List<double[]> inTurn = new ArrayList<>();
    for (long seed : new long[] {1, 2, 1}) {
      Sequential network = smooth(seed);
      new DoubleBackpropagation(2).compute(network, new SoftmaxCrossEntropy(), x, targets, 1);
      alone.add(Arrays.values(network.parameters().get("fc1.weight").gradient()));
      network = smooth(seed);
      gradient.compute(network, new SoftmaxCrossEntropy(), x, targets, 1);
      inTurn.add(Arrays.values(network.parameters().get("fc1.weight").gradient()));
    }
    assertThat(inTurn).usingRecursiveComparison().isEqualTo(alone);
    assertThat(alone.get(1)).isNotEqualTo(alone.get(0));
  }

  private static Sequential smooth(long seed) {
    return Sequential.builder(DOUBLE, seed)
        .input(3)
        .dense("fc1", 4)
        .tanh()
        .dense("fc2", 2)
        .build();
  }

  @Test
  void refusals() {
    DoubleBackpropagation gradient = new DoubleBackpropagation(1);
    Sequential norm =
        Sequential.builder(DOUBLE, 1).input(3).dense("fc", 2).batchNorm("norm").build();
    INDArray x = Nd4j.ones(DOUBLE, 2, 3);
    assertThatThrownBy(
            () -> gradient.compute(norm, new SoftmaxCrossEntropy(), x, Targets.labels(0, 1), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "double back-propagation: layer BatchNorm norm [2] is there, expected Dense, Conv2d, ");
    Loss own = new Loss() {
      @Override
      public double forward(INDArray outputs, Targets targets) {
        return 0;
      }

      @Override
      public INDArray backward() {
        throw new AssertionError("nothing is computed");
      }

      @Override
      public String toString() {
        return "Own";
      }
    };
    Sequential dense = Sequential.builder(DOUBLE, 1).input(3).dense("fc", 2).build();
    assertThatThrownBy(() -> gradient.compute(dense, own, x, Targets.labels(0, 1), 0))
        .hasMessage("double back-propagation: loss is Own, expected one whose second derivatives"
            + " are known: those of this package");
    for (double lambda : new double[] {Double.NaN, -0.1, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new DoubleBackpropagation(lambda))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("lambda is " + lambda + ", expected a finite number of at least 0");
    }
  }
}
