package io.github.descent4j.rule;

import io.github.descent4j.internal.BiasCorrection;

/**
 * The step of a parameter under way, which the numbers of a {@link Formula} may depend on.
 *
 * <p>It is one object that moves on: a function that is given it reads it and does not keep it.
 *
 * <pre>{@code
 * Scalar stepSize = f.scalar("stepSize", s -> s.learningRate() / s.biasCorrection(beta1));
 * }</pre>
 */
public final class Step {
  private long t;
  private double learningRate;

  Step() {}

  void set(long t, double learningRate) {
    this.t = t;
    this.learningRate = learningRate;
  }

  /** The parameter's step, counted from 1. */
  public long t() {
    return t;
  }

  /** The learning rate of this step. */
  public double learningRate() {
    return learningRate;
  }

  /** What a number that the rule remembers was before this step. */
  public double before(Remembered number) {
    return number.value();
  }

  /**
   * {@code 1 - beta^t}: what an exponential average that starts from 0 lacks; with a relative error of at most 2e-13
   * however near to 1 beta is.
   *
   * @param beta the factor of the average, in [0, 1)
   */
  public double biasCorrection(double beta) {
    return BiasCorrection.of(beta, t);
  }

  /**
   * The same of a hyperparameter.
   *
   * @throws IllegalStateException if the factor is no hyperparameter
   */
  public double biasCorrection(Scalar beta) {
    return BiasCorrection.of(beta.value(), t);
  }

  @Override
  public String toString() {
    return "step " + t + " at learning rate " + learningRate;
  }
}
