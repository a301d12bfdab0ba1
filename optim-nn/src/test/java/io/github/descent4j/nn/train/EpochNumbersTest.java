package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Sgd;
import io.github.descent4j.nn.Sequential;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Losses and accuracies of a network whose logits are the features, over seven examples in batches of three: each example counts
 * alike, whatever the size of its batch.
 */
class EpochNumbersTest {
  private static final float[][] LOGITS = {
    {0, 1}, {2, 0}, {0, 3}, {4, 0}, {0, 5}, {6, 0}, {0, 30},
  };

  /** The second, the fourth and the last are wrong; the last one, alone in its batch, has a loss of 30. */
  private static final int[] LABELS = {1, 1, 1, 1, 1, 0, 0};

  private final Sequential network =
      Sequential.builder(DataType.FLOAT, 3).input(2).dense("fc", 2).build();

  private final List<StepMetrics> steps = new ArrayList<>();

  private final Trainer trainer;

  EpochNumbersTest() {
    network.parameters().get("fc.weight").value().assign(Nd4j.eye(2));
    trainer = Trainer.builder(network, new Sgd(0))
        .batchSize(3)
        .listener(new TrainingListener() {
          @Override
          public void onStep(StepMetrics metrics) {
            steps.add(metrics);
          }
        })
        .build();
  }

  private static Dataset dataset() {
    INDArray features = Nd4j.createFromArray(LOGITS);
    return InMemoryDataset.of(features, LABELS, 2);
  }

  private static double meanLoss() {
    double sum = 0;
    for (int i = 0; i < LOGITS.length; i++) {
      double margin = LOGITS[i][LABELS[i]] - LOGITS[i][1 - LABELS[i]];
      sum += Math.log1p(Math.exp(-margin));
    }
    return sum / LOGITS.length;
  }

  @Test
  void evaluationIsTheMeanOverTheExamples() {
    Evaluation evaluation = trainer.evaluate(dataset());
    assertThat(evaluation.correct()).isEqualTo(4);
    assertThat(evaluation.total()).isEqualTo(7);
    assertThat(evaluation.accuracy()).isEqualTo(4 / 7.0);
    assertThat(evaluation.meanLoss()).isCloseTo(meanLoss(), within(1e-12));
  }

  @Test
  void anEpochIsTheMeanOverTheExamplesInAnyOrder() {
    for (int epoch = 1; epoch <= 5; epoch++) {
      EpochMetrics metrics = trainer.fit(dataset(), 1).get(0);
      assertThat(metrics.epoch()).isEqualTo(epoch);
      assertThat(metrics.trainAccuracy()).isEqualTo(4 / 7.0);
      assertThat(metrics.trainLoss()).isCloseTo(meanLoss(), within(1e-12));
      assertThat(metrics.examplesPerSecond() * metrics.seconds()).isCloseTo(7, within(1e-9));
    }
    assertThat(steps).hasSize(15);
    assertThat(steps.subList(0, 3)).extracting(StepMetrics::batch).containsExactly(1, 2, 3);
    assertThat(steps).extracting(StepMetrics::batches).containsOnly(3);
  }

  @ParameterizedTest
  @CsvSource({"1, 7", "2, 4", "3, 3", "4, 2", "6, 2", "7, 1", "8, 1"})
  void anEpochHasAsManyBatchesAsAreNeeded(int batchSize, int batches) {
    List<StepMetrics> told = new ArrayList<>();
    Trainer.builder(network, new Sgd(0))
        .batchSize(batchSize)
        .listener(new TrainingListener() {
          @Override
          public void onStep(StepMetrics metrics) {
            told.add(metrics);
          }
        })
        .build()
        .fit(dataset(), 1);
    assertThat(told).hasSize(batches);
    assertThat(told).extracting(StepMetrics::batches).containsOnly(batches);
  }

  /** Whatever the clock says: no longer than the call, with what a resumed epoch had taken before. */
  @Test
  void secondsAreThoseOfTheStepsAndOfThoseBefore() {
    long start = System.nanoTime();
    double seconds = trainer.fit(dataset(), 1).get(0).seconds();
    assertThat(seconds).isPositive().isLessThanOrEqualTo((System.nanoTime() - start) / 1e9);
    trainer.resume(new Progress(1, 0, 1, 3, 1, 1, 100));
    start = System.nanoTime();
    seconds = trainer.fit(dataset(), 1).get(0).seconds();
    assertThat(seconds)
        .isGreaterThan(100)
        .isLessThanOrEqualTo(100 + (System.nanoTime() - start) / 1e9);
  }
}
