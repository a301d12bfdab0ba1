package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * AdaMax: Adam with the infinity norm of the past gradients in place of the root of their mean square,
 * so that no step is larger than the rate (Kingma and Ba 2015, Algorithm 2).
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * u = max(beta2 u, |g|)
 * p -= lr (m / (1 - beta1^t)) / (u + epsilon)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.002, beta1 0.9, beta2 0.999, epsilon 1e-8, epsilonInsideMaximum
 * false, no weight decay.
 *
 * <p><b>Fork.</b> The paper has no epsilon; it is added to u, as in Keras, so that u is the paper's.
 * PyTorch and Optax add it inside the maximum, which {@code epsilonInsideMaximum(true)} does: {@code
 * u = max(beta2 u, |g| + epsilon); p -= lr (m / (1 - beta1^t)) / u}.
 *
 * <p><b>Slots.</b> {@code m}, the uncorrected moment, and {@code u}, the norm, in the parameter's shape,
 * from 0. Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = new AdaMax(2e-3);
 * optimizer.step(parameters);
 * }</pre>
 */
public final class AdaMax extends UpdateRule {

  /** With the default hyperparameters. */
  public AdaMax() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public AdaMax(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private AdaMax(Builder builder) {
    super("AdaMax", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar beta1 = f.hyperparameter("beta1", b.beta1, Range.FRACTION);
    Scalar beta2 = f.hyperparameter("beta2", b.beta2, Range.FRACTION);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);
    boolean inside = f.option("epsilonInsideMaximum", b.epsilonInsideMaximum);
    Scalar stepSize = f.scalar("stepSize", s -> s.learningRate() / s.biasCorrection(beta1));

    Term g = f.gradient();
    Slot m = f.slot("m");
    Slot u = f.slot("u");
    Term mean = m.set(m.mix(beta1, g));
    Term size = inside ? g.absolute().plus(epsilon) : g.absolute();
    Term norm = u.set(beta2.times(u).maximum(size));
    f.subtract(stepSize.times(mean.over(inside ? norm : norm.plus(epsilon))));
  }

  /** The factor of the first moment. */
  public double beta1() {
    return number("beta1");
  }

  /** The factor of the infinity norm. */
  public double beta2() {
    return number("beta2");
  }

  /** What keeps the quotient finite. */
  public double epsilon() {
    return number("epsilon");
  }

  /** Whether epsilon is added to the gradient's size, or to the norm. */
  public boolean epsilonInsideMaximum() {
    return option("epsilonInsideMaximum", Boolean.class);
  }

  /** Hyperparameters of {@link AdaMax}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private boolean epsilonInsideMaximum = false;

    private Builder() {
      super(2e-3);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The factor of the first moment: in [0, 1). */
    public Builder beta1(double beta1) {
      this.beta1 = beta1;
      return this;
    }

    /** The factor of the norm: in [0, 1). */
    public Builder beta2(double beta2) {
      this.beta2 = beta2;
      return this;
    }

    /** Keeps the quotient finite: finite and above 0. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** Whether epsilon is added to the gradient's size under the maximum, and so is part of u. */
    public Builder epsilonInsideMaximum(boolean epsilonInsideMaximum) {
      this.epsilonInsideMaximum = epsilonInsideMaximum;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public AdaMax build() {
      return new AdaMax(this);
    }
  }
}
