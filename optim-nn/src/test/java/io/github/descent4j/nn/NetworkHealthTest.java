package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Parameter;
import io.github.descent4j.Sgd;
import io.github.descent4j.nn.ActivationHealth.Verdict;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NetworkHealthTest {
  /** One input, 1 in the first and 2 in the second example. */
  private static final INDArray EXAMPLES = Nd4j.createFromArray(new float[][] {{1}, {2}});

  @Test
  void aRectifierIsDeadThatAnswersZeroToEveryExample() {
    // The third unit wakes up at the second example.
    Sequential network =
        network(new float[] {-1, 1, 1, -3}, new float[] {0, 0.5f, -1, 1}, b -> b.relu());
    ActivationHealth layer = NetworkHealth.of(network, EXAMPLES).layers().get(0);
    assertThat(layer).isEqualTo(new ActivationHealth("fc1 Relu", 4, 2, 0, 2, Verdict.HEALTHY));

    Sequential dying = network(new float[] {-1, -1, 1, -3}, new float[4], b -> b.relu());
    assertThat(NetworkHealth.of(dying, EXAMPLES).layers().get(0))
        .isEqualTo(new ActivationHealth("fc1 Relu", 4, 3, 0, 1, Verdict.DEAD));
  }

  @Test
  void aSigmoidIsSaturatedNearZeroAndOne() {
    // sigmoid(4.5) = 0.989, sigmoid(4.6) = 0.99005
    Sequential network =
        network(new float[] {-4.6f, 2, 4.5f, 0}, new float[] {0, 0, 0, 1}, b -> b.sigmoid());
    ActivationHealth layer = NetworkHealth.of(network, EXAMPLES).layers().get(0);
    assertThat(layer.saturated()).isEqualTo(3 / 8.0);
    assertThat(layer.deadUnits()).isZero();
    assertThat(layer.verdict()).isEqualTo(Verdict.HEALTHY);

    Sequential saturated = network(new float[] {-9, 9, 8, 0}, new float[4], b -> b.sigmoid());
    assertThat(NetworkHealth.of(saturated, EXAMPLES).layers().get(0).verdict())
        .isEqualTo(Verdict.SATURATED);
  }

  @Test
  void aTanhIsSaturatedNearMinusOneAndOne() {
    // tanh(2.6) = 0.98903, tanh(2.7) = 0.99101
    Sequential network = network(new float[] {2.6f, -2.7f, 0, -1}, new float[4], b -> b.tanh());
    assertThat(NetworkHealth.of(network, EXAMPLES).layers().get(0).saturated())
        .as("three outputs; tanh(0) is not near a bound")
        .isCloseTo(3 / 8.0, within(0.0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"relu", "sigmoid", "tanh"})
  void equalWeightsStayEqualWhileTraining(String activation) {
    Sequential.Builder builder = Sequential.builder(DataType.FLOAT, 1)
        .input(3)
        .initializer(Initializers.constant(0.1))
        .dense("fc1", 20);
    Sequential network = (switch (activation) {
          case "relu" -> builder.relu();
          case "sigmoid" -> builder.sigmoid();
          default -> builder.tanh();
        })
        .dense("fc2", 2)
        .build();
    INDArray x = Arrays.random(DataType.FLOAT, 3, 16, 3);
    int[] labels = new int[16];
    labels[3] = labels[7] = labels[8] = 1;
    INDArray before = network.parameters().get("fc1.weight").value().dup();
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    Sgd optimizer = new Sgd(0.5);
    for (int step = 0; step < 50; step++) {
      loss.forward(network.forward(x, Mode.TRAINING), labels);
      network.backwardParameters(loss.backward());
      optimizer.step(network.parameters());
    }
    assertThat(network.parameters().get("fc1.weight").value()).isNotEqualTo(before);
    ActivationHealth layer = NetworkHealth.of(network, x).layers().get(0);
    assertThat(layer.distinctUnits()).isEqualTo(1);
    assertThat(layer.verdict()).isEqualTo(Verdict.SYMMETRIC);
  }

  @Test
  void pairsOfUnitsAreSymmetricAndOnePairAmongOthersIsNot() {
    Sequential pairs = network(new float[] {1, 1, 0.5f, 0.5f}, new float[4], b -> b.tanh());
    assertThat(NetworkHealth.of(pairs, EXAMPLES).layers().get(0))
        .isEqualTo(new ActivationHealth("fc1 Tanh", 4, 0, 0, 2, Verdict.SYMMETRIC));
    Sequential one = network(new float[] {1, 1, 0.5f, 0.25f}, new float[4], b -> b.tanh());
    assertThat(NetworkHealth.of(one, EXAMPLES).layers().get(0))
        .isEqualTo(new ActivationHealth("fc1 Tanh", 4, 0, 0, 3, Verdict.HEALTHY));
  }

  @Test
  void aLargeNegativeBiasKillsRectifiers() {
    Sequential network = Sequential.builder(DataType.DOUBLE, 5)
        .input(1, 9, 9)
        .conv2d("conv1", 6, 3)
        .relu()
        .maxPool2d(2)
        .flatten()
        .dense("fc1", 8)
        .relu()
        .dense("fc2", 2)
        .build();
    INDArray images = Arrays.random(DataType.DOUBLE, 9, 40, 1, 9, 9);
    NetworkHealth before = NetworkHealth.of(network, images);
    assertThat(before.layers())
        .extracting(ActivationHealth::name)
        .containsExactly("conv1 Relu", "fc1 Relu");
    assertThat(before.layers()).extracting(ActivationHealth::units).containsExactly(6, 8);
    assertThat(before.isHealthy()).as("%s", before).isTrue();

    network.parameters().get("conv1.bias").value().subi(100).putScalar(2, 0);
    ActivationHealth conv1 = NetworkHealth.of(network, images).layers().get(0);
    assertThat(conv1.deadUnits()).isEqualTo(5);
    assertThat(conv1.verdict()).isEqualTo(Verdict.DEAD);
  }

  @Test
  void outputsThatAreNotFiniteAreNothingElse() {
    Sequential network = network(new float[] {Float.NaN, 1, -1, 2}, new float[4], b -> b.relu());
    NetworkHealth health = NetworkHealth.of(network, EXAMPLES);
    assertThat(health.layers().get(0).verdict()).isEqualTo(Verdict.NOT_FINITE);
    assertThat(health).hasToString(String.format(Locale.ROOT, """
            layer      units    dead  saturated  distinct  verdict
            fc1 Relu       4       1       0.0%%         3  not finite%n"""));
  }

  @Test
  void looksIntoNetworksInsideAndChangesNothing() {
    Sequential inner = network(new float[] {1, 2, 3, 4}, new float[4], b -> b.tanh());
    Sequential outer = Sequential.of(DataType.FLOAT, new Relu(), inner, new Sigmoid());
    INDArray before = outer.forward(EXAMPLES, Mode.EVALUATION).dup();
    NetworkHealth health = NetworkHealth.of(outer, EXAMPLES);
    assertThat(health.layers())
        .extracting(ActivationHealth::name)
        .containsExactly("Relu", "fc1 Tanh", "fc1 Sigmoid");
    assertThat(outer.forward(EXAMPLES, Mode.EVALUATION)).isEqualTo(before);
  }

  @Test
  void refusesExamplesThatDoNotFit() {
    Sequential network = network(new float[] {1, 2, 3, 4}, new float[4], b -> b.tanh());
    assertThatThrownBy(() -> NetworkHealth.of(network, EXAMPLES.castTo(DataType.DOUBLE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("network: input is of type DOUBLE, expected FLOAT");
    assertThatThrownBy(() -> NetworkHealth.of(network, Nd4j.ones(DataType.FLOAT, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("fc1: input has shape [2, 3], expected ");
  }

  /** One input and four units with these weights. */
  private static Sequential network(
      float[] weights, float[] biases, Consumer<Sequential.Builder> activation) {
    Sequential.Builder builder = Sequential.builder(DataType.FLOAT, 1).input(1).dense("fc1", 4);
    activation.accept(builder);
    Sequential network = builder.build();
    Parameter weight = network.parameters().get("fc1.weight");
    weight.value().assign(Nd4j.createFromArray(weights).reshape(4, 1));
    network.parameters().get("fc1.bias").value().assign(Nd4j.createFromArray(biases));
    return network;
  }
}
