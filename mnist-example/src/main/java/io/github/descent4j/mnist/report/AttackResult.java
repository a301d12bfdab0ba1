package io.github.descent4j.mnist.report;

import io.github.descent4j.mnist.data.GreyImage;
import java.util.List;

/**
 * How a network does on test images after an attack.
 *
 * @param epsilon size of the attack, in grey values from 0 to 1
 * @param correct number of examples that were taken for what they are
 * @param total number of examples
 * @param pictures the first examples, after the attack
 */
public record AttackResult(double epsilon, int correct, int total, List<Attacked> pictures) {

  /**
   * An example after the attack.
   *
   * @param label its class
   * @param predicted the class it was taken for
   * @param picture the example
   */
  public record Attacked(int label, int predicted, GreyImage picture) {}

  /** {@code correct / total}. */
  public double accuracy() {
    return (double) correct / total;
  }
}
