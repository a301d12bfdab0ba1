package io.github.descent4j.spark;

import static io.github.descent4j.spark.OneMachine.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Named.named;

import io.github.descent4j.AdamW;
import io.github.descent4j.Optimizer;
import io.github.descent4j.RAdam;
import io.github.descent4j.nn.BinaryCrossEntropy;
import io.github.descent4j.nn.Huber;
import io.github.descent4j.nn.Loss;
import io.github.descent4j.nn.MeanSquaredError;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.Targets;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.Trainer;
import io.github.descent4j.nn.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Losses other than the default on Spark in this JVM, against one machine that computes the same shards. */
@Tag("slow")
class SparkLossTest {
  private static final int EPOCHS = 2;

  /** 203 examples: the last batch has 3. */
  private static final int BATCH = 40;

  private static Optimizer optimizer() {
    return new RAdam(0.01);
  }

  private static SparkTrainer.Builder trainer(
      NetworkSource network, DatasetSource data, LossSource loss) {
    return SparkTrainer.builder(LocalSpark.of("local[2]"), network, data, optimizer())
        .loss(loss)
        .batchSize(BATCH)
        .seed(7);
  }

  /** The mean distance to the target: a loss that the library does not have. */
  private static final class MeanAbsoluteError implements Loss {
    private INDArray difference;

    @Override
    public double forward(INDArray outputs, Targets targets) {
      difference = outputs.sub(targets.values());
      return Transforms.abs(difference).meanNumber().doubleValue();
    }

    @Override
    public INDArray backward() {
      return Transforms.sign(difference).div(difference.length());
    }
  }

  static Stream<Named<LossSource>> lossesOfValues() {
    return Stream.of(
        named("mean squared error", MeanSquaredError::new),
        named("Huber", () -> new Huber(0.2)),
        named("binary cross-entropy", BinaryCrossEntropy::new),
        named("one of its own", MeanAbsoluteError::new));
  }

  @ParameterizedTest
  @MethodSource("lossesOfValues")
  void takesLossesOfValues(LossSource loss) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      OneMachine one = new OneMachine(
              Points.regression(type), loss.create(), optimizer(), Points.values(), 3, BATCH, 7)
          .fit(EPOCHS);
      List<Double> losses = new ArrayList<>();
      try (SparkTrainer trainer = trainer(() -> Points.regression(type), Points::values, loss)
          .shards(3)
          .listener(new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
              losses.add(metrics.loss());
            }
          })
          .build()) {
        trainer.fit(EPOCHS);
        assertSameBits(trainer.network(), one.network);
      }
      assertThat(losses).isEqualTo(one.losses);
    }
  }

  @Test
  void takesLabelSmoothing() {
    OneMachine one = new OneMachine(
            Points.mlp(), new SoftmaxCrossEntropy(0.1), optimizer(), Points.dataset(), 3, BATCH, 7)
        .fit(EPOCHS);
    try (SparkTrainer trainer = trainer(
            Points::mlp, Points::dataset, () -> new SoftmaxCrossEntropy(0.1))
        .shards(3)
        .build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), one.network);
    }
  }

  /** Decisions are counted over all shards, as with one machine. */
  @Test
  void countsDecisions() {
    Sequential network = Points.regression();
    List<EpochMetrics> expected = Trainer.builder(network, optimizer())
        .loss(new BinaryCrossEntropy())
        .batchSize(BATCH)
        .seed(7)
        .build()
        .fit(Points.values(), 1);
    try (SparkTrainer trainer = trainer(Points::regression, Points::values, BinaryCrossEntropy::new)
        .shards(1)
        .build()) {
      List<EpochMetrics> epochs = trainer.fit(1);
      assertSameBits(trainer.network(), network);
      assertThat(epochs.get(0).trainAccuracy())
          .isEqualTo(expected.get(0).trainAccuracy())
          .isPositive();
    }
  }

  @Test
  void takesLocalStepsOfALossOfValues() {
    OptimizerSource inner = () -> new AdamW(0.01);
    OneMachine one = new OneMachine(
            Points.regression(), new Huber(0.2), optimizer(), Points.values(), 4, 20, 7)
        .fit(EPOCHS, 4, inner);
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of("local[2]"), Points::regression, Points::values, optimizer())
        .loss(() -> new Huber(0.2))
        .shards(4)
        .batchSize(20)
        .seed(7)
        .localSteps(4, inner)
        .build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), one.network);
    }
  }

  @Test
  void saysThatLossAndExamplesDoNotFit() {
    try (SparkTrainer trainer =
        trainer(Points::regression, Points::values, SoftmaxCrossEntropy::new).build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("step 1: Spark has given up: ")
          .hasMessageContaining("targets are values of shape [")
          .hasMessageContaining("expected class labels");
    }
    try (SparkTrainer trainer =
        trainer(Points::mlp, Points::dataset, MeanSquaredError::new).build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("step 1: Spark has given up: ")
          .hasMessageContaining("targets are class labels, expected values");
    }
  }

  @Test
  void saysThatTheLossCannotBeMade() {
    assertThatThrownBy(() ->
            trainer(Points::regression, Points::values, () -> new Huber(-1)).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("the loss cannot be made on the driver: ")
        .hasMessageContaining("delta is -1.0, expected a finite number above 0");
    try (SparkTrainer trainer = trainer(
            Points::regression, Points::values, () -> new Huber(TaskContext.get() == null ? 1 : -1))
        .build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("executor driver on 127.0.0.1: the loss cannot be made: ")
          .hasMessageContaining("delta is -1.0");
    }
  }

  @Test
  void namesTheExecutorWithAnotherLoss() {
    try (SparkTrainer trainer = trainer(
            Points::regression, Points::values, () -> new Huber(TaskContext.get() == null ? 1 : 2))
        .build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("executor driver on 127.0.0.1 has loss 'Huber delta 2.0',"
              + " expected 'Huber delta 1.0' as the driver has");
    }
  }
}
