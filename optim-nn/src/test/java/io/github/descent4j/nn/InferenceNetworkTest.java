package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class InferenceNetworkTest {
  private static final DataType DOUBLE = DataType.DOUBLE;

  /** The same outputs as the network in evaluation, in both modes; and nothing shared. */
  private static Sequential check(Sequential network, INDArray x) {
    INDArray expected = network.forward(x, Mode.EVALUATION).dup();
    Sequential plain = InferenceNetwork.of(network);
    for (Mode mode : Mode.values()) {
      double[] values = Arrays.values(plain.forward(x, mode));
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).isCloseTo(expected.getDouble(i), within(1e-12));
      }
    }
    for (Parameter parameter : plain.parameters()) {
      parameter.value().assign(0);
    }
    assertThat(network.forward(x, Mode.EVALUATION)).isEqualTo(expected);
    return InferenceNetwork.of(network);
  }

  @Test
  void convolutions() {
    Sequential network = Sequential.builder(DOUBLE, 1)
        .input(2, 6, 6)
        .conv2d("conv1", 3, 3, 1, 1)
        .batchNorm("norm1")
        .relu()
        .maxPool2d(2)
        .conv2d("conv2", 2, 2)
        .sigmoid()
        .flatten()
        .dropout(0.5)
        .dense("fc1", 4)
        .batchNorm("norm2")
        .tanh()
        .dense("fc2", 3)
        .build();
    int seed = 3;
    for (Parameter parameter : network.parameters()) {
      parameter.value().assign(Arrays.random(DOUBLE, seed++, parameter.value().shape()));
    }
    INDArray x = Arrays.random(DOUBLE, 12, 5, 2, 6, 6);
    for (int i = 0; i < 3; i++) {
      network.forward(x, Mode.TRAINING);
    }
    Sequential plain = check(network, x);
    assertThat(plain.buffers()).isEmpty();
    assertThat(plain.layers()).hasSize(9);
  }

  @ParameterizedTest
  @EnumSource
  void dropConnect(DropConnect.Form form) {
    Sequential network = Sequential.builder(DOUBLE, 1)
        .input(4)
        .dropConnect("fc1", 5, 0.4, form, NoiseScope.BATCH)
        .relu()
        .dense("fc2", 3)
        .build();
    network.parameters().get("fc1.bias").value().assign(Arrays.random(DOUBLE, 8, 5));
    Sequential plain = check(network, Arrays.random(DOUBLE, 12, 5, 4));
    assertThat(plain.layers().get(0)).isInstanceOf(Dense.class);
  }

  private static Sequential gated() {
    Sequential network = Sequential.builder(DOUBLE, 1)
        .input(6)
        .gates("gates0")
        .dense("fc1", 5)
        .sigmoid()
        .gates("gates1")
        .dropout(0.2)
        .dense("fc2", 3)
        .build();
    network.parameters().get("fc1.bias").value().assign(Arrays.random(DOUBLE, 8, 5));
    network.parameters().get("gates0.logAlpha").value().putScalar(2, -4);
    return network;
  }

  /** Closed units go, closed inputs become columns of zeros. */
  @Test
  void gates() {
    Sequential network = gated();
    INDArray logAlpha = network.parameters().get("gates1.logAlpha").value();
    logAlpha.assign(Nd4j.createFromArray(-4.0, 0.5, -3, 5, -0.5));
    Sequential plain = check(network, Arrays.random(DOUBLE, 12, 7, 6));
    assertThat(plain.layers()).hasSize(3);
    INDArray first = plain.parameters().get("fc1.weight").value();
    assertThat(first.shape()).containsExactly(3, 6);
    assertThat(first.getColumn(2).sumNumber().doubleValue()).isZero();
    assertThat(first.getDouble(1, 0)).isNotZero();
    assertThat(plain.parameters().get("fc2.weight").value().shape()).containsExactly(3, 3);
  }

  @Test
  void oneUnitIsLeftWhereAllGatesAreClosed() {
    Sequential network = gated();
    network.parameters().get("gates1.logAlpha").value().assign(-9);
    Sequential plain = check(network, Arrays.random(DOUBLE, 12, 7, 6));
    assertThat(plain.parameters().get("fc2.weight").value().shape()).containsExactly(3, 1);
  }

  @Test
  void refusals() {
    Sequential norm = Sequential.builder(DOUBLE, 1).input(3).batchNorm("norm").build();
    assertThatThrownBy(() -> InferenceNetwork.of(norm))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "BatchNorm norm [3] is behind nothing, expected a dense or convolutional layer before it");
    Sequential last = Sequential.builder(DOUBLE, 1).input(3).gates("gates").build();
    assertThatThrownBy(() -> InferenceNetwork.of(last))
        .hasMessage("HardConcreteGates gates [3] is last, expected a dense layer behind it");
    Sequential before =
        Sequential.builder(DOUBLE, 1).input(3).gates("gates").relu().build();
    assertThatThrownBy(() -> InferenceNetwork.of(before))
        .hasMessage("HardConcreteGates gates [3] is before Relu, expected a dense layer behind it");
    Sequential nothing = Sequential.builder(DOUBLE, 1).input(3).dropout(0.5).build();
    assertThatThrownBy(() -> InferenceNetwork.of(nothing))
        .hasMessage(
            "network has none but layers for training, expected one that computes something");
  }
}
