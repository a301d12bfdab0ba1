package io.github.descent4j.nn.train;

/**
 * How a network does on a dataset.
 *
 * @param correct number of examples whose greatest logit is the label's; with a regression's loss 0
 * @param total number of examples
 * @param meanLoss mean over the examples of the trainer's loss
 */
public record Evaluation(int correct, int total, double meanLoss) {

  /**
   * The part of the examples that is classified correctly.
   *
   * @return {@code correct / total}, 0 to 1
   */
  public double accuracy() {
    return (double) correct / total;
  }
}
