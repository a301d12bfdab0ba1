package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.NumberSlot;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * NovoGrad: momentum of gradients that are divided by their norm, whose square is averaged for each parameter as a whole (Ginsburg et al. 2019,
 * Algorithm 1).
 *
 * <pre>
 * v = |g|² if v is 0, else beta2 v + (1 - beta2) |g|²
 * u = g / (sqrt(v) + epsilon) + decayInUpdate p,  times (1 - beta1) with gradientAveraging
 * m = beta1 m + u
 * p -= lr m
 * </pre>
 *
 * <p>{@code |g|} is the L2 norm of the parameter's gradient. As long as gradients are 0, v stays 0 and nothing but decay moves the parameter: the
 * first that is not starts v.
 *
 * <p><b>Defaults.</b> learningRate 0.01, beta1 0.95, beta2 0.98, epsilon 1e-8, decayInUpdate 0, gradientAveraging false, no weight decay.
 *
 * <p><b>Fork.</b> v starts from the first gradient that is not 0, as in timm. Optax starts it in the first step, whatever the gradient is:
 * where that is 0, its first steps are {@code 1 / sqrt(1 - beta2)} times as long. It has a beta1 of 0.9, a beta2 of 0.25 and an epsilon
 * of 1e-6, which {@link Conventions} knows.
 *
 * <p><b>Slots.</b> {@code m}, the momentum, in the parameter's shape, and {@code v}, a number, from 0. Memory: one array.
 *
 * <pre>{@code
 * Optimizer optimizer = NovoGrad.builder().learningRate(0.01).decayInUpdate(1e-3).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class NovoGrad extends UpdateRule {

  /** With the default hyperparameters. */
  public NovoGrad() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public NovoGrad(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private NovoGrad(Builder builder) {
    super("NovoGrad", builder, f -> define(f, builder));
    if (decayInUpdate() > 0 && weightDecay().coefficient() > 0) {
      throw new IllegalArgumentException("weightDecay is " + weightDecay()
          + " beside decayInUpdate " + decayInUpdate() + ", expected one of both");
    }
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar beta1 = f.hyperparameter("beta1", b.beta1, Range.FRACTION);
    Scalar beta2 = f.hyperparameter("beta2", b.beta2, Range.FRACTION);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);
    Scalar decay = f.hyperparameter("decayInUpdate", b.decayInUpdate, Range.AT_LEAST_ZERO);
    boolean averaging = f.option("gradientAveraging", b.gradientAveraging);

    Term g = f.gradient();
    Slot m = f.slot("m");
    NumberSlot v = f.numberSlot("v");
    Scalar square = f.ofNorms("square", n -> n[0] * n[0], g);
    // The sign of v is 0 until it has started.
    Term weight = f.constant(1).minus(beta2.times(v.sign()));
    Term next = v.set(beta2.times(v).plus(weight.times(square)));
    // 0 for a gradient of zeros: 1 / epsilon may be too large for float.
    Term scale = next.sign().over(next.squareRoot().plus(epsilon));
    Term update = g.times(scale);
    if (decay.value() > 0) {
      update = update.plus(decay.times(f.parameter()));
    }
    if (averaging) {
      update = update.times(beta1.complement());
    }
    f.subtract(f.learningRate().times(m.set(beta1.times(m).plus(update))));
  }

  /** The factor of the momentum. */
  public double beta1() {
    return number("beta1");
  }

  /** The factor of the second moment. */
  public double beta2() {
    return number("beta2");
  }

  /** What keeps the quotient finite. */
  public double epsilon() {
    return number("epsilon");
  }

  /** The weight decay that is part of the update. */
  public double decayInUpdate() {
    return number("decayInUpdate");
  }

  /** Whether the update enters the momentum by 1 - beta1. */
  public boolean gradientAveraging() {
    return option("gradientAveraging", Boolean.class);
  }

  /** Hyperparameters of {@link NovoGrad}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.95;
    private double beta2 = 0.98;
    private double epsilon = 1e-8;
    private double decayInUpdate = 0;
    private boolean gradientAveraging = false;

    private Builder() {
      super(0.01);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The factor of the momentum: in [0, 1). */
    public Builder beta1(double beta1) {
      this.beta1 = beta1;
      return this;
    }

    /** The factor of the second moment: in [0, 1). */
    public Builder beta2(double beta2) {
      this.beta2 = beta2;
      return this;
    }

    /** What keeps the quotient finite: above 0. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** The paper's weight decay, part of the update: at least 0. */
    public Builder decayInUpdate(double decayInUpdate) {
      this.decayInUpdate = decayInUpdate;
      return this;
    }

    /** Whether the update enters the momentum by 1 - beta1, which makes the momentum an average. */
    public Builder gradientAveraging(boolean gradientAveraging) {
      this.gradientAveraging = gradientAveraging;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range, or there are two weight
     *     decays
     */
    @Override
    public NovoGrad build() {
      return new NovoGrad(this);
    }
  }
}
