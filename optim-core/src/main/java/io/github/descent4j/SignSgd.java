package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.UpdateRule;

/**
 * signSGD: every element moves by the rate, in the sign of its gradient (Bernstein et al. 2018, Algorithm 1).
 *
 * <pre>
 * p -= lr sign(g)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.01, no weight decay.
 *
 * <p><b>Fork.</b> {@code sign(0)} is 0, as in the paper: an element without a gradient stays. The rate is ours; the paper has none
 * of general use, and Optax asks for one.
 *
 * <p><b>Slots.</b> None; no memory per parameter.
 *
 * <pre>{@code
 * Optimizer optimizer = new SignSgd(1e-3);
 * optimizer.step(parameters);
 * }</pre>
 */
public final class SignSgd extends UpdateRule {

  /** With the default hyperparameters. */
  public SignSgd() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public SignSgd(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private SignSgd(Builder builder) {
    super("SignSgd", builder, SignSgd::define);
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f) {
    f.subtract(f.learningRate().times(f.gradient().sign()));
  }

  /** Hyperparameters of {@link SignSgd}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {

    private Builder() {
      super(0.01);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Decay as a part of every step, ahead of it: {@code weightDecay(WeightDecay.decoupled(coefficient))}.
     *
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder weightDecay(double coefficient) {
      return weightDecay(WeightDecay.decoupled(coefficient));
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public SignSgd build() {
      return new SignSgd(this);
    }
  }
}
