package io.github.descent4j.spark;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.nn.train.TrainingSeeds;
import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The examples of one shard, as a partition keeps them. */
final class OwnedExamples implements ShardExamples, Serializable {
  private static final long serialVersionUID = 1L;

  private final int size;
  private final long[] exampleShape;
  private final long[] targetShape;
  private final float[] features;

  /** Null where examples have values. */
  private final int[] labels;

  /** Null where they have labels. */
  private final float[] values;

  private final long seed;
  private transient int epoch;
  private transient int[] order;

  private OwnedExamples(
      int size,
      long[] exampleShape,
      long[] targetShape,
      float[] features,
      int[] labels,
      float[] values,
      long seed) {
    this.size = size;
    this.exampleShape = exampleShape;
    this.targetShape = targetShape;
    this.features = features;
    this.labels = labels;
    this.values = values;
    this.seed = seed;
  }

  static OwnedExamples withLabels(long[] exampleShape, float[] features, int[] labels, long seed) {
    return new OwnedExamples(
        labels.length, exampleShape, new long[0], features, labels, null, seed);
  }

  static OwnedExamples withValues(
      int size,
      long[] exampleShape,
      long[] targetShape,
      float[] features,
      float[] values,
      long seed) {
    return new OwnedExamples(size, exampleShape, targetShape, features, null, values, seed);
  }

  @Override
  public long[] exampleShape() {
    return exampleShape.clone();
  }

  @Override
  public long[] targetShape() {
    return targetShape.clone();
  }

  @Override
  public synchronized void read(
      int epoch, int shard, int from, int count, INDArray features, int[] labels, INDArray values) {
    if (this.epoch != epoch) {
      TrainingSeeds seeds = new TrainingSeeds(Replica.seedOf(seed, shard));
      order = seeds.order(epoch, size);
      this.epoch = epoch;
    }
    copy(this.features, from, count, features);
    if (values != null) {
      copy(this.values, from, count, values);
      return;
    }
    for (int i = 0; i < count; i++) {
      labels[i] = this.labels[order[from + i]];
    }
  }

  /** Copies the rows of examples, widened where the array is of DOUBLE. */
  private void copy(float[] rows, int from, int count, INDArray array) {
    int length = rows.length / size;
    ArrayMemory target = ArrayMemory.of(array);
    double[] wide = target.isDouble() ? new double[length] : null;
    for (int i = 0; i < count; i++) {
      int first = order[from + i] * length;
      if (wide == null) {
        target.store('c', (long) i * length, length, rows, first, null);
      } else {
        for (int j = 0; j < length; j++) {
          wide[j] = rows[first + j];
        }
        target.store('c', (long) i * length, length, wide, 0, null);
      }
    }
  }
}
