package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * Lion: steps of one size, in the sign of an average that weighs the newest gradient more than the moment
 * does (Chen et al. 2023, Algorithm 2).
 *
 * <pre>
 * p -= lr sign(beta1 m + (1 - beta1) g)
 * m = beta2 m + (1 - beta2) g
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 1e-4, beta1 0.9, beta2 0.99, no weight decay. Every element moves by
 * the rate, so the rate is some three to ten times smaller than Adam's, and a decay as many times larger.
 *
 * <p><b>Fork.</b> The authors' decay is decoupled, {@code p -= lr (sign(...) + wd p)}, which is {@code
 * weightDecay(wd)}, the same number as ahead of the step. Optax has 1e-3 of it by default. The rate is
 * the authors'; Keras has 1e-3. {@code sign(0)} is 0: where there has been no gradient nothing moves.
 *
 * <p><b>Slots.</b> {@code m}, the moment, in the parameter's shape, from 0. Memory: one array.
 *
 * <pre>{@code
 * Optimizer optimizer = Lion.builder().learningRate(3e-4).weightDecay(0.1).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Lion extends UpdateRule {

  /** With the default hyperparameters. */
  public Lion() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Lion(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Lion(Builder builder) {
    super("Lion", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar beta1 = f.hyperparameter("beta1", b.beta1, Range.FRACTION);
    Scalar beta2 = f.hyperparameter("beta2", b.beta2, Range.FRACTION);

    Term g = f.gradient();
    Slot m = f.slot("m");
    f.subtract(f.learningRate().times(m.mix(beta1, g).sign()));
    m.set(m.mix(beta2, g));
  }

  /** The factor of the moment in the step's direction. */
  public double beta1() {
    return number("beta1");
  }

  /** The factor of the moment. */
  public double beta2() {
    return number("beta2");
  }

  /** Hyperparameters of {@link Lion}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.99;

    private Builder() {
      super(1e-4);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * The authors' weight decay: {@code weightDecay(WeightDecay.decoupled(coefficient))}.
     *
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder weightDecay(double coefficient) {
      return weightDecay(WeightDecay.decoupled(coefficient));
    }

    /** The factor of the moment in the step's direction: in [0, 1). */
    public Builder beta1(double beta1) {
      this.beta1 = beta1;
      return this;
    }

    /** The factor of the moment: in [0, 1). */
    public Builder beta2(double beta2) {
      this.beta2 = beta2;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Lion build() {
      return new Lion(this);
    }
  }
}
