package io.github.descent4j.spark;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.nn.train.TrainingSeeds;
import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The examples of one shard, as a partition keeps them. */
final class OwnedExamples implements ShardExamples, Serializable {
  private static final long serialVersionUID = 1L;

  private final long[] exampleShape;
  private final float[] features;
  private final int[] labels;
  private final long seed;
  private transient int epoch;
  private transient int[] order;

  OwnedExamples(long[] exampleShape, float[] features, int[] labels, long seed) {
    this.exampleShape = exampleShape;
    this.features = features;
    this.labels = labels;
    this.seed = seed;
  }

  @Override
  public long[] exampleShape() {
    return exampleShape.clone();
  }

  @Override
  public synchronized void read(
      int epoch, int shard, int from, int count, INDArray features, int[] labels) {
    if (this.epoch != epoch) {
      TrainingSeeds seeds = new TrainingSeeds(Replica.seedOf(seed, shard));
      order = seeds.order(epoch, this.labels.length);
      this.epoch = epoch;
    }
    int length = this.features.length / this.labels.length;
    ArrayMemory target = ArrayMemory.of(features);
    double[] wide = target.isDouble() ? new double[length] : null;
    for (int i = 0; i < count; i++) {
      int example = order[from + i];
      labels[i] = this.labels[example];
      if (wide == null) {
        target.store('c', (long) i * length, length, this.features, example * length, null);
      } else {
        for (int j = 0; j < length; j++) {
          wide[j] = this.features[example * length + j];
        }
        target.store('c', (long) i * length, length, wide, 0, null);
      }
    }
  }
}
