package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.UpdateRule;

/**
 * Stochastic gradient descent (Robbins and Monro 1951).
 *
 * <pre>
 * p -= lr g
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.01, no weight decay.
 *
 * <p><b>Fork.</b> None: every library agrees. Momentum is {@link Momentum}, not an option here.
 *
 * <p><b>Slots.</b> None; no memory per parameter.
 *
 * <pre>{@code
 * Optimizer optimizer = new Sgd(0.1);
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Sgd extends UpdateRule {

  /** With the default hyperparameters. */
  public Sgd() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Sgd(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Sgd(Builder builder) {
    super("Sgd", builder, Sgd::define);
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f) {
    f.subtract(f.learningRate().times(f.gradient()));
  }

  /** Hyperparameters of {@link Sgd}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {

    private Builder() {
      super(0.01);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Sgd build() {
      return new Sgd(this);
    }
  }
}
