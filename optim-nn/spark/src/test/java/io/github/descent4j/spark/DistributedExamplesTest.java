package io.github.descent4j.spark;

import static io.github.descent4j.spark.OneMachine.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.RAdam;
import io.github.descent4j.nn.Huber;
import io.github.descent4j.nn.MeanSquaredError;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Trainer;
import io.github.descent4j.nn.train.TrainingSeeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Tag("slow")
class DistributedExamplesTest {
  private static final int EPOCHS = 2;

  private static SparkTrainer.Builder trainer(JavaSparkContext spark, int partitions) {
    JavaRDD<LabelledExample> rdd = spark.parallelize(Points.examples(), partitions);
    return SparkTrainer.builder(
            spark, Points::mlp, DistributedExamples.of(rdd, Points.DIMENSIONS), new RAdam(0.01))
        .batchSize(29) // 203 = 7 x 29
        .seed(7);
  }

  @Test
  void withOneShardIsTheTrainer() {
    Sequential network = Points.mlp();
    List<EpochMetrics> expected = Trainer.builder(network, new RAdam(0.01))
        .batchSize(29)
        .seed(7)
        .build()
        .fit(Points.dataset(), EPOCHS);
    try (SparkTrainer trainer = trainer(LocalSpark.of("local[2]"), 4).shards(1).build()) {
      List<EpochMetrics> epochs = trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), network);
      assertThat(epochs)
          .usingRecursiveComparison()
          .ignoringFields("seconds", "examplesPerSecond")
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void withValuesAndOneShardIsTheTrainer(DataType type) {
    Sequential network = Points.regression(type);
    Trainer.builder(network, new RAdam(0.01))
        .loss(new Huber(0.2))
        .batchSize(29)
        .seed(7)
        .build()
        .fit(Points.values(), EPOCHS);
    try (SparkTrainer trainer =
        valued(type, 2).loss(() -> new Huber(0.2)).shards(1).build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), network);
    }
  }

  private static SparkTrainer.Builder valued(DataType type, int outputs) {
    JavaSparkContext spark = LocalSpark.of("local[2]");
    JavaRDD<ValueExample> rdd = spark.parallelize(Points.valueExamples(), 4);
    DistributedExamples examples =
        DistributedExamples.ofValues(rdd, new long[] {Points.DIMENSIONS}, new long[] {outputs});
    return SparkTrainer.builder(spark, () -> Points.regression(type), examples, new RAdam(0.01))
        .batchSize(29)
        .seed(7);
  }

  @Test
  void followsFromTheOrderOfTheRddAndNothingElse() {
    Sequential first = train("local[1]", 1);
    assertSameBits(train("local[2]", 5), first);
    assertSameBits(train("local[2]", 16), first);
  }

  private static Sequential train(String master, int partitions) {
    try (SparkTrainer trainer =
        trainer(LocalSpark.of(master), partitions).shards(3).build()) {
      List<EpochMetrics> epochs = trainer.fit(6);
      assertThat(epochs.get(5).trainLoss()).isLessThan(epochs.get(0).trainLoss());
      return trainer.network();
    }
  }

  @Test
  void readsEveryExampleOnceInAnOrderOfTheShards() {
    float[] features = new float[12];
    int[] labels = IntStream.range(0, 6).toArray();
    for (int i = 0; i < features.length; i++) {
      features[i] = i;
    }
    OwnedExamples owned = OwnedExamples.withLabels(new long[] {2}, features, labels, 7);
    int[] order = new TrainingSeeds(7).order(3, 6);
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      INDArray read = Nd4j.create(type, 4, 2);
      int[] found = new int[4];
      owned.read(3, 0, 2, 4, read, found, null);
      for (int i = 0; i < 4; i++) {
        assertThat(found[i]).isEqualTo(order[2 + i]);
        assertThat(read.getDouble(i, 0)).isEqualTo(2 * order[2 + i]);
        assertThat(read.getDouble(i, 1)).isEqualTo(2 * order[2 + i] + 1);
      }
    }
    List<Integer> ofOther = new ArrayList<>();
    INDArray all = Nd4j.create(DataType.FLOAT, 6, 2);
    int[] found = new int[6];
    OwnedExamples.withLabels(new long[] {2}, features, labels, 7)
        .read(3, 1, 0, 6, all, found, null);
    for (int label : found) {
      ofOther.add(label);
    }
    assertThat(ofOther).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    assertThat(found).isNotEqualTo(order);
  }

  private static final AtomicInteger PARTITIONS = new AtomicInteger();

  private static JavaRDD<LabelledExample> counted(JavaSparkContext spark, int fails) {
    PARTITIONS.set(0);
    return spark.parallelize(Points.examples(), 2).mapPartitions(partition -> {
      if (PARTITIONS.incrementAndGet() == fails) {
        throw new IllegalStateException("the file is gone");
      }
      return partition;
    });
  }

  /** Two partitions are counted, and two distributed; the shards keep what they have got. */
  @Test
  void computesTheRddTwice() {
    JavaSparkContext spark = LocalSpark.of("local[2]");
    try (SparkTrainer trainer = SparkTrainer.builder(
            spark,
            Points::mlp,
            DistributedExamples.of(counted(spark, 0), Points.DIMENSIONS),
            new RAdam(0.01))
        .shards(3)
        .build()) {
      trainer.fit(EPOCHS);
    }
    assertThat(PARTITIONS).hasValue(4);
  }

  @ParameterizedTest
  @CsvSource({"1, counting the examples", "3, step 1"})
  void beginsAnewAfterAFailure(int fails, String what) {
    JavaSparkContext spark = LocalSpark.of("local[2]");
    JavaRDD<LabelledExample> rdd = counted(spark, fails);
    try (SparkTrainer trainer = SparkTrainer.builder(
            spark, Points::mlp, DistributedExamples.of(rdd, Points.DIMENSIONS), new RAdam(0.01))
        .batchSize(29)
        .shards(3)
        .seed(7)
        .build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(what + ": Spark has given up: ")
          .hasMessageContaining("the file is gone");
      assertThat(trainer.fit(1)).hasSize(1);
    }
  }

  /** One example is left out, or is there twice, when the examples are distributed. */
  @ParameterizedTest
  @CsvSource({"0, 100 examples", "2, more than 101 examples"})
  void refusesAnRddThatChanges(int times, String found) {
    JavaSparkContext spark = LocalSpark.of("local[2]");
    PARTITIONS.set(0);
    JavaRDD<LabelledExample> rdd = spark
        .parallelize(Points.examples(), 2) // 101 and 102.
        .mapPartitionsWithIndex(
            (number, partition) -> {
              List<LabelledExample> examples = new ArrayList<>();
              partition.forEachRemaining(examples::add);
              if (PARTITIONS.incrementAndGet() > 2 && number == 0) {
                LabelledExample last = examples.remove(100);
                examples.addAll(Collections.nCopies(times, last));
              }
              return examples.iterator();
            },
            true);
    try (SparkTrainer trainer = SparkTrainer.builder(
            spark, Points::mlp, DistributedExamples.of(rdd, Points.DIMENSIONS), new RAdam(0.01))
        .build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("step 1: Spark has given up: ")
          .hasMessageContaining(
              "partition 0 of the RDD has " + found + ", expected 101 as when they were counted");
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    JavaSparkContext spark = LocalSpark.of("local[2]");
    JavaRDD<LabelledExample> rdd = spark.parallelize(Points.examples(), 2);
    assertThatThrownBy(() -> DistributedExamples.of(rdd))
        .hasMessage("exampleShape is [], expected lengths of at least 1");
    assertThatThrownBy(() -> DistributedExamples.of(rdd, 2, 0))
        .hasMessage("exampleShape is [2, 0], expected lengths of at least 1");
    assertThatThrownBy(() -> new LabelledExample(new float[1], -1))
        .hasMessage("label is -1, expected at least 0");
    try (SparkTrainer trainer = SparkTrainer.builder(
            spark, Points::mlp, DistributedExamples.of(rdd, 5), new RAdam(0.01))
        .build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .message()
          .containsPattern("example \\d+ of the RDD has 6 features, expected 5 of the shape");
    }
    assertThatThrownBy(() -> DistributedExamples.ofValues(
            spark.parallelize(Points.valueExamples(), 2), new long[] {6}, new long[0]))
        .hasMessage("targetShape is [], expected lengths of at least 1");
    try (SparkTrainer trainer =
        valued(DataType.FLOAT, 3).loss(MeanSquaredError::new).build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .message()
          .containsPattern("example \\d+ of the RDD has 2 values, expected 3 of the shape \\[3]");
    }
    try (SparkTrainer trainer = trainer(spark, 2).batchSize(512).shards(204).build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .hasMessage(
              "the training set has 203 examples, expected at least 204, one for each shard");
    }
  }
}
