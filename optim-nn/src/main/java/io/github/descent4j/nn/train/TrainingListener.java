package io.github.descent4j.nn.train;

/**
 * Is told how training goes, on the thread that trains. An exception thrown by a listener ends {@link Trainer#fit}.
 *
 * <pre>{@code
 * TrainingListener progress = new TrainingListener() {
 *   public void onEpoch(EpochMetrics metrics) {
 *     System.out.printf(Locale.ROOT, "epoch %d: loss %.4f%n", metrics.epoch(), metrics.trainLoss());
 *   }
 * };
 * }</pre>
 */
public interface TrainingListener {

  /**
   * Called after each step of the optimizer.
   *
   * @param metrics what is known about the step
   */
  default void onStep(StepMetrics metrics) {}

  /**
   * Called after each epoch, when the network may be evaluated.
   *
   * @param metrics what is known about the epoch
   */
  default void onEpoch(EpochMetrics metrics) {}
}
