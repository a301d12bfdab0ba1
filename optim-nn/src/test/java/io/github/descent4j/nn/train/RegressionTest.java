package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Parameter;
import io.github.descent4j.Sgd;
import io.github.descent4j.batch.LBfgs;
import io.github.descent4j.nn.BinaryCrossEntropy;
import io.github.descent4j.nn.Huber;
import io.github.descent4j.nn.Loss;
import io.github.descent4j.nn.MeanSquaredError;
import io.github.descent4j.nn.Sequential;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Networks that learn values. */
class RegressionTest {
  private static final int SIZE = 60;

  /** y = 2 a - b + 0.5, without noise. */
  private static ValueDataset plane(DataType type) {
    SplittableRandom random = new SplittableRandom(4);
    INDArray features = Nd4j.create(type, SIZE, 2);
    INDArray targets = Nd4j.create(type, SIZE, 1);
    for (int i = 0; i < SIZE; i++) {
      double a = 2 * random.nextDouble() - 1;
      double b = 2 * random.nextDouble() - 1;
      features.putScalar(i, 0, a);
      features.putScalar(i, 1, b);
      targets.putScalar(i, 0, 2 * a - b + 0.5);
    }
    return ValueDataset.of(features, targets);
  }

  private static Sequential linear() {
    return Sequential.builder(DataType.DOUBLE, 1).input(2).dense("fc", 1).build();
  }

  private static void requirePlane(Sequential network, double tolerance) {
    Parameter weight = network.parameters().get("fc.weight");
    Parameter bias = network.parameters().get("fc.bias");
    assertThat(weight.value().getDouble(0)).isCloseTo(2, within(tolerance));
    assertThat(weight.value().getDouble(1)).isCloseTo(-1, within(tolerance));
    assertThat(bias.value().getDouble(0)).isCloseTo(0.5, within(tolerance));
  }

  static Stream<Loss> losses() {
    return Stream.of(new MeanSquaredError(), new Huber(0.5));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void findsAPlane(Loss loss) {
    Sequential network = linear();
    Trainer trainer =
        Trainer.builder(network, new Adam(0.05)).loss(loss).batchSize(16).build();
    List<EpochMetrics> metrics = trainer.fit(plane(DataType.FLOAT), 200);
    requirePlane(network, 1e-3);
    Evaluation evaluation = trainer.evaluate(plane(DataType.DOUBLE));
    assertThat(evaluation.meanLoss()).isLessThan(1e-5);
    assertThat(evaluation.correct()).isZero();
    assertThat(metrics.get(199).trainLoss()).isLessThan(1e-3 * metrics.get(0).trainLoss());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void anObjectiveInPieces(Loss loss) {
    Sequential network = linear();
    NetworkObjective objective = NetworkObjective.builder(network, plane(DataType.DOUBLE))
        .loss(loss)
        .pieceSize(25)
        .build();
    new LBfgs().minimize(objective, network.parameters());
    requirePlane(network, 1e-5);
  }

  /** One step from known weights: the gradient is that of the mean over all examples and outputs. */
  @Test
  void aStepByHand() {
    Sequential network =
        Sequential.builder(DataType.DOUBLE, 1).input(1).dense("fc", 2).build();
    network.parameters().get("fc.weight").value().assign(1);
    ValueDataset data = ValueDataset.of(
        Nd4j.createFromArray(new double[][] {{1}, {2}}),
        Nd4j.createFromArray(new double[][] {{0, 1}, {4, 2}}));
    Trainer trainer =
        Trainer.builder(network, new Sgd(1)).loss(new MeanSquaredError()).build();
    // Distances are 1, 0, -2, 0: their squares' mean, and 2 d / 4 times the input.
    assertThat(trainer.fit(data, 1).get(0).trainLoss()).isEqualTo(5.0 / 4);
    assertThat(network.parameters().get("fc.weight").value().toDoubleVector())
        .containsExactly(1 - (0.5 * 1 - 1 * 2), 1);
    assertThat(network.parameters().get("fc.bias").value().toDoubleVector())
        .containsExactly(0.5, 0);
  }

  @Test
  void decidesQuestions() {
    SplittableRandom random = new SplittableRandom(4);
    INDArray features = Nd4j.create(DataType.FLOAT, SIZE, 2);
    INDArray answers = Nd4j.create(DataType.FLOAT, SIZE, 2);
    for (int i = 0; i < SIZE; i++) {
      double a = 2 * random.nextDouble() - 1;
      double b = 2 * random.nextDouble() - 1;
      features.putRow(i, Nd4j.createFromArray((float) a, (float) b));
      answers.putRow(i, Nd4j.createFromArray(a > b ? 1f : 0f, a + b > 0.2 ? 1f : 0f));
    }
    Sequential network =
        Sequential.builder(DataType.FLOAT, 1).input(2).dense("fc", 2).build();
    ValueDataset data = ValueDataset.of(features, answers);
    Trainer trainer =
        Trainer.builder(network, new Adam(0.1)).loss(new BinaryCrossEntropy()).build();
    trainer.fit(data, 300);
    assertThat(trainer.evaluate(data).accuracy()).isGreaterThan(0.95);
  }

  @Test
  void lossesThatDoNotFitTheData() {
    Trainer trainer = Trainer.builder(linear(), new Sgd(1)).build();
    assertThatThrownBy(() -> trainer.fit(plane(DataType.DOUBLE), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targets are values of shape [60, 1], expected class labels");
    Dataset labelled = InMemoryDataset.of(new float[] {1, 2}, new int[] {0}, 1, 2);
    assertThatThrownBy(() -> Trainer.builder(linear(), new Sgd(1))
            .loss(new MeanSquaredError())
            .build()
            .evaluate(labelled))
        .hasMessage("targets are class labels, expected values");
    assertThatThrownBy(
            () -> labelled.readTargets(new int[1], 0, 1, Nd4j.create(DataType.FLOAT, 1, 1)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("examples have labels, expected a dataset with values");
  }

  @Test
  void refusesOtherNumbersOfTargets() {
    assertThatThrownBy(() -> ValueDataset.of(Nd4j.zeros(3, 2), Nd4j.zeros(2, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targets has shape [2, 1], expected [3, ...], a row for each example");
    assertThatThrownBy(() -> ValueDataset.of(Nd4j.zeros(3, 2), Nd4j.zeros(3)))
        .hasMessage("targets has shape [3], expected [3, ...], a row for each example");
    assertThatThrownBy(() -> ValueDataset.of(Nd4j.zeros(3, 2), Nd4j.create(DataType.INT32, 3, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targets is of type INT, expected FLOAT or DOUBLE");
    assertThatThrownBy(() -> ValueDataset.of(Nd4j.create(DataType.INT32, 3, 2), Nd4j.zeros(3, 1)))
        .hasMessage("features is of type INT, expected FLOAT or DOUBLE");
  }
}
