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
 * <p>The RDD is computed twice when training begins, to count the examples and to distribute them, and anew where an executor with a partition dies: it has to
 * give the same examples in the same order. Cache one that is expensive.
 */
public final class DistributedExamples {
  /** One of the two is null. */
  private final JavaRDD<LabelledExample> labelled;

  private final JavaRDD<ValueExample> valued;
  private final long[] exampleShape;

  /** Of length 0 where examples have labels. */
  private final long[] targetShape;

  private DistributedExamples(
      JavaRDD<LabelledExample> labelled,
      JavaRDD<ValueExample> valued,
      long[] exampleShape,
      long[] targetShape) {
    this.labelled = labelled;
    this.valued = valued;
    this.exampleShape = exampleShape;
    this.targetShape = targetShape;
  }

  /**
   * The examples of an RDD.
   *
   * @param examples at least as many as there will be shards
   * @param exampleShape shape of the features of one, without the batch dimension, such as {@code 784} or {@code 1, 28, 28}
   * @throws IllegalArgumentException if the shape has no dimension or one below 1
   */
  public static DistributedExamples of(JavaRDD<LabelledExample> examples, long... exampleShape) {
    return new DistributedExamples(
        Objects.requireNonNull(examples, "examples"),
        null,
        requireLengths("exampleShape", exampleShape),
        new long[0]);
  }

  /**
   * The examples of an RDD that have values in place of labels, for the losses that take values.
   *
   * <pre>{@code
   * DistributedExamples plane = DistributedExamples.ofValues(rows, new long[] {2}, new long[] {1}); // rows: JavaRDD<ValueExample>
   * }</pre>
   *
   * @param examples at least as many as there will be shards
   * @param exampleShape shape of the features of one, without the batch dimension
   * @param targetShape shape of the values of one: that of the network's outputs, without the batch dimension
   * @throws IllegalArgumentException if a shape has no dimension or one below 1
   */
  public static DistributedExamples ofValues(
      JavaRDD<ValueExample> examples, long[] exampleShape, long[] targetShape) {
    return new DistributedExamples(
        null,
        Objects.requireNonNull(examples, "examples"),
        requireLengths("exampleShape", exampleShape),
        requireLengths("targetShape", targetShape));
  }

  private static long[] requireLengths(String name, long[] shape) {
    if (shape.length == 0 || Arrays.stream(shape).anyMatch(length -> length < 1)) {
      throw new IllegalArgumentException(
          name + " is " + Arrays.toString(shape) + ", expected lengths of at least 1");
    }
    return shape.clone();
  }

  /** The number of the first example of each partition, and of all: computes the RDD. */
  int[] numbers() {
    JavaRDD<?> examples = labelled == null ? valued : labelled;
    JavaRDD<Long> sizes =
        examples.mapPartitions(partition -> List.of(size(partition)).iterator());
    List<Long> counts = Cluster.collect("counting the examples", sizes);
    int[] numbers = new int[counts.size() + 1];
    long count = 0;
    for (int i = 0; i < counts.size(); i++) {
      count += counts.get(i);
      if (count > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "the RDD has " + count + " examples or more, expected at most " + Integer.MAX_VALUE);
      }
      numbers[i + 1] = (int) count;
    }
    return numbers;
  }

  private static long size(Iterator<?> partition) {
    long size = 0;
    while (partition.hasNext()) {
      partition.next();
      size++;
    }
    return size;
  }

  /**
   * A partition of one element for each shard.
   *
   * @param numbers of the partitions of the RDD: {@link #numbers}
   */
  JavaRDD<OwnedExamples> partitioned(Batches batches, int[] numbers, long seed) {
    long[] shape = exampleShape;
    long[] ofTarget = targetShape;
    JavaRDD<OwnedExamples> owned = labelled == null
        ? distributed(valued, batches, numbers)
            .mapPartitionsWithIndex(
                (shard, own) -> collectValues(own, batches.owned(shard), shape, ofTarget, seed),
                true)
        : distributed(labelled, batches, numbers)
            .mapPartitionsWithIndex(
                (shard, own) -> collectLabels(own, batches.owned(shard), shape, seed), true);
    return owned.persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** Each with its number, at the shard that owns it. */
  private static <T> JavaPairRDD<Long, T> distributed(
      JavaRDD<T> examples, Batches batches, int[] numbers) {
    // zipWithIndex would count once more.
    JavaRDD<Tuple2<Long, T>> numbered = examples.mapPartitionsWithIndex(
        (partition, own) -> numbered(own, partition, numbers[partition], numbers[partition + 1]),
        false);
    return JavaPairRDD.fromJavaRDD(numbered)
        .repartitionAndSortWithinPartitions(new Owners(batches));
  }

  private static <T> Iterator<Tuple2<Long, T>> numbered(
      Iterator<T> examples, int partition, int first, int end) {
    return new Iterator<>() {
      private long next = first;

      @Override
      public boolean hasNext() {
        boolean more = examples.hasNext();
        if (more != (next < end)) {
          throw new IllegalStateException("partition " + partition + " of the RDD has "
              + (more ? "more than " : "") + (next - first) + " examples, expected " + (end - first)
              + " as when they were counted");
        }
        return more;
      }

      @Override
      public Tuple2<Long, T> next() {
        return new Tuple2<>(next++, examples.next());
      }
    };
  }

  private static Iterator<OwnedExamples> collectLabels(
      Iterator<Tuple2<Long, LabelledExample>> examples, int count, long[] shape, long seed) {
    float[] features = new float[Math.multiplyExact(count, length(shape))];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      Tuple2<Long, LabelledExample> next = examples.next();
      put(next._1(), "features", next._2().features(), shape, features, i);
      labels[i] = next._2().label();
    }
    return List.of(OwnedExamples.withLabels(shape, features, labels, seed)).iterator();
  }

  private static Iterator<OwnedExamples> collectValues(
      Iterator<Tuple2<Long, ValueExample>> examples,
      int count,
      long[] shape,
      long[] ofTarget,
      long seed) {
    float[] features = new float[Math.multiplyExact(count, length(shape))];
    float[] values = new float[Math.multiplyExact(count, length(ofTarget))];
    for (int i = 0; i < count; i++) {
      Tuple2<Long, ValueExample> next = examples.next();
      put(next._1(), "features", next._2().features(), shape, features, i);
      put(next._1(), "values", next._2().values(), ofTarget, values, i);
    }
    return List.of(OwnedExamples.withValues(count, shape, ofTarget, features, values, seed))
        .iterator();
  }

  private static int length(long[] shape) {
    int length = 1;
    for (long dimension : shape) {
      length = Math.multiplyExact(length, Math.toIntExact(dimension));
    }
    return length;
  }

  private static void put(
      long example, String what, float[] one, long[] shape, float[] all, int at) {
    int length = length(shape);
    if (one.length != length) {
      throw new IllegalArgumentException("example " + example + " of the RDD has " + one.length
          + " " + what + ", expected " + length + " of the shape " + Arrays.toString(shape));
    }
    System.arraycopy(one, 0, all, at * length, length);
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
