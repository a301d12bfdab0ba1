package io.github.descent4j.nn.train;

import io.github.descent4j.nn.memory.Memory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Examples held in one array. FLOAT and DOUBLE batches can be read from either type.
 *
 * <pre>{@code
 * INDArray features = Nd4j.createFromArray(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
 * Dataset xor = InMemoryDataset.of(features, new int[] {0, 1, 1, 0}, 2);
 * }</pre>
 */
public final class InMemoryDataset implements Dataset {
  private final Memory features;
  private final int[] labels;
  private final int classes;
  private final long[] exampleShape;
  private final int exampleLength;
  private double[] converted = new double[0];

  private InMemoryDataset(INDArray features, int[] labels, int classes) {
    this.features = Memory.of(features);
    this.labels = labels;
    this.classes = classes;
    long[] shape = features.shape();
    exampleShape = Arrays.copyOfRange(shape, 1, shape.length);
    exampleLength = this.features.length() / labels.length;
  }

  /**
   * A dataset over an array.
   *
   * @param features {@code [size, exampleShape...]}, FLOAT or DOUBLE; held where it is in 'c' order, else copied. Not to be changed while a
   *     training goes on
   * @param labels the label of each example, from 0 to {@code classes - 1}; copied
   * @param classes number of classes, at least 1
   * @throws IllegalArgumentException if there is no example, the lengths differ, or a label is out of range
   */
  public static InMemoryDataset of(INDArray features, int[] labels, int classes) {
    Objects.requireNonNull(features, "features");
    Objects.requireNonNull(labels, "labels");
    if (features.rank() < 2 || features.isEmpty()) {
      throw new IllegalArgumentException("features has shape "
          + Arrays.toString(features.shape())
          + ", expected [size, ...] with at least one example");
    }
    if (features.size(0) != labels.length) {
      throw new IllegalArgumentException(
          "labels has " + labels.length + " elements, expected " + features.size(0));
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException("label of example "
            + i
            + " is "
            + labels[i]
            + ", expected a value in [0, "
            + classes
            + ")");
      }
    }
    return new InMemoryDataset(features, labels.clone(), classes);
  }

  /**
   * A dataset over a copy of the features.
   *
   * @param features the examples one after another, each in 'c' order
   * @param labels the label of each example, from 0 to {@code classes - 1}; copied
   * @param classes number of classes, at least 1
   * @param exampleShape shape of one example
   * @throws IllegalArgumentException if there is no example, the lengths differ, or a label is out of range
   */
  public static InMemoryDataset of(
      float[] features, int[] labels, int classes, long... exampleShape) {
    Objects.requireNonNull(features, "features");
    Objects.requireNonNull(labels, "labels");
    long length = Arrays.stream(exampleShape).reduce(1, Math::multiplyExact);
    if (exampleShape.length == 0 || length < 1 || features.length != labels.length * length) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "features has %d elements, expected %d, for %d labels and examples of shape %s",
          features.length,
          labels.length * length,
          labels.length,
          Arrays.toString(exampleShape)));
    }
    long[] shape = new long[exampleShape.length + 1];
    shape[0] = labels.length;
    System.arraycopy(exampleShape, 0, shape, 1, exampleShape.length);
    return of(Nd4j.create(features, shape, 'c'), labels, classes);
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public long[] exampleShape() {
    return exampleShape.clone();
  }

  @Override
  public int classes() {
    return classes;
  }

  /** True. */
  @Override
  public boolean canReadAhead() {
    return true;
  }

  @Override
  public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
    Memory batch = Memory.of(features);
    if (batch.array() != features) {
      throw new IllegalArgumentException("features has strides "
          + Arrays.toString(features.stride())
          + ", expected 'c' order without gaps");
    }
    if ((long) count * exampleLength > batch.length()) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "features has shape %s, expected at least %d examples of shape %s",
          Arrays.toString(features.shape()),
          count,
          Arrays.toString(exampleShape)));
    }
    boolean sameType = batch.dataType() == this.features.dataType();
    if (!sameType && converted.length == 0) {
      converted = new double[exampleLength];
    }
    for (int i = 0; i < count; i++) {
      int index = indices[from + i];
      if (sameType) {
        batch.put(i * exampleLength, this.features, index * exampleLength, exampleLength);
      } else {
        this.features.getDoubles(index * exampleLength, converted, exampleLength);
        batch.putDoubles(i * exampleLength, converted, exampleLength);
      }
      labels[i] = this.labels[index];
    }
  }
}
