package io.github.descent4j.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What training makes small: a function of a network's outputs and of what they should have been, as a mean over the batch.
 *
 * <p>{@link SoftmaxCrossEntropy} takes class labels; {@link MeanSquaredError}, {@link Huber} and {@link BinaryCrossEntropy} take
 * values. A loss of one's own has to be a mean over the examples, too: a batch may be computed in pieces whose means are weighted by their
 * sizes.
 *
 * <pre>{@code
 * double meanLoss = loss.forward(network.forward(features, Mode.TRAINING), targets);
 * network.backward(loss.backward());
 * }</pre>
 *
 * <p>Used by one thread at a time.
 */
public interface Loss {

  /**
   * Computes the loss of a batch.
   *
   * @param outputs the network's, {@code [batch, ...]}, FLOAT or DOUBLE
   * @param targets what they should be, an example each
   * @return the mean loss over the batch
   * @throws IllegalArgumentException if a shape, a type or a target is not what the loss takes
   */
  double forward(INDArray outputs, Targets targets);

  /**
   * The gradient of the last mean loss with respect to the outputs.
   *
   * @return an array of the outputs' shape and type, valid until the next call of this method
   * @throws IllegalStateException if there was no {@link #forward} before
   */
  INDArray backward();

  /**
   * How many examples of the last batch are decided rightly, for losses of a decision.
   *
   * @return a number from 0 to {@code batch}; 0 by default, for losses of numbers that are neither right nor wrong
   */
  default int correct() {
    return 0;
  }
}
