package io.github.descent4j.spark;

/**
 * The part of some shards in a step.
 *
 * @param gradient their share of the gradient, or of what local steps have moved
 * @param loss their share of the mean loss
 * @param correct how many of their examples were classified correctly
 */
record Part(Flat gradient, double loss, int correct) {

  /** Both together; this one's gradient is overwritten. */
  Part plus(Part other) {
    return new Part(gradient.add(other.gradient), loss + other.loss, correct + other.correct);
  }
}
