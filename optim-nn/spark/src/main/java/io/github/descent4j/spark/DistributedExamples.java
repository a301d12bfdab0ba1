package io.github.descent4j.spark;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The training set as an RDD, for examples that no executor can hold, or that an RDD or a Dataset ({@code dataset.javaRDD()}) has made.
 *
 * <p>Each shard gets as many examples as any other, to one, next to each other in the order of the RDD, and keeps them: a partition for each shard is
 * cached, on an executor's disk where memory is short. In every epoch a shard goes through its own examples in an order that follows from seed,
 * epoch and shard, so a batch has examples of all shards, and never two sets of one shard's: shuffle an RDD that is sorted by label.
 *
 * <pre>{@code
 * JavaRDD<LabelledExample> examples = rows.map(row -> new LabelledExample(pixels(row), row.getInt(0)));
 * SparkTrainer trainer = SparkTrainer.builder(spark, network, DistributedExamples.of(examples, 1, 28, 28), new Adam(1e-3)).shards(8).build();
 * }</pre>
 *
 * <p>The RDD is computed anew where an executor with a partition dies: it has to give the same examples in the same order.
 */
public final class DistributedExamples {
  private final JavaRDD<LabelledExample> examples;
  private final long[] exampleShape;

  private DistributedExamples(JavaRDD<LabelledExample> examples, long[] exampleShape) {
    this.examples = examples;
    this.exampleShape = exampleShape;
  }

  /**
   * The examples of an RDD.
   *
   * @param examples at least as many as there will be shards
   * @param exampleShape shape of the features of one, without the batch dimension, such as {@code 784} or {@code 1, 28, 28}
   * @throws IllegalArgumentException if the shape has no dimension or one below 1
   */
  public static DistributedExamples of(JavaRDD<LabelledExample> examples, long... exampleShape) {
    Objects.requireNonNull(examples, "examples");
    if (exampleShape.length == 0 || Arrays.stream(exampleShape).anyMatch(length -> length < 1)) {
      throw new IllegalArgumentException(
          "exampleShape is " + Arrays.toString(exampleShape) + ", expected lengths of at least 1");
    }
    return new DistributedExamples(examples, exampleShape.clone());
  }

  /** How many there are: computes the RDD. */
  int count() {
    long count = Cluster.spark("counting the examples", examples::count);
    if (count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the RDD has " + count + " examples, expected at most " + Integer.MAX_VALUE);
    }
    return (int) count;
  }

  /** A partition of one element for each shard. */
  JavaRDD<OwnedExamples> partitioned(Batches batches, long seed) {
    long[] shape = exampleShape;
    // Counts the examples of the partitions, in a job of its own.
    JavaPairRDD<LabelledExample, Long> numbered =
        Cluster.spark("numbering the examples", examples::zipWithIndex);
    return numbered
        .mapToPair(Tuple2::swap)
        .repartitionAndSortWithinPartitions(new Owners(batches))
        .mapPartitionsWithIndex(
            (shard, owned) -> collect(owned, batches.owned(shard), shape, seed), true)
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static Iterator<OwnedExamples> collect(
      Iterator<Tuple2<Long, LabelledExample>> examples, int count, long[] shape, long seed) {
    int length = 1;
    for (long dimension : shape) {
      length = Math.multiplyExact(length, Math.toIntExact(dimension));
    }
    float[] features = new float[Math.multiplyExact(count, length)];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      Tuple2<Long, LabelledExample> next = examples.next();
      float[] one = next._2().features();
      if (one.length != length) {
        throw new IllegalArgumentException("example " + next._1() + " of the RDD has " + one.length
            + " features, expected " + length + " of the shape " + Arrays.toString(shape));
      }
      System.arraycopy(one, 0, features, i * length, length);
      labels[i] = next._2().label();
    }
    return List.of(new OwnedExamples(shape, features, labels, seed)).iterator();
  }

  /** Sends an example, by its number, to the shard that owns it. */
  private static final class Owners extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final Batches batches;

    Owners(Batches batches) {
      this.batches = batches;
    }

    @Override
    public int numPartitions() {
      return batches.shards();
    }

    @Override
    public int getPartition(Object key) {
      return batches.owner((Long) key);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Owners owners && owners.batches.equals(batches);
    }

    @Override
    public int hashCode() {
      return batches.hashCode();
    }
  }
}
