package io.github.descent4j.spark;

import io.github.descent4j.RAdam;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.InMemoryDataset;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaSparkContext;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** What the examples of the guide are given. */
public abstract class SparkGuideContext {
  /** Where the example writes. */
  protected Path folder;

  protected JavaSparkContext spark;
  protected SparkTrainer.Builder builder;
  protected SparkTrainer trainer;

  /** Runs the example. */
  public void run(Path folder) throws Exception {
    this.folder = folder;
    spark = LocalSpark.of("local[2]");
    builder = SparkTrainer.builder(spark, Points::mlp, Points::dataset, new RAdam())
        .checkpoints(folder, 2);
    try (SparkTrainer built = builder.build()) {
      trainer = built;
      example();
    }
  }

  /** The example. */
  protected abstract void example() throws Exception;

  /** Pictures of noise. */
  protected static Dataset openDigits(Path path) {
    SplittableRandom random = new SplittableRandom(path.hashCode());
    int size = 2500;
    double[] features = random.doubles(size * 784L).toArray();
    return InMemoryDataset.of(
        Nd4j.create(features, new long[] {size, 784}, 'c').castTo(DataType.FLOAT),
        random.ints(size, 0, 10).toArray(),
        10);
  }
}
