package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Parameter;
import io.github.descent4j.batch.LBfgsOptimizer;
import io.github.descent4j.nn.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A trainer whose optimizer wants the batch as a function, and not one gradient of it. */
class LBfgsTrainerTest {
  private static final int SIZE = 2500;

  private static InMemoryDataset data() {
    return data(4);
  }

  private static InMemoryDataset data(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    INDArray features = Nd4j.create(DataType.DOUBLE, SIZE, 3);
    int[] labels = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      double sum = 0;
      for (int j = 0; j < 3; j++) {
        double x = random.nextDouble(-1, 1);
        features.putScalar(i, j, x);
        sum += x;
      }
      labels[i] = sum + random.nextDouble(-0.5, 0.5) > 0 ? 1 : 0;
    }
    return InMemoryDataset.of(features, labels, 2);
  }

  private static Sequential network() {
    return Sequential.builder(DataType.DOUBLE, 1)
        .input(3)
        .dense("fc1", 6)
        .tanh()
        .dense("fc2", 2)
        .build();
  }

  @Test
  void whatIsReportedIsTheBatchBeforeTheStepWithoutThePenalty() {
    Sequential network = network();
    LBfgsOptimizer optimizer = LBfgsOptimizer.builder().iterations(5).build();
    List<StepMetrics> steps = new ArrayList<>();
    Trainer trainer = Trainer.builder(network, optimizer)
        .batchSize(SIZE)
        .penalty(ElasticNet.of(0, 0.01))
        .listener(new TrainingListener() {
          @Override
          public void onStep(StepMetrics metrics) {
            steps.add(metrics);
          }
        })
        .build();
    InMemoryDataset data = data();
    Evaluation before = trainer.evaluate(data);
    EpochMetrics first = trainer.fit(data, 1).get(0);
    Evaluation between = trainer.evaluate(data);
    EpochMetrics second = trainer.fit(data, 1).get(0);
    assertThat(optimizer.steps()).isEqualTo(2);
    assertThat(first.trainLoss()).isCloseTo(before.meanLoss(), within(1e-12));
    assertThat(first.trainAccuracy()).isEqualTo(before.accuracy());
    assertThat(second.trainLoss()).isCloseTo(between.meanLoss(), within(1e-12));
    assertThat(second.trainAccuracy()).isEqualTo(between.accuracy());
    assertThat(steps).hasSize(2);
    assertThat(steps.get(1).loss()).isCloseTo(second.trainLoss(), within(1e-12));
    assertThat(between.meanLoss()).isLessThan(0.8 * before.meanLoss());
  }

  @Test
  void eachMiniBatchIsAStep() {
    LBfgsOptimizer optimizer = LBfgsOptimizer.builder().iterations(2).build();
    Trainer trainer =
        Trainer.builder(network(), optimizer).batchSize(800).seed(3).build();
    InMemoryDataset data = data();
    double before = trainer.evaluate(data).meanLoss();
    trainer.fit(data, 2);
    assertThat(optimizer.steps()).isEqualTo(8);
    assertThat(trainer.evaluate(data).meanLoss()).isLessThan(0.8 * before);
  }

  /** The arrays are kept from step to step; dataset, examples, seed and epoch are not. */
  @Test
  void everyStepIsOnABatchOfItsOwn() {
    LBfgsOptimizer optimizer = LBfgsOptimizer.builder().iterations(2).build();
    Sequential network = network();
    Trainer trainer = Trainer.builder(network, optimizer).batchSize(SIZE).build();
    for (long seed : new long[] {4, 5, 4}) {
      InMemoryDataset data = data(seed);
      Evaluation before = trainer.evaluate(data);
      assertThat(trainer.fit(data, 1).get(0).trainLoss())
          .isCloseTo(before.meanLoss(), within(1e-12));
    }

    Sequential dropping = Sequential.builder(DataType.DOUBLE, 1)
        .input(3)
        .dense("fc1", 20)
        .dropout(0.5)
        .dense("fc2", 2)
        .build();
    NetworkObjective.Builder builder =
        NetworkObjective.builder(dropping, data()).pieceSize(2);
    NetworkObjective moved = builder.build(7, 8, 9);
    moved.evaluate(dropping.parameters());
    moved.moveTo(new int[] {1, 2, 3, 4}, 6, 1);
    double value = moved.evaluate(dropping.parameters());
    INDArray gradient = dropping.parameters().get(0).gradient().dup();
    assertThat(moved.size()).isEqualTo(4);
    assertThat(builder.seed(6).build(1, 2, 3, 4).evaluate(dropping.parameters()))
        .isEqualTo(value);
    assertThat(dropping.parameters().get(0).gradient()).isEqualTo(gradient);
  }

  @Test
  void aStartThatIsNotFiniteDiverges() {
    Sequential network = network();
    network.parameters().get("fc2.bias").value().putScalar(1, Double.NaN);
    LBfgsOptimizer optimizer = new LBfgsOptimizer();
    Trainer trainer = Trainer.builder(network, optimizer).batchSize(SIZE).build();
    InMemoryDataset data = data();
    assertThatThrownBy(() -> trainer.fit(data, 1))
        .isInstanceOf(DivergedException.class)
        .hasMessageStartingWith("training diverged at step 1: ")
        .hasMessageContaining("'fc2.bias'");
    assertThat(optimizer.steps()).isZero();
  }

  @Test
  void refusesANetworkWithBuffers() {
    Sequential network = Sequential.builder(DataType.DOUBLE, 1)
        .input(3)
        .dense("fc1", 6)
        .batchNorm("norm")
        .dense("fc2", 2)
        .build();
    assertThatThrownBy(() -> Trainer.builder(network, new LBfgsOptimizer()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("norm.runningMean");
  }

  @Test
  void anEpochHasItsOwnChangesOfImages() {
    Sequential network = Sequential.builder(DataType.FLOAT, 1)
        .input(1, 6, 6)
        .flatten()
        .dense("fc1", 2)
        .build();
    float[] pixels = new float[4 * 36];
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble();
    }
    Dataset images = AugmentedDataset.of(
        InMemoryDataset.of(pixels, new int[] {0, 1, 0, 1}, 2, 1, 6, 6),
        ImageAugmentation.builder().shift(2).build(),
        5);
    double[] values = new double[3];
    for (int i = 0; i < 3; i++) {
      values[i] = NetworkObjective.builder(network, images)
          .epoch(1 + i / 2)
          .build()
          .evaluate(network.parameters());
    }
    assertThat(values[1]).isEqualTo(values[0]);
    assertThat(values[2]).isNotEqualTo(values[0]);
    NetworkObjective moved = NetworkObjective.builder(network, images).build();
    moved.moveTo(new int[] {0, 1, 2, 3}, 0, 2);
    assertThat(moved.evaluate(network.parameters())).isEqualTo(values[2]);
    assertThatThrownBy(() -> NetworkObjective.builder(network, images).epoch(0))
        .hasMessage("epoch is 0, expected at least 1");
  }

  /** From weights so near to 0, with a penalty so strong, the first point that is tried is too far, and the search needs the values. */
  @Test
  void aStepIsThatOfTheOptimizerOnTheObjective() {
    InMemoryDataset data = data();
    WeightPenalty penalty = ElasticNet.of(0, 100);
    Sequential trained = network();
    trained.parameters().forEach(parameter -> parameter.value().muli(0.01));
    Trainer.builder(trained, LBfgsOptimizer.builder().iterations(5).build())
        .batchSize(SIZE)
        .seed(3)
        .penalty(penalty)
        .build()
        .fit(data, 1);

    Sequential network = network();
    network.parameters().forEach(parameter -> parameter.value().muli(0.01));
    NetworkObjective objective = NetworkObjective.builder(network, data)
        .penalty(penalty)
        .build(new TrainingSeeds(3).order(1, SIZE));
    LBfgsOptimizer.builder().iterations(5).build().step(network.parameters(), objective);
    for (Parameter parameter : network.parameters()) {
      assertThat(trained.parameters().get(parameter.name()).value()).isEqualTo(parameter.value());
    }
  }

  @Test
  void anExampleThatIsNotFiniteDiverges() {
    INDArray features = Nd4j.ones(DataType.DOUBLE, 2, 3);
    features.putScalar(1, 2, Double.NaN);
    InMemoryDataset data = InMemoryDataset.of(features, new int[] {0, 1}, 2);
    LBfgsOptimizer optimizer = new LBfgsOptimizer();
    Trainer trainer = Trainer.builder(network(), optimizer).batchSize(2).build();
    assertThatThrownBy(() -> trainer.fit(data, 1))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("the loss is NaN");
    assertThat(optimizer.steps()).isZero();
  }

  @Test
  void eachEpochOfATrainingHasItsOwnChangesOfImages() {
    SplittableRandom random = new SplittableRandom(9);
    INDArray pixels = Nd4j.create(DataType.DOUBLE, 4, 1, 6, 6);
    for (int i = 0; i < pixels.length(); i++) {
      pixels.putScalar(i, random.nextDouble());
    }
    Dataset images = AugmentedDataset.of(
        InMemoryDataset.of(pixels, new int[] {0, 1, 0, 1}, 2),
        ImageAugmentation.builder().shift(2).build(),
        5);
    Sequential network = Sequential.builder(DataType.DOUBLE, 1)
        .input(1, 6, 6)
        .flatten()
        .dense("fc1", 2)
        .build();
    Trainer trainer = Trainer.builder(
            network, LBfgsOptimizer.builder().iterations(1).build())
        .batchSize(4)
        .build();
    for (int epoch = 1; epoch <= 3; epoch++) {
      double expected = NetworkObjective.builder(network, images)
          .epoch(epoch)
          .build()
          .evaluate(network.parameters());
      assertThat(trainer.fit(images, 1).get(0).trainLoss()).isCloseTo(expected, within(1e-12));
    }
  }
}
