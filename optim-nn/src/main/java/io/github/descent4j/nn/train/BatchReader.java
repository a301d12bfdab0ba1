package io.github.descent4j.nn.train;

import io.github.descent4j.Threads;
import io.github.descent4j.internal.parallel.Helper;
import io.github.descent4j.nn.Targets;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.concurrent.ForkJoinPool;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads examples of a dataset into arrays that are kept from batch to batch. Where dataset and threads allow it, a worker of the JDK's common
 * pool reads the next batch meanwhile, into arrays that take turns with these.
 */
final class BatchReader {
  private final DataType type;
  private Batch batch = new Batch();
  private Batch next = new Batch();
  private final Helper helper = new Helper(this::readNext);
  private boolean offered;
  private int threads;

  BatchReader(DataType type) {
    this.type = type;
  }

  /**
   * Reads the examples of {@code count} indices, unless they have been read ahead. What was thrown then is thrown here.
   *
   * @param indices those of the last {@link #readAhead}, if there was one, with the same content
   */
  void read(Dataset dataset, int[] indices, int from, int count) {
    endReadingAhead();
    if (next.read && next.isOf(dataset, indices, from, count)) {
      Batch ahead = next;
      next = batch;
      batch = ahead;
    } else {
      batch.ask(dataset, indices, from, count);
      batch.read(type);
    }
    next.forget();
    Helper.rethrow(batch.failure);
  }

  /**
   * Lets a worker read other examples, of which {@link #read} may be told next. Until {@link #endReadingAhead} nothing else may read from
   * the dataset.
   */
  void readAhead(Dataset dataset, int[] indices, int from, int count) {
    threads = Threads.available();
    // Neither with one thread, nor where the workers and the caller may be more than are allowed.
    if (dataset.canReadAhead()
        && dataset.readingAheadPays()
        && threads > 1
        && threads > ForkJoinPool.getCommonPoolParallelism()) {
      next.ask(dataset, indices, from, count);
      offered = true;
      helper.offer();
    }
  }

  /** Waits for the worker, if it has begun. */
  void endReadingAhead() {
    if (offered) {
      offered = false;
      // The batch has what was thrown.
      helper.end();
    }
  }

  /** Forgets what has been read ahead. */
  void forget() {
    endReadingAhead();
    next.forget();
  }

  private void readNext() {
    Threads.limited(threads, () -> next.read(type));
  }

  /** The features that were read last. */
  INDArray features() {
    return batch.features;
  }

  /** The labels or values that were read last. */
  Targets targets() {
    return batch.targets;
  }

  /** A batch and its arrays. */
  private static final class Batch {
    private final ReusableArray keptFeatures = new ReusableArray();
    private final ReusableArray keptTargets = new ReusableArray();
    private Dataset dataset;
    private int[] indices;
    private int from;
    private int count;
    private int[] labels = {};
    private INDArray features;
    private Targets targets;

    /** Whether reading has ended, with or without a failure. */
    private boolean read;

    private Throwable failure;

    void ask(Dataset dataset, int[] indices, int from, int count) {
      this.dataset = dataset;
      this.indices = indices;
      this.from = from;
      this.count = count;
      read = false;
      failure = null;
    }

    void forget() {
      ask(null, null, 0, 0);
    }

    boolean isOf(Dataset dataset, int[] indices, int from, int count) {
      return this.dataset == dataset
          && this.indices == indices
          && this.from == from
          && this.count == count;
    }

    void read(DataType type) {
      try {
        features = shaped(type, keptFeatures, dataset.exampleShape());
        if (labels.length < count) {
          labels = new int[count];
        }
        dataset.read(indices, from, count, features, labels);
        long[] targetShape = dataset.targetShape();
        if (targetShape.length == 0) {
          targets = Targets.labels(labels);
        } else {
          INDArray values = shaped(type, keptTargets, targetShape);
          dataset.readTargets(indices, from, count, values);
          targets = Targets.values(values);
        }
      } catch (Throwable e) {
        failure = e;
      }
      read = true;
    }

    private INDArray shaped(DataType type, ReusableArray kept, long[] exampleShape) {
      long[] shape = new long[exampleShape.length + 1];
      shape[0] = count;
      System.arraycopy(exampleShape, 0, shape, 1, exampleShape.length);
      return kept.shaped(type, shape).array();
    }
  }
}
