package io.github.descent4j.nn;

/**
 * The hard concrete distribution: a sigmoid of logistic noise, stretched from (0, 1) to (gamma, zeta) and cut to [0, 1], so that 0 and 1
 * have probabilities of their own and the rest of it a derivative. Equation numbers are those of Louizos, Welling and Kingma 2018.
 */
final class HardConcrete {
  static final double BETA = 2.0 / 3;
  static final double GAMMA = -0.1;
  static final double ZETA = 1.1;

  private static final double STRETCH = ZETA - GAMMA;
  private static final double OPEN_SHIFT = BETA * StrictMath.log(-GAMMA / ZETA);

  private HardConcrete() {}

  /** The stretched number before it is cut, for uniform noise u in (0, 1): equations 10 and 11. */
  static double stretched(double logAlpha, double u) {
    double logit = StrictMath.log(u) - StrictMath.log(1 - u) + logAlpha;
    return sigmoid(logit / BETA) * STRETCH + GAMMA;
  }

  /** The gate: equation 11. */
  static double gate(double stretched) {
    return Math.min(1, Math.max(0, stretched));
  }

  /** The derivative of the gate by logAlpha; 0 where it is cut. */
  static double slope(double stretched) {
    if (!(stretched > 0 && stretched < 1)) {
      return 0;
    }
    double s = (stretched - GAMMA) / STRETCH;
    return STRETCH * s * (1 - s) / BETA;
  }

  /** The probability of a gate that is not 0: equation 12. */
  static double openProbability(double logAlpha) {
    return sigmoid(logAlpha - OPEN_SHIFT);
  }

  /** The gate without noise: equation 13. */
  static double evaluated(double logAlpha) {
    return gate(sigmoid(logAlpha) * STRETCH + GAMMA);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }
}
