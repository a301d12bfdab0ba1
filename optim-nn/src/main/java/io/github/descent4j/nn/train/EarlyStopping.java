package io.github.descent4j.nn.train;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.nn.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Watches a value from epoch to epoch, says when it has not improved for some time, and keeps the parameters and buffers of the best
 * epoch.
 *
 * <p>The value has to come from examples that are neither trained on nor used for the final result: the best of several epochs by their
 * test accuracy is not a test any more. A value improves if it differs from the best one by more than {@code minDelta}, upwards or
 * downwards; NaN never does. L. Prechelt: Early stopping, but when? Neural Networks: Tricks of the Trade, 1998.
 *
 * <pre>{@code
 * EarlyStopping stopping = EarlyStopping.onHighest(network, 3, 0);
 * for (int epoch = 1; epoch <= 50 && !stopping.stopped(); epoch++) {
 *   trainer.fit(train, 1);
 *   stopping.update(epoch, trainer.evaluate(validation).accuracy());
 * }
 * stopping.restore(); // the network of stopping.bestEpoch()
 * }</pre>
 *
 * <p>To go on in another process: save {@link #bestWeights}, {@link #best}, {@link #bestEpoch} and {@link #epochsWithoutImprovement};
 * then load the weights and call {@link #resume}. Used by one thread at a time.
 */
public final class EarlyStopping {
  private final Sequential network;
  private final boolean highest;
  private final int patience;
  private final double minDelta;
  private final Parameters bestWeights;
  private double best = Double.NaN;
  private int bestEpoch;
  private int epochsWithoutImprovement;

  private EarlyStopping(Sequential network, boolean highest, int patience, double minDelta) {
    this.network = Objects.requireNonNull(network, "network");
    this.highest = highest;
    if (patience < 1) {
      throw new IllegalArgumentException("patience is " + patience + ", expected at least 1");
    }
    if (!(minDelta >= 0 && Double.isFinite(minDelta))) {
      throw new IllegalArgumentException(
          "minDelta is " + minDelta + ", expected a finite number of at least 0");
    }
    this.patience = patience;
    this.minDelta = minDelta;
    List<Parameter> copies = new ArrayList<>();
    for (Parameter parameter : network.parameters()) {
      copies.add(copy(parameter.name(), parameter.value()));
    }
    network.buffers().forEach((name, buffer) -> copies.add(copy(name, buffer)));
    bestWeights = Parameters.of(copies);
  }

  /** A parameter's gradient has to be some array of its shape; this one's is its value. */
  private static Parameter copy(String name, INDArray value) {
    INDArray copy = value.dup('c');
    return Parameter.of(name, copy, copy);
  }

  /**
   * For a value that should rise, such as an accuracy.
   *
   * @param network whose parameters and buffers are kept
   * @param patience how many epochs in a row may bring no improvement, at least 1
   * @param minDelta what is no improvement yet, at least 0 and finite
   * @throws IllegalArgumentException if a value is not as stated
   */
  public static EarlyStopping onHighest(Sequential network, int patience, double minDelta) {
    return new EarlyStopping(network, true, patience, minDelta);
  }

  /**
   * For a value that should fall, such as a loss.
   *
   * @param network whose parameters and buffers are kept
   * @param patience how many epochs in a row may bring no improvement, at least 1
   * @param minDelta what is no improvement yet, at least 0 and finite
   * @throws IllegalArgumentException if a value is not as stated
   */
  public static EarlyStopping onLowest(Sequential network, int patience, double minDelta) {
    return new EarlyStopping(network, false, patience, minDelta);
  }

  /**
   * Takes note of an epoch. If it is the best so far, the network's parameters and buffers are copied.
   *
   * @param epoch number of the epoch, from 1
   * @param value the value after it
   * @return whether it is the best so far
   */
  public boolean update(int epoch, double value) {
    double gain = highest ? value - best : best - value;
    if (gain > minDelta || (bestEpoch == 0 && !Double.isNaN(value))) {
      best = value;
      bestEpoch = epoch;
      epochsWithoutImprovement = 0;
      copyWeights(false);
      return true;
    }
    epochsWithoutImprovement++;
    return false;
  }

  /** Whether {@code patience} epochs in a row have brought no improvement. */
  public boolean stopped() {
    return epochsWithoutImprovement >= patience;
  }

  /** The best value, NaN before there is one. */
  public double best() {
    return best;
  }

  /** The epoch of the best value, 0 before there is one. */
  public int bestEpoch() {
    return bestEpoch;
  }

  /** The number of epochs since the best one, or since the beginning. */
  public int epochsWithoutImprovement() {
    return epochsWithoutImprovement;
  }

  /**
   * The parameters and buffers of the best epoch, by name, to be saved and loaded; before there is one, those that the network had at the
   * beginning. Their gradients mean nothing.
   */
  public Parameters bestWeights() {
    return bestWeights;
  }

  /** Gives the network the parameters and buffers of the best epoch. */
  public void restore() {
    copyWeights(true);
  }

  /**
   * Goes on from where another one was. {@link #bestWeights} are loaded apart from this.
   *
   * @param best its {@link #best}
   * @param bestEpoch its {@link #bestEpoch}
   * @param epochsWithoutImprovement its {@link #epochsWithoutImprovement}
   * @throws IllegalArgumentException if a number is below 0, or the best value is NaN though there is a best epoch
   */
  public void resume(double best, int bestEpoch, int epochsWithoutImprovement) {
    if (bestEpoch < 0 || (bestEpoch > 0 && Double.isNaN(best))) {
      throw new IllegalArgumentException(
          "bestEpoch is " + bestEpoch + " with best " + best + ", expected an epoch and its value");
    }
    if (epochsWithoutImprovement < 0) {
      throw new IllegalArgumentException(
          "epochsWithoutImprovement is " + epochsWithoutImprovement + ", expected at least 0");
    }
    this.best = best;
    this.bestEpoch = bestEpoch;
    this.epochsWithoutImprovement = epochsWithoutImprovement;
  }

  private void copyWeights(boolean toNetwork) {
    for (Parameter kept : bestWeights) {
      INDArray buffer = network.buffers().get(kept.name());
      INDArray own =
          buffer != null ? buffer : network.parameters().get(kept.name()).value();
      INDArray to = toNetwork ? own : kept.value();
      to.assign(toNetwork ? kept.value() : own);
    }
  }
}
