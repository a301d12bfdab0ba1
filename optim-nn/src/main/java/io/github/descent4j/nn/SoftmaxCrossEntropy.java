package io.github.descent4j.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Softmax cross-entropy with integer labels, mean over the batch. */
public final class SoftmaxCrossEntropy {
  /** No label smoothing. */
  public SoftmaxCrossEntropy() {
    this(0);
  }

  /**
   * With label smoothing.
   *
   * @param labelSmoothing in [0, 1)
   */
  public SoftmaxCrossEntropy(double labelSmoothing) {}

  /**
   * Mean loss over the batch.
   *
   * @param logits {@code [batch, classes]}
   * @param labels the first {@code batch} elements are used
   * @return the mean loss
   */
  public double forward(INDArray logits, int[] labels) {
    throw new UnsupportedOperationException();
  }

  /**
   * Gradient of the last mean loss with respect to the logits.
   *
   * @return the gradient, valid until the next call of {@link #forward}
   */
  public INDArray backward() {
    throw new UnsupportedOperationException();
  }

  /**
   * How many examples of the last batch have their greatest logit at the label.
   *
   * @return the number of correct ones
   */
  public int correct() {
    throw new UnsupportedOperationException();
  }
}
