package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AdaBelief: Adam with the variance of the gradient around its average in the place of the second moment, so that a step is long where the
 * gradient is as expected (Zhuang et al. 2020, Algorithm 2).
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * s = beta2 s + (1 - beta2) (g - m)² + epsilonInVariance
 * p -= lr (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + epsilon)
 *
 * rectified, with rho_t and r_t of {@link RAdam}:
 * if rho_t &gt; 5:  p -= lr r_t (m / (1 - beta1^t)) sqrt(1 - beta2^t) / (sqrt(s) + epsilon)
 * else:          p -= lr m / (1 - beta1^t)
 * </pre>
 *
 * <p>The average in {@code g - m} is the new one. epsilonInVariance adds up from step to step.
 *
 * <p><b>Defaults.</b> learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, epsilonInVariance 1e-8, rectified false, no weight decay: the
 * paper's.
 *
 * <p><b>Fork.</b> Optax has 1e-16 in both places, which {@link Conventions} knows. The authors' package and timm have 1e-16, decoupled decay and
 * {@code rectified(true)} by default: there epsilon is added to the uncorrected root, and until rho_t exceeds 5 a step is one of plain
 * momentum. With beta2 of at most 2/3 it never does, which is logged as a warning.
 *
 * <p><b>Slots.</b> {@code m} and {@code s}, the average and the uncorrected variance, in the parameter's shape, from 0.
 * Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = AdaBelief.builder().epsilon(1e-16).epsilonInVariance(1e-16).rectified(true).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class AdaBelief extends UpdateRule {
  private static final Logger LOG = LoggerFactory.getLogger(AdaBelief.class);

  /** What rho_t has to exceed for a step to be rectified. */
  private static final double THRESHOLD = 5;

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
    if (builder.rectified && RAdam.rhoInfinity(builder.beta2) <= THRESHOLD) {
      LOG.warn(
          "AdaBelief never rectifies: beta2 = {} gives rho_inf = {}, which does not exceed {}",
          builder.beta2,
          RAdam.rhoInfinity(builder.beta2),
          THRESHOLD);
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
    Scalar inVariance =
        f.hyperparameter("epsilonInVariance", b.epsilonInVariance, Range.AT_LEAST_ZERO);
    boolean rectified = f.option("rectified", b.rectified);

    Term g = f.gradient();
    Slot m = f.slot("m");
    Slot s = f.slot("s");
    Term mean = m.set(m.mix(beta1, g));
    Term variance = s.set(s.mix(beta2, g.minus(mean).squared()).plus(inVariance));
    Scalar stepSize = f.scalar("stepSize", t -> t.learningRate() / t.biasCorrection(beta1));
    Term root = variance.squareRoot();
    if (rectified) {
      Scalar rectifiedSize = f.scalar(
          "rectifiedSize",
          t -> t.learningRate()
              / t.biasCorrection(beta1)
              * RAdam.rectification(beta2.value(), RAdam.rho(beta2.value(), t.t()))
              * Math.sqrt(t.biasCorrection(beta2)));
      f.subtract(f.either(
          t -> RAdam.rho(beta2.value(), t.t()) >= THRESHOLD,
          rectifiedSize.times(mean.over(root.plus(epsilon))),
          stepSize.times(mean)));
    } else {
      Scalar rootScale = f.scalar("rootScale", t -> 1 / Math.sqrt(t.biasCorrection(beta2)));
      f.subtract(stepSize.times(mean.over(root.times(rootScale).plus(epsilon))));
    }
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

  /** Whether steps are rectified as those of {@link RAdam}. */
  public boolean rectified() {
    return option("rectified", Boolean.class);
  }

  /** Hyperparameters of {@link AdaBelief}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private double epsilonInVariance = 1e-8;
    private boolean rectified = false;

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

    /** Whether steps are rectified as those of {@link RAdam}, as in the authors' package and timm. */
    public Builder rectified(boolean rectified) {
      this.rectified = rectified;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public AdaBelief build() {
      return new AdaBelief(this);
    }
  }
}
