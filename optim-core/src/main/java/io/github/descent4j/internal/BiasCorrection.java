package io.github.descent4j.internal;

/** What a moment that starts from 0 lacks after t steps. */
public final class BiasCorrection {

  /**
   * Below this the subtraction would lose more than three digits. The usual factors are above it from the first
   * step on.
   */
  private static final double SMALL = 0x1p-10;

  private BiasCorrection() {}

  /**
   * {@code 1 - beta^t}, with a relative error of at most 2e-13 however near to 1 beta is.
   *
   * @param beta in [0, 1)
   * @param t at least 1
   */
  public static double of(double beta, long t) {
    double difference = 1 - StrictMath.pow(beta, t);
    return difference < SMALL ? -StrictMath.expm1(t * StrictMath.log(beta)) : difference;
  }
}
