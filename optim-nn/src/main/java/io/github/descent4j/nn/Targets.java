package io.github.descent4j.nn;

import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the outputs of a network should have been for a batch: class labels, or values.
 *
 * <pre>{@code
 * Targets.labels(3, 0, 9);                                     // three examples, each of one class
 * Targets.values(Nd4j.createFromArray(new double[][] {{1.5}, {-2}})); // two examples of one number
 * }</pre>
 */
public final class Targets {
  private final int[] labels;
  private final INDArray values;

  private Targets(int[] labels, INDArray values) {
    this.labels = labels;
    this.values = values;
  }

  /**
   * Class labels.
   *
   * @param labels the label of each example, from 0; held, not copied, and may be longer than the batch
   */
  public static Targets labels(int... labels) {
    return new Targets(Objects.requireNonNull(labels, "labels"), null);
  }

  /**
   * Values.
   *
   * @param values in the shape of the outputs, FLOAT or DOUBLE; held, not copied
   * @throws IllegalArgumentException if the type is another
   */
  public static Targets values(INDArray values) {
    Checks.type("targets", "array", Objects.requireNonNull(values, "values"), null);
    return new Targets(null, values);
  }

  /**
   * The class labels.
   *
   * @throws IllegalArgumentException if these are values
   */
  public int[] labels() {
    if (labels == null) {
      throw new IllegalArgumentException("targets are " + this + ", expected class labels");
    }
    return labels;
  }

  /**
   * The values.
   *
   * @throws IllegalArgumentException if these are class labels
   */
  public INDArray values() {
    if (values == null) {
      throw new IllegalArgumentException("targets are " + this + ", expected values");
    }
    return values;
  }

  @Override
  public String toString() {
    return labels != null ? "class labels" : "values of shape " + Arrays.toString(values.shape());
  }
}
