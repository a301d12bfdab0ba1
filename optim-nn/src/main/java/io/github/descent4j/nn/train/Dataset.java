package io.github.descent4j.nn.train;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Labelled examples that can be read in any order. {@link InMemoryDataset} holds them in memory; an implementation of
 * one's own may decode them from a compact form on each read. Examples with values in place of labels, for a regression, are a {@link
 * ValueDataset}.
 *
 * <pre>{@code
 * INDArray features = Nd4j.create(DataType.FLOAT, 2, 784);
 * int[] labels = new int[2];
 * dataset.read(new int[] {7, 3}, 0, 2, features, labels); // examples 7 and 3
 * }</pre>
 */
public interface Dataset {

  /**
   * The number of examples.
   *
   * @return the number of examples, at least 1
   */
  int size();

  /**
   * The shape of one example's features, without the batch dimension.
   *
   * @return a shape such as {@code [784]} or {@code [1, 28, 28]}
   */
  long[] exampleShape();

  /**
   * The number of classes.
   *
   * @return the number of classes; labels are 0 to {@code classes() - 1}. 0 where examples have values in place of labels.
   */
  int classes();

  /**
   * The shape of one example's values, where examples have values in place of labels.
   *
   * @return a shape such as {@code [1]}, or none, which is the default: examples have labels
   */
  default long[] targetShape() {
    return new long[0];
  }

  /**
   * Says that an epoch of training begins. A dataset that changes its examples at random can make that a function of the epoch, so that a
   * training that was resumed in it reads the same. {@link Trainer} calls this before the first read of each {@link Trainer#fit} and of
   * each epoch. Does nothing by default.
   *
   * @param epoch number of the epoch, from 1
   */
  default void startEpoch(int epoch) {}

  /**
   * Whether a batch may be read before it is needed, by another thread than the one that uses this dataset. {@link Trainer} then reads parts of the next
   * batch while it computes a step, whenever a thread has nothing to do for that, and so does its evaluation. There is still one call at a time, the listeners find none under way, and
   * each sees what those before have written; but a batch may have been read that a training does not come to, and who computes a step, such
   * as a {@link io.github.descent4j.nn.BatchGradient}, must not read the same dataset. Listeners may read it, and must not {@linkplain #startEpoch begin} another epoch of it: the next batch may
   * have been read already.
   *
   * @return false by default: all calls come from the thread that trains
   */
  default boolean canReadAhead() {
    return false;
  }

  /**
   * Copies examples into the first {@code count} rows of a batch. Row i gets example {@code indices[from + i]}.
   *
   * @param indices indices of examples, each at least 0 and below {@link #size()}
   * @param from position in {@code indices} of the first one to read
   * @param count number of examples to read
   * @param features array in 'c' order without gaps, FLOAT or DOUBLE, with at least {@code count} rows of {@link
   *     #exampleShape()}; further rows are left alone
   * @param labels array of at least {@code count} elements; further elements are left alone, and all where examples have values
   */
  void read(int[] indices, int from, int count, INDArray features, int[] labels);

  /**
   * Copies values of examples into a batch, where examples have values in place of labels: row i gets those of example {@code indices[from
   * + i]}.
   *
   * @param indices indices of examples, each at least 0 and below {@link #size()}
   * @param from position in {@code indices} of the first one to read
   * @param count number of examples to read
   * @param targets array in 'c' order without gaps, FLOAT or DOUBLE, with at least {@code count} rows of {@link #targetShape()}; further
   *     rows are left alone
   * @throws UnsupportedOperationException if examples have labels, by default
   */
  default void readTargets(int[] indices, int from, int count, INDArray targets) {
    throw new UnsupportedOperationException("examples have labels, expected a dataset with values");
  }
}
