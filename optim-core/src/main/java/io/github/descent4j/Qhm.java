package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * QHM, quasi-hyperbolic momentum: a mean of the gradient and of its average (Ma and Yarats 2019, equations 3 and 4).
 *
 * <pre>
 * m = momentum m + (1 - momentum) g
 * p -= lr ((1 - nu) g + nu m)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 1, momentum 0.999, nu 0.7, no weight decay: the authors' rule of thumb. With nu 1 this is momentum
 * whose gradient counts by 1 - momentum, with nu 0 it is {@link Sgd}.
 *
 * <p><b>Fork.</b> None: the authors' code does the same. A rate of {@link Momentum} is to be divided by 1 - momentum of it.
 *
 * <p><b>Slots.</b> {@code m}, the average, in the parameter's shape, from 0. Memory: one array.
 *
 * <pre>{@code
 * Optimizer optimizer = new Qhm(0.5);
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Qhm extends UpdateRule {

  /** With the default hyperparameters. */
  public Qhm() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Qhm(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Qhm(Builder builder) {
    super("Qhm", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar momentum = f.hyperparameter("momentum", b.momentum, Range.FRACTION);
    Scalar nu = f.hyperparameter("nu", b.nu, Range.UNIT);

    Term g = f.gradient();
    Slot m = f.slot("m");
    Term mean = m.set(m.mix(momentum, g));
    f.subtract(f.learningRate().times(mean.mix(nu, g)));
  }

  /** The factor of the average. */
  public double momentum() {
    return number("momentum");
  }

  /** The part of the average in a step. */
  public double nu() {
    return number("nu");
  }

  /** Hyperparameters of {@link Qhm}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double momentum = 0.999;
    private double nu = 0.7;

    private Builder() {
      super(1.0);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The factor of the average: in [0, 1). */
    public Builder momentum(double momentum) {
      this.momentum = momentum;
      return this;
    }

    /** The part of the average in a step: in [0, 1]. */
    public Builder nu(double nu) {
      this.nu = nu;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Qhm build() {
      return new Qhm(this);
    }
  }
}
