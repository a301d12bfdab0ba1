package io.github.descent4j.rule;

/**
 * A sum or norm over all elements of all parameters of a step, measured ahead of the update: see {@link Formula#modelSum} and
 * {@link Formula#modelNorm}.
 */
public final class Measure {
  final Formula formula;

  /** Its place among the norms and sums of the formula. */
  final int place;

  Measure(Formula formula, int place) {
    this.formula = formula;
    this.place = place;
  }
}
