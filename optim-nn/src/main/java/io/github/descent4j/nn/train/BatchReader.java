package io.github.descent4j.nn.train;

import io.github.descent4j.Threads;
import io.github.descent4j.internal.parallel.Background;
import io.github.descent4j.internal.parallel.Helper;
import io.github.descent4j.nn.Targets;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.concurrent.ForkJoinPool;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Reads examples of a dataset into arrays that are kept from batch to batch. Where dataset and threads allow it, a worker of the JDK's common
 * pool reads of the next batch meanwhile, whenever it is not needed for the step, into arrays that take turns with these.
 */
final class BatchReader {
  /** Examples that are read ahead at a time: a worker that is called for the step comes after them. */
  private static final int PIECE = 8;

  /** Of images that are changed meanwhile: to take turns with the step, with which they share a core's cache, costs more than to be late. */
  private static final int CHANGED_PIECE = 4 * PIECE;

  private final DataType type;
  private Batch batch = new Batch();
  private Batch next = new Batch();
  private final Background background = new Background(index -> readPiece());
  private boolean offered;
  private int threads;
  private int piece;

  BatchReader(DataType type) {
    this.type = type;
  }

  /**
   * Reads the examples of {@code count} indices, but those that have been read ahead. What was thrown then is thrown here.
   *
   * @param indices those of the last {@link #readAhead}, if there was one, with the same content
   */
  void read(Dataset dataset, int[] indices, int from, int count) {
    endReadingAhead();
    if (next.isOf(dataset, indices, from, count)) {
      Batch ahead = next;
      next = batch;
      batch = ahead;
    } else {
      batch.ask(dataset, indices, from, count);
    }
    next.forget();
    batch.read(type, count);
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
        && threads > 1
        && threads > ForkJoinPool.getCommonPoolParallelism()) {
      next.ask(dataset, indices, from, count);
      offered = true;
      piece = dataset instanceof AugmentedDataset ? CHANGED_PIECE : PIECE;
      background.offer((count + piece - 1) / piece);
    }
  }

  /** Waits for the worker, if it has begun. */
  void endReadingAhead() {
    if (offered) {
      offered = false;
      background.end();
    }
  }

  /** Forgets what has been read ahead. */
  void forget() {
    endReadingAhead();
    next.forget();
  }

  private void readPiece() {
    Threads.limited(threads, () -> next.read(type, piece));
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
    private final Rows featureRows = new Rows();
    private final Rows targetRows = new Rows();
    private Dataset dataset;
    private int[] indices;
    private int from;
    private int count;

    /** Examples that have been read. */
    private int done;

    private int[] labels = {};

    /** Of examples that are not the first ones. */
    private int[] pieceLabels = {};

    private INDArray features;
    private Targets targets;
    private Throwable failure;

    void ask(Dataset dataset, int[] indices, int from, int count) {
      this.dataset = dataset;
      this.indices = indices;
      this.from = from;
      this.count = count;
      done = 0;
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

    /** Reads at most so many of the examples that are left, unless reading has failed. */
    void read(DataType type, int most) {
      int n = Math.min(most, count - done);
      if (n == 0 || failure != null) {
        return;
      }
      try {
        if (done == 0) {
          features = featureRows.shaped(type, count, dataset.exampleShape());
        }
        readLabels(n, featureRows.from(done));
        long[] targetShape = dataset.targetShape();
        if (targetShape.length == 0) {
          targets = Targets.labels(labels);
        } else {
          if (done == 0) {
            targets = Targets.values(targetRows.shaped(type, count, targetShape));
          }
          dataset.readTargets(indices, from + done, n, targetRows.from(done));
        }
        done += n;
      } catch (Throwable e) {
        failure = e;
      }
    }

    private void readLabels(int n, INDArray rows) {
      if (labels.length < count) {
        labels = new int[count];
      }
      if (done == 0) {
        dataset.read(indices, from, n, rows, labels);
        return;
      }
      if (pieceLabels.length < n) {
        pieceLabels = new int[n];
      }
      dataset.read(indices, from + done, n, rows, pieceLabels);
      System.arraycopy(pieceLabels, 0, labels, done, n);
    }
  }

  /** A kept array, and those of its rows that a piece begins with and what follows. */
  private static final class Rows {
    private final ReusableArray kept = new ReusableArray();
    private INDArray array;
    private INDArray[] views = {};

    INDArray shaped(DataType type, int count, long[] exampleShape) {
      long[] shape = new long[exampleShape.length + 1];
      shape[0] = count;
      System.arraycopy(exampleShape, 0, shape, 1, exampleShape.length);
      INDArray shaped = kept.shaped(type, shape).array();
      if (shaped != array) {
        array = shaped;
        views = new INDArray[(count + PIECE - 1) / PIECE];
      }
      return array;
    }

    /** The rows from one on, with which a piece begins. */
    INDArray from(int row) {
      if (row == 0) {
        return array;
      }
      if (views[row / PIECE] == null) {
        views[row / PIECE] = array.get(NDArrayIndex.interval(row, array.size(0)));
      }
      return views[row / PIECE];
    }
  }
}
