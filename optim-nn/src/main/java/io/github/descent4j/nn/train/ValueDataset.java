package io.github.descent4j.nn.train;

import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Examples with values in place of labels, held in two arrays: what a regression learns from. FLOAT and DOUBLE batches can be read from
 * either type.
 *
 * <pre>{@code
 * INDArray features = Nd4j.createFromArray(new float[][] {{0, 0}, {0, 1}, {1, 0}});
 * INDArray targets = Nd4j.createFromArray(new float[][] {{0.5f}, {1.5f}, {-1}});
 * Dataset plane = ValueDataset.of(features, targets);
 * }</pre>
 *
 * <p>Used by one thread at a time.
 */
public final class ValueDataset implements Dataset {
  private final InMemoryDataset features;
  private final InMemoryDataset targets;
  private int[] noLabels = {};

  private ValueDataset(InMemoryDataset features, InMemoryDataset targets) {
    this.features = features;
    this.targets = targets;
  }

  /**
   * A dataset over two arrays.
   *
   * @param features {@code [size, exampleShape...]}, FLOAT or DOUBLE; held where it is in 'c' order, else copied. Not to be changed while a
   *     training goes on
   * @param targets {@code [size, targetShape...]}, likewise: one column for each output of a network
   * @throws IllegalArgumentException if there is no example, the lengths differ, or an array is of another type
   */
  public static ValueDataset of(INDArray features, INDArray targets) {
    Objects.requireNonNull(features, "features");
    Objects.requireNonNull(targets, "targets");
    if (targets.rank() < 2 || targets.isEmpty() || targets.size(0) != features.size(0)) {
      throw new IllegalArgumentException("targets has shape "
          + Arrays.toString(targets.shape())
          + ", expected ["
          + features.size(0)
          + ", ...], a row for each example");
    }
    requireNumbers("features", features);
    requireNumbers("targets", targets);
    int[] none = new int[Math.toIntExact(features.size(0))];
    return new ValueDataset(
        InMemoryDataset.of(features, none, 1), InMemoryDataset.of(targets, none, 1));
  }

  private static void requireNumbers(String name, INDArray array) {
    if (array.dataType() != DataType.FLOAT && array.dataType() != DataType.DOUBLE) {
      throw new IllegalArgumentException(
          name + " is of type " + array.dataType() + ", expected FLOAT or DOUBLE");
    }
  }

  @Override
  public int size() {
    return features.size();
  }

  @Override
  public long[] exampleShape() {
    return features.exampleShape();
  }

  /** There are no classes: 0. */
  @Override
  public int classes() {
    return 0;
  }

  @Override
  public long[] targetShape() {
    return targets.exampleShape();
  }

  /** True. */
  @Override
  public boolean canReadAhead() {
    return true;
  }

  @Override
  public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
    this.features.read(indices, from, count, features, noLabels(count));
  }

  @Override
  public void readTargets(int[] indices, int from, int count, INDArray targets) {
    this.targets.read(indices, from, count, targets, noLabels(count));
  }

  private int[] noLabels(int count) {
    if (noLabels.length < count) {
      noLabels = new int[count];
    }
    return noLabels;
  }
}
