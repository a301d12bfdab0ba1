package io.github.descent4j.nn;

/** For what the random numbers of a layer are drawn. */
public enum NoiseScope {
  /**
   * Once for all examples that a layer is given: for a batch, or for each of the parts that a {@link Sequential} cuts a large one into. Behind
   * the first dense layer of a network with convolutions it is the batch.
   */
  BATCH,

  /** Once for each example: less noise in the gradient, for more work. */
  EXAMPLE
}
