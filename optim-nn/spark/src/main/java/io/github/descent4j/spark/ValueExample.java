package io.github.descent4j.spark;

import java.io.Serializable;
import java.util.Objects;

/**
 * An example of an RDD with values in place of a label, for a regression or for several decisions.
 *
 * @param features in 'c' order; the array is held, not copied
 * @param values what the network's outputs should be, in 'c' order; held likewise
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares examples.
public record ValueExample(float[] features, float[] values) implements Serializable {

  /**
   * Checks that both are there.
   *
   * @throws NullPointerException if one is not
   */
  public ValueExample {
    Objects.requireNonNull(features, "features");
    Objects.requireNonNull(values, "values");
  }
}
