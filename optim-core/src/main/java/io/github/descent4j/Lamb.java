package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * LAMB: Adam's direction, in steps as long as the parameter's own norm has it, for very large batches (You
 * et al. 2020, Algorithm 2).
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g²
 * u = (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon) + decayInUpdate p
 * p -= lr |p| / |u| u,  and p -= lr u where a norm is 0
 * </pre>
 *
 * <p>The norms are L2, over each {@link Parameter} alone: it is the paper's layer.
 *
 * <p><b>Defaults.</b> learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-6, decayInUpdate 0,
 * biasCorrection true, trustClip false, no weight decay.
 *
 * <p><b>Fork.</b> The paper's weight decay is part of u, and so of its norm: {@code decayInUpdate}, which is
 * 0 as in Optax; the paper and timm have 0.01. Keras has decoupled decay, ahead of the step and in no norm, which is
 * {@code weightDecay(WeightDecay.decoupled(wd))}; both at once are refused. Without biasCorrection
 * u has the moments as they are. trustClip lets the quotient of the norms be at most 1, as LAMBC has it. timm, as
 * NVIDIA's code, first clips all gradients together to a norm of 1, which is {@code
 * clipped(GradientClip.byGlobalNorm(1))}, and takes the quotient as 1 where there is no decay: put such parameters into a
 * {@linkplain Optimizer#groups group} of {@link Adam}.
 *
 * <p><b>Slots.</b> {@code m} and {@code v}, the uncorrected moments, in the parameter's shape, from 0.
 * Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = Lamb.builder().learningRate(2e-3).decayInUpdate(0.01).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Lamb extends UpdateRule {

  /** With the default hyperparameters. */
  public Lamb() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Lamb(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Lamb(Builder builder) {
    super("Lamb", builder, f -> define(f, builder));
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
    boolean corrected = f.option("biasCorrection", b.biasCorrection);
    double mostTrust = f.option("trustClip", b.trustClip) ? 1 : Double.POSITIVE_INFINITY;

    Term g = f.gradient();
    Slot m = f.slot("m");
    Slot v = f.slot("v");
    Term mean = m.set(m.mix(beta1, g));
    Term root = v.set(v.mix(beta2, g.squared())).squareRoot();
    if (corrected) {
      mean = mean.times(f.scalar("meanScale", s -> 1 / s.biasCorrection(beta1)));
      root = root.times(f.scalar("rootScale", s -> 1 / Math.sqrt(s.biasCorrection(beta2))));
    }
    Term update = mean.over(root.plus(epsilon));
    if (decay.value() > 0) {
      update = update.plus(decay.times(f.parameter()));
    }
    Scalar trust = f.ofNorms(
        "trust",
        // Not a comparison with 0 from above: a norm that is NaN has to stay seen.
        n -> n[0] == 0 || n[1] == 0 ? 1 : Math.min(n[0] / n[1], mostTrust),
        f.parameter(),
        update);
    f.subtract(f.learningRate().times(trust).times(update));
  }

  /** The factor of the first moment. */
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

  /** Whether the moments are corrected. */
  public boolean biasCorrection() {
    return option("biasCorrection", Boolean.class);
  }

  /** Whether the quotient of the norms is at most 1. */
  public boolean trustClip() {
    return option("trustClip", Boolean.class);
  }

  /** Hyperparameters of {@link Lamb}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-6;
    private double decayInUpdate = 0;
    private boolean biasCorrection = true;
    private boolean trustClip = false;

    private Builder() {
      super(1e-3);
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

    /** The factor of the second moment: in [0, 1). */
    public Builder beta2(double beta2) {
      this.beta2 = beta2;
      return this;
    }

    /** Keeps the quotient finite: finite and above 0. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** The paper's weight decay, part of the update and of its norm: finite and at least 0. */
    public Builder decayInUpdate(double decayInUpdate) {
      this.decayInUpdate = decayInUpdate;
      return this;
    }

    /** Whether the moments are corrected for their start from 0. */
    public Builder biasCorrection(boolean biasCorrection) {
      this.biasCorrection = biasCorrection;
      return this;
    }

    /** Whether the quotient of the norms is at most 1, so that no step is longer than Adam's. */
    public Builder trustClip(boolean trustClip) {
      this.trustClip = trustClip;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range, or there are two weight
     *     decays
     */
    @Override
    public Lamb build() {
      return new Lamb(this);
    }
  }
}
