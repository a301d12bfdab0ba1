package io.github.descent4j.spark;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Where a task reads the examples of a shard. */
interface ShardExamples {

  /** The shape of one example's features. */
  long[] exampleShape();

  /** The shape of one example's values; of length 0 where examples have labels. */
  long[] targetShape();

  /**
   * Copies examples.
   *
   * @param epoch number of the epoch, from 1
   * @param shard number of the shard
   * @param from place of the first one in the order of {@link Batches}
   * @param count how many
   * @param features {@code [count, exampleShape...]}
   * @param labels left alone where examples have values
   * @param values {@code [count, targetShape...]}; null where examples have labels
   */
  void read(
      int epoch, int shard, int from, int count, INDArray features, int[] labels, INDArray values);
}
