package io.github.descent4j.nn.train;

import io.github.descent4j.Optimizer;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import java.util.List;

/**
 * Trains a network on shuffled mini-batches.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder(network, new Adam(1e-3)).batchSize(128).seed(42).build();
 * trainer.fit(train, 5);
 * double accuracy = trainer.evaluate(test).accuracy();
 * }</pre>
 */
public final class Trainer {

  public static Builder builder(Sequential network, Optimizer optimizer) {
    throw new UnsupportedOperationException();
  }

  /**
   * Trains for some epochs more; may be called again.
   *
   * @throws DivergedException if a loss is NaN or infinite, or a guarded optimizer found a NaN or infinite gradient (its
   *     message and cause name the parameter)
   */
  public List<EpochMetrics> fit(Dataset dataset, int epochs) {
    throw new UnsupportedOperationException();
  }

  /** Runs the network over a dataset in evaluation mode; may be called from {@link TrainingListener#onEpoch}. */
  public Evaluation evaluate(Dataset dataset) {
    throw new UnsupportedOperationException();
  }

  /** Builds a {@link Trainer}. */
  public static final class Builder {
    /** Default: no label smoothing. */
    public Builder loss(SoftmaxCrossEntropy loss) {
      return this;
    }

    /** Default 128. */
    public Builder batchSize(int batchSize) {
      return this;
    }

    /** Seed of the shuffling, default 0. */
    public Builder seed(long seed) {
      return this;
    }

    /** Adds a listener. */
    public Builder listener(TrainingListener listener) {
      return this;
    }

    public Trainer build() {
      throw new UnsupportedOperationException();
    }
  }
}
