package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;

/**
 * Signum: every element moves by the rate, in the sign of the average of its gradients (Bernstein et al. 2018, Algorithm 2).
 *
 * <pre>
 * m = momentum m + (1 - momentum) g
 * p -= lr sign(m)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.01, momentum 0.9, no weight decay.
 *
 * <p><b>Fork.</b> {@code sign(0)} is 0. Weight decay is decoupled where {@link Builder#weightDecay(double)} sets it, since coupled
 * decay would be lost in a sign. {@link Lion} has two factors, one for the direction and one for the moment.
 *
 * <p><b>Slots.</b> {@code m}, the moment, in the parameter's shape, from 0. Memory: one array.
 *
 * <pre>{@code
 * Optimizer optimizer = Signum.builder().learningRate(1e-3).weightDecay(0.1).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Signum extends UpdateRule {

  /** With the default hyperparameters. */
  public Signum() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Signum(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Signum(Builder builder) {
    super("Signum", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar momentum = f.hyperparameter("momentum", b.momentum, Range.FRACTION);

    Slot m = f.slot("m");
    f.subtract(f.learningRate().times(m.set(m.mix(momentum, f.gradient())).sign()));
  }

  /** The factor of the moment. */
  public double momentum() {
    return number("momentum");
  }

  /** Hyperparameters of {@link Signum}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double momentum = 0.9;

    private Builder() {
      super(0.01);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Decay ahead of the step: {@code weightDecay(WeightDecay.decoupled(coefficient))}.
     *
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder weightDecay(double coefficient) {
      return weightDecay(WeightDecay.decoupled(coefficient));
    }

    /** The factor of the moment: in [0, 1). */
    public Builder momentum(double momentum) {
      this.momentum = momentum;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Signum build() {
      return new Signum(this);
    }
  }
}
