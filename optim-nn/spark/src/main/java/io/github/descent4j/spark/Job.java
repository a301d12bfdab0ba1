package io.github.descent4j.spark;

import io.github.descent4j.nn.Loss;
import io.github.descent4j.nn.OpenBlasCore;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.TrainingSeeds;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What an executor has to know of a training, broadcast once, and, in its JVM, what the training holds there: the training set and a network
 * for every task slot. A JVM has one copy of a broadcast, and gives it up with the broadcast, these with it; so it does where Spark, short of memory, moves the
 * broadcast to the disk: the copy that it reads back has to open anew.
 */
final class Job implements Serializable {
  private static final long serialVersionUID = 1L;

  final NetworkSource network;

  /** Null where the examples are those of an RDD. */
  final DatasetSource data;

  final LossSource loss;
  final long seed;
  final int batchSize;
  final int shards;

  /** Null where every step is synchronous. */
  final OptimizerSource inner;

  private transient Deque<Replica> free;
  private transient SharedDataset dataset;
  private transient Fingerprint fingerprint;

  Job(
      NetworkSource network,
      DatasetSource data,
      LossSource loss,
      long seed,
      int batchSize,
      int shards,
      OptimizerSource inner) {
    this.network = network;
    this.data = data;
    this.loss = loss;
    this.seed = seed;
    this.batchSize = batchSize;
    this.shards = shards;
    this.inner = inner;
  }

  /**
   * A network for one task, which gives it {@link #back}.
   *
   * @throws SourceException if it or the training set cannot be made
   */
  Replica borrow() {
    OpenBlasCore.choose();
    Blas blas = Nd4j.factory().blas();
    if (blas.getMaxThreads() != 1) {
      blas.setMaxThreads(1); // Tasks are the threads.
    }
    synchronized (this) {
      Replica replica = free == null ? null : free.poll();
      if (replica == null) {
        replica = new Replica(this, open(), newLoss());
      }
      if (fingerprint == null) {
        fingerprint = Fingerprint.of(replica.network(), describe(replica.loss()), dataset);
      }
      return replica;
    }
  }

  synchronized void back(Replica replica) {
    if (free == null) {
      free = new ArrayDeque<>();
    }
    free.push(replica);
  }

  /** What this JVM computes with; after the first {@link #borrow}. */
  synchronized Fingerprint fingerprint() {
    return fingerprint;
  }

  /** The training set of this JVM, null where the examples are those of an RDD; after the first {@link #borrow}. */
  synchronized SharedDataset dataset() {
    return dataset;
  }

  private Sequential open() {
    if (data != null && dataset == null) {
      try {
        dataset = new SharedDataset(data.open(), new TrainingSeeds(seed));
      } catch (Exception e) {
        throw new SourceException("the training set cannot be opened: " + e, e);
      }
    }
    try {
      return network.build();
    } catch (Exception e) {
      throw new SourceException("the network cannot be made: " + e, e);
    }
  }

  private Loss newLoss() {
    try {
      return Objects.requireNonNull(loss.create(), "the source has made null");
    } catch (Exception e) {
      throw new SourceException("the loss cannot be made: " + e, e);
    }
  }

  /** What is compared of an object: its words, without what differs from JVM to JVM, the names of lambdas and hash codes. */
  static String describe(Object object) {
    return object.toString().replaceAll("\\$\\$Lambda[^,)\\s]*|@[0-9a-f]+", "");
  }
}
