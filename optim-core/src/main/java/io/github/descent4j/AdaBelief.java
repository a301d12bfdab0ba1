package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * AdaBelief: Adam with the variance of the gradient around its average in the place of the second moment, so that a step is long where the
 * gradient is as expected (Zhuang et al. 2020, Algorithm 2).
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * s = beta2 s + (1 - beta2) (g - m)² + epsilonInVariance
 * p -= lr (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p>The average in {@code g - m} is the new one. epsilonInVariance adds up from step to step.
 *
 * <p><b>Defaults.</b> learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, epsilonInVariance 1e-8, no weight decay: the paper's.
 *
 * <p><b>Fork.</b> Optax has 1e-16 in both places, which {@link Conventions} knows. The authors' package has 1e-16, RAdam's rectification and
 * decoupled decay by default; rectification is not an option here.
 *
 * <p><b>Slots.</b> {@code m} and {@code s}, the average and the uncorrected variance, in the parameter's shape, from 0.
 * Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = AdaBelief.builder().learningRate(1e-3).epsilon(1e-16).epsilonInVariance(1e-16).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class AdaBelief extends UpdateRule {

  /** With the default hyperparameters. */
  public AdaBelief() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public AdaBelief(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private AdaBelief(Builder builder) {
    super("AdaBelief", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar beta1 = f.hyperparameter("beta1", b.beta1, Range.FRACTION);
    Scalar beta2 = f.hyperparameter("beta2", b.beta2, Range.FRACTION);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);
    Scalar inVariance =
        f.hyperparameter("epsilonInVariance", b.epsilonInVariance, Range.AT_LEAST_ZERO);

    Term g = f.gradient();
    Slot m = f.slot("m");
    Slot s = f.slot("s");
    Term mean = m.set(m.mix(beta1, g));
    Term variance = s.set(s.mix(beta2, g.minus(mean).squared()).plus(inVariance));
    Scalar stepSize = f.scalar("stepSize", t -> t.learningRate() / t.biasCorrection(beta1));
    Scalar rootScale = f.scalar("rootScale", t -> 1 / Math.sqrt(t.biasCorrection(beta2)));
    Term root = variance.squareRoot().times(rootScale);
    f.subtract(stepSize.times(mean.over(root.plus(epsilon))));
  }

  /** The factor of the average. */
  public double beta1() {
    return number("beta1");
  }

  /** The factor of the variance. */
  public double beta2() {
    return number("beta2");
  }

  /** What keeps the quotient finite. */
  public double epsilon() {
    return number("epsilon");
  }

  /** What every step adds to the variance. */
  public double epsilonInVariance() {
    return number("epsilonInVariance");
  }

  /** Hyperparameters of {@link AdaBelief}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private double epsilonInVariance = 1e-8;

    private Builder() {
      super(1e-3);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The factor of the average: in [0, 1). */
    public Builder beta1(double beta1) {
      this.beta1 = beta1;
      return this;
    }

    /** The factor of the variance: in [0, 1). */
    public Builder beta2(double beta2) {
      this.beta2 = beta2;
      return this;
    }

    /** What keeps the quotient finite: above 0. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** What every step adds to the variance: at least 0. */
    public Builder epsilonInVariance(double epsilonInVariance) {
      this.epsilonInVariance = epsilonInVariance;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    public AdaBelief build() {
      return new AdaBelief(this);
    }
  }
}
