package io.github.descent4j.spark;

import io.github.descent4j.nn.OpenBlasCore;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.TrainingSeeds;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What an executor has to know of a training, broadcast once, and, in its JVM, what the training holds there: the training set and a network
 * for every task slot. A JVM has one copy of a broadcast, and gives it up with the broadcast, these with it.
 */
final class Job implements Serializable {
  private static final long serialVersionUID = 1L;

  final NetworkSource network;

  /** Null where the examples are those of an RDD. */
  final DatasetSource data;

  final double labelSmoothing;
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
      double labelSmoothing,
      long seed,
      int batchSize,
      int shards,
      OptimizerSource inner) {
    this.network = network;
    this.data = data;
    this.labelSmoothing = labelSmoothing;
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
        replica = new Replica(this, open(), new SoftmaxCrossEntropy(labelSmoothing));
      }
      if (fingerprint == null) {
        fingerprint = Fingerprint.of(replica.network(), dataset);
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
      Dataset opened;
      try {
        opened = data.open();
      } catch (Exception e) {
        throw new SourceException("the training set cannot be opened: " + e, e);
      }
      if (opened.targetShape().length > 0) {
        IllegalArgumentException cause =
            new IllegalArgumentException("examples have values of shape "
                + Arrays.toString(opened.targetShape()) + ", expected class labels");
        throw new SourceException(cause.getMessage(), cause);
      }
      dataset = new SharedDataset(opened, new TrainingSeeds(seed));
    }
    try {
      return network.build();
    } catch (Exception e) {
      throw new SourceException("the network cannot be made: " + e, e);
    }
  }
}
