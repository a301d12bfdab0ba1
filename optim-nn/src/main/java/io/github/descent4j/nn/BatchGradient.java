package io.github.descent4j.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the gradients of a mini-batch are computed: {@linkplain #backpropagation back-propagation} of the loss, or of something else that is
 * to be small, such as the loss of changed inputs, or a penalty that depends on the inputs.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder(network, new Adam(1e-3)).gradient(new DoubleBackpropagation(0.1)).build();
 * }</pre>
 *
 * <p>Used by one thread at a time.
 */
public interface BatchGradient {

  /**
   * A mini-batch as the network was before the step.
   *
   * @param meanLoss the mean loss
   * @param correct the number of examples that are decided rightly
   */
  record Measured(double meanLoss, int correct) {}

  /**
   * Overwrites the gradient of every parameter of a network.
   *
   * @param network in training mode
   * @param loss of its outputs
   * @param features a mini-batch, which stays as it is
   * @param targets of these examples
   * @param seed of the network's random numbers; more than one pass with the same masks begins with {@link Sequential#reseed} each
   * @return what is reported of the mini-batch
   * @throws IllegalArgumentException if this does not work with the network or the loss
   */
  Measured compute(Sequential network, Loss loss, INDArray features, Targets targets, long seed);

  /** The gradient of the loss alone. */
  static BatchGradient backpropagation() {
    return Backpropagation.INSTANCE;
  }
}
