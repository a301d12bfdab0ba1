package io.github.descent4j.spark;

import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.TrainingSeeds;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The training set of an executor's JVM, of which its tasks read one at a time. */
final class SharedDataset implements ShardExamples {
  private final Dataset dataset;
  private final TrainingSeeds seeds;
  private int epoch;
  private int[] order;

  SharedDataset(Dataset dataset, TrainingSeeds seeds) {
    this.dataset = dataset;
    this.seeds = seeds;
  }

  int size() {
    return dataset.size();
  }

  @Override
  public long[] exampleShape() {
    return dataset.exampleShape();
  }

  @Override
  public long[] targetShape() {
    return dataset.targetShape();
  }

  /** A task that Spark has given up may still be in the epoch before. */
  @Override
  public synchronized void read(
      int epoch, int shard, int from, int count, INDArray features, int[] labels, INDArray values) {
    if (this.epoch != epoch) {
      dataset.startEpoch(epoch);
      order = seeds.order(epoch, dataset.size());
      this.epoch = epoch;
    }
    dataset.read(order, from, count, features, labels);
    if (values != null) {
      dataset.readTargets(order, from, count, values);
    }
  }

  /** Number, shape and classes, such as {@code 60000 of [1, 28, 28] in 10 classes}. */
  @Override
  public String toString() {
    long[] target = targetShape();
    return size() + " of " + Arrays.toString(exampleShape())
        + (target.length == 0
            ? " in " + dataset.classes() + " classes"
            : " with values of " + Arrays.toString(target));
  }
}
