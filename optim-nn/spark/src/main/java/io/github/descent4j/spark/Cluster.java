package io.github.descent4j.spark;

import io.github.descent4j.nn.OpenBlasCore;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.internal.BlasThreads;
import io.github.descent4j.nn.train.Progress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** The driver's side of a step: sends values, and adds what comes back. */
final class Cluster implements AutoCloseable {
  private final JavaSparkContext spark;
  private final Job job;

  /** Null where executors have the whole training set. */
  private final DistributedExamples examples;

  private Broadcast<Job> shared;
  private Fingerprint expected;
  private Batches batches;
  private JavaRDD<OwnedExamples> owned;
  private JavaRDD<Integer> tasks;

  Cluster(JavaSparkContext spark, Job job, DistributedExamples examples) {
    this.spark = spark;
    this.job = job;
    this.examples = examples;
  }

  /** Where executors are in this JVM, its matrix products have one thread meanwhile, as theirs have. */
  static void run(Runnable training) {
    OpenBlasCore.choose();
    BlasThreads.single(training);
  }

  /** Which examples are whose; after {@link #prepare}. */
  Batches batches() {
    return batches;
  }

  /**
   * The first job: every slot opens its network and the data, and tells what it computes with. Executors that come later are compared when they first
   * compute.
   *
   * @throws IllegalStateException that names an executor that cannot, or is not as the others
   */
  void prepare(Sequential network, String loss) {
    if (batches != null) {
      return;
    }
    if (shared == null) {
      shared = spark.broadcast(job);
    }
    Broadcast<Job> sharedJob = shared;
    List<Examined> all =
        collect("the first job", numbers(slots()).map(number -> Examined.here(sharedJob.value())));
    List<Fingerprint> fingerprints = new ArrayList<>();
    for (Examined one : all) {
      if (one.problem() != null) {
        throw new IllegalStateException(one.problem());
      }
      fingerprints.add(one.fingerprint());
    }
    expected = Fingerprint.commonest(fingerprints);
    fingerprints.forEach(expected::require);
    expected.requireModel(network, loss);
    int[] numbers = examples == null ? null : examples.numbers();
    int size = numbers == null ? all.get(0).examples() : numbers[numbers.length - 1];
    if (size < job.shards) {
      throw new IllegalArgumentException("the training set has " + size
          + " examples, expected at least " + job.shards + ", one for each shard");
    }
    Batches planned = new Batches(size, job.batchSize, job.shards, examples != null);
    if (examples != null) {
      owned = examples.partitioned(planned, numbers, job.seed);
    }
    batches = planned;
  }

  /**
   * Computes a step, or a round of local steps, from the network's values.
   *
   * @param buffers those of the network; overwritten by those of shard 0
   * @param first number of the first batch in the epoch, from 0
   * @param count how many batches
   */
  Part compute(Sequential network, Flat buffers, Progress progress, int first, int count) {
    Flat values =
        Flat.like(Flat.values(network.parameters())).read(Flat.values(network.parameters()));
    ByteBuffer bytes = ByteBuffer.allocate(values.bytes() + buffers.bytes());
    values.put(bytes);
    buffers.put(bytes);
    Broadcast<byte[]> sent = spark.broadcast(bytes.array());
    try {
      int block = examples == null ? ShardTree.block(job.shards, slots()) : 1;
      StepTask task = new StepTask(
          shared,
          sent,
          batches,
          progress.epochs() + 1,
          first,
          count,
          progress.steps(),
          block,
          expected);
      JavaRDD<byte[]> replies = examples == null
          ? tasks(ShardTree.tasks(job.shards, block)).map(task::block)
          : owned.mapPartitionsWithIndex(
              (shard, own) -> List.of(task.shard(shard, own.next())).iterator(), true);
      ShardTree<Part> sum = new ShardTree<>(Part::plus);
      for (byte[] reply : collect("step " + (progress.steps() + 1), replies)) {
        Flat gradient = Flat.of(values.wide(), values.length());
        sum.add(Reply.read(reply, gradient, buffers, expected));
      }
      return sum.sum();
    } finally {
      sent.destroy();
    }
  }

  private int slots() {
    return slots(spark);
  }

  /** How many tasks run at a time, as far as Spark knows now, or as {@code spark.default.parallelism} says. */
  static int slots(JavaSparkContext spark) {
    SparkConf conf = spark.getConf();
    int cores = spark.defaultParallelism();
    return conf.contains("spark.default.parallelism")
        ? Math.max(1, cores)
        : Math.max(1, cores / conf.getInt("spark.task.cpus", 1));
  }

  private JavaRDD<Integer> tasks(int count) {
    if (tasks == null || tasks.getNumPartitions() != count) {
      tasks = numbers(count);
    }
    return tasks;
  }

  private JavaRDD<Integer> numbers(int count) {
    return spark.parallelize(IntStream.range(0, count).boxed().toList(), count);
  }

  /** Runs a job. Spark's exceptions are checked, and declared nowhere. */
  static <T> List<T> collect(String what, JavaRDD<T> rdd) {
    try {
      return rdd.collect();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      String message = String.valueOf(e.getMessage());
      throw new IllegalStateException(
          what + ": Spark has given up: "
              + message.lines().findFirst().orElse("").strip(),
          e);
    }
  }

  @Override
  public void close() {
    if (shared != null) {
      shared.destroy();
      shared = null;
    }
    if (owned != null) {
      owned.unpersist();
      owned = null;
    }
    batches = null;
  }
}
