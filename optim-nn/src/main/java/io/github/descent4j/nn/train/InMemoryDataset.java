package io.github.descent4j.nn.train;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Examples held in memory. */
public final class InMemoryDataset implements Dataset {

  /** The arrays are held, not copied. {@code features} holds the examples one after another, in 'c' order. */
  public static InMemoryDataset of(
      float[] features, int[] labels, int classes, long... exampleShape) {
    throw new UnsupportedOperationException();
  }

  /** {@code features} is {@code [size, exampleShape...]}. */
  public static InMemoryDataset of(INDArray features, int[] labels, int classes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int size() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long[] exampleShape() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int classes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
    throw new UnsupportedOperationException();
  }
}
