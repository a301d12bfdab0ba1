package io.github.descent4j.spark;

import java.io.Serializable;
import java.util.Objects;

/**
 * An example of an RDD.
 *
 * @param features in 'c' order; the array is held, not copied
 * @param label its class, from 0
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares examples.
public record LabelledExample(float[] features, int label) implements Serializable {

  /**
   * Checks the label.
   *
   * @throws NullPointerException if there are no features
   * @throws IllegalArgumentException if the label is negative
   */
  public LabelledExample {
    Objects.requireNonNull(features, "features");
    if (label < 0) {
      throw new IllegalArgumentException("label is " + label + ", expected at least 0");
    }
  }
}
