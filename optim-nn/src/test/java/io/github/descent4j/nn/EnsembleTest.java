package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EnsembleTest {
  private static final DataType DOUBLE = DataType.DOUBLE;

  /** A network whose logits are its biases. */
  private static Sequential constant(double... logits) {
    Sequential network =
        Sequential.builder(DOUBLE, 1).input(1).dense("fc", logits.length).build();
    network.parameters().get("fc.weight").value().assign(0);
    network.parameters().get("fc.bias").value().assign(Nd4j.createFromArray(logits));
    return network;
  }

  /** Probabilities of 1/4, 3/4 and of 1/2, 1/2. */
  @Test
  void averagesProbabilities() {
    Ensemble ensemble = Ensemble.of(List.of(constant(0, Math.log(3)), constant(5, 5)));
    assertThat(ensemble.size()).isEqualTo(2);
    INDArray y = ensemble.forward(Nd4j.zeros(DOUBLE, 2, 1), Mode.EVALUATION);
    double[] expected = {Math.log(0.375), Math.log(0.625), Math.log(0.375), Math.log(0.625)};
    assertThat(Arrays.values(y)).containsExactly(expected, within(1e-15));
    SoftmaxCrossEntropy softmax = new SoftmaxCrossEntropy();
    assertThat(softmax.forward(y, new int[] {1, 1})).isCloseTo(-Math.log(0.625), within(1e-15));
    assertThat(Arrays.values(softmax.probabilities()))
        .containsExactly(new double[] {0.375, 0.625, 0.375, 0.625}, within(1e-15));
  }

  @Test
  void whatIsImpossibleStaysFinite() {
    Ensemble ensemble = Ensemble.of(List.of(constant(0, 1e6)));
    INDArray y = ensemble.forward(Nd4j.zeros(DOUBLE, 1, 1), Mode.TRAINING);
    assertThat(y.getDouble(0)).isCloseTo(Math.log(1e-38), within(1e-12));
    assertThat(ensemble.backward(Nd4j.ones(DOUBLE, 1, 2)).getDouble(0)).isFinite();
  }

  @Test
  void gradients() {
    Sequential first = Sequential.builder(DOUBLE, 1)
        .input(4)
        .dense("fc1", 5)
        .tanh()
        .dropout(0.5)
        .dense("fc2", 3)
        .build();
    Sequential second = Sequential.builder(DOUBLE, 2).input(4).dense("fc1", 3).build();
    GradientCheck.check(
        () -> Ensemble.of(List.of(first, second)),
        Arrays.random(DOUBLE, 3, 5, 4).muli(2));
  }

  @Test
  void oneNetworkIsItself() {
    Sequential network = Sequential.builder(DOUBLE, 1).input(4).dense("fc1", 3).build();
    INDArray x = Arrays.random(DOUBLE, 3, 5, 4);
    SoftmaxCrossEntropy alone = new SoftmaxCrossEntropy();
    double expected = alone.forward(network.forward(x, Mode.EVALUATION), new int[] {0, 1, 2, 0, 1});
    Sequential ensemble = Sequential.of(DOUBLE, Ensemble.of(List.of(network)));
    double loss = new SoftmaxCrossEntropy()
        .forward(ensemble.forward(x, Mode.EVALUATION), new int[] {0, 1, 2, 0, 1});
    assertThat(loss).isCloseTo(expected, within(1e-14));
  }

  @Test
  void refusals() {
    assertThatThrownBy(() -> Ensemble.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("number of networks is 0, expected at least 1");
    Sequential floats =
        Sequential.builder(DataType.FLOAT, 1).input(1).dense("fc", 2).build();
    assertThatThrownBy(() -> Ensemble.of(List.of(constant(0, 1), floats)))
        .hasMessage("a network is of type FLOAT, expected DOUBLE as the first one");
    Ensemble unequal = Ensemble.of(List.of(constant(0, 1), constant(0, 1, 2)));
    assertThatThrownBy(() -> unequal.forward(Nd4j.zeros(DOUBLE, 2, 1), Mode.EVALUATION))
        .hasMessage("a network has 3 outputs, expected 2 as the first one");
    Ensemble ensemble = Ensemble.of(List.of(constant(0, 1)));
    ensemble.forward(Nd4j.zeros(DOUBLE, 2, 1), Mode.EVALUATION);
    assertThatThrownBy(() -> ensemble.backward(Nd4j.zeros(DOUBLE, 2, 2)))
        .isInstanceOf(IllegalStateException.class);
  }
}
