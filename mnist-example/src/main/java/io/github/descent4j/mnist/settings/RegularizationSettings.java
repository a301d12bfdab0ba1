package io.github.descent4j.mnist.settings;

/**
 * What keeps a network from learning its training images by heart, besides dropout, label smoothing, weight decay and augmentation.
 *
 * @param l1 strength of the L1 penalty
 * @param l2 strength of the L2 penalty
 * @param patience epochs without improvement after which training ends, or null
 * @param validation how many of the last training images are held out, to see which epoch was the best; 0 without patience
 */
public record RegularizationSettings(double l1, double l2, Integer patience, int validation) {
  /** No penalty, and no end before the last epoch. */
  public static final RegularizationSettings NONE = new RegularizationSettings(0, 0, null, 0);

  /** In words, or empty. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (l1 > 0) {
      text.append(", l1 ").append(l1);
    }
    if (l2 > 0) {
      text.append(", l2 ").append(l2);
    }
    if (patience != null) {
      text.append(", early stopping after ").append(patience);
    }
    return text.toString();
  }
}
