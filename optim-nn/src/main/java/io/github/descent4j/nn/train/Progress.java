package io.github.descent4j.nn.train;

/**
 * How far a {@link Trainer} has come, in whole steps. The sums are over the mini-batches of the epoch under way.
 *
 * @param steps steps since the trainer was made
 * @param epochs completed epochs
 * @param batches mini-batches of the epoch under way that have been trained on
 * @param examples examples in them
 * @param lossSum sum of the examples' losses
 * @param correct number of the examples that were classified correctly
 * @param seconds wall-clock time spent in the epoch
 */
public record Progress(
    long steps,
    int epochs,
    int batches,
    int examples,
    double lossSum,
    int correct,
    double seconds) {

  static final Progress START = new Progress(0, 0, 0, 0, 0, 0, 0);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if a number is negative or NaN, or more examples are correct than there are
   */
  public Progress {
    requireAtLeastZero("steps", steps);
    requireAtLeastZero("epochs", epochs);
    requireAtLeastZero("batches", batches);
    requireAtLeastZero("examples", examples);
    requireAtLeastZero("lossSum", lossSum);
    requireAtLeastZero("correct", correct);
    requireAtLeastZero("seconds", seconds);
    if (correct > examples) {
      throw new IllegalArgumentException(
          "correct is " + correct + ", expected at most the " + examples + " examples");
    }
  }

  Progress plus(double meanLoss, int correct, int count, double seconds) {
    return new Progress(
        steps + 1,
        epochs,
        batches + 1,
        examples + count,
        lossSum + meanLoss * count,
        this.correct + correct,
        seconds);
  }

  Progress nextEpoch() {
    return new Progress(steps, epochs + 1, 0, 0, 0, 0, 0);
  }

  /** What is known about the epoch under way, if it ended here. */
  EpochMetrics metrics() {
    return new EpochMetrics(
        epochs + 1, lossSum / examples, (double) correct / examples, seconds, examples / seconds);
  }

  private static void requireAtLeastZero(String name, Number value) {
    if (!(value.doubleValue() >= 0)) {
      throw new IllegalArgumentException(name + " is " + value + ", expected at least 0");
    }
  }
}
