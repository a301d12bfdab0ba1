package io.github.descent4j.spark;

import io.github.descent4j.nn.Loss;
import java.io.Serializable;

/**
 * Makes the loss of a training, once for every task slot: a {@link Loss} is used by one thread at a time.
 *
 * <pre>{@code
 * LossSource outliersAllowed = () -> new Huber(0.5);
 * }</pre>
 *
 * <p>What its {@code toString} says is compared between the executors, and with that of a checkpoint: a loss of one's own names its
 * hyperparameters there, as those of {@code optim-nn} do.
 */
@FunctionalInterface
public interface LossSource extends Serializable {

  /** A new loss. */
  Loss create();
}
