package io.github.descent4j;

import io.github.descent4j.internal.BiasCorrection;
import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Measure;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Remembered;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * D-Adaptation of Adam: the rate is estimated from the gradients (Defazio and Mishchenko 2023, Algorithm 5).
 *
 * <pre>
 * rate = d lr,  or d lr sqrt(1 - beta2^k) / (1 - beta1^k) with biasCorrection
 * a = rate &lt;g, s / (sqrt(v) + epsilon)&gt;
 * m = beta1 m + (1 - beta1) rate g
 * v = beta2 v + (1 - beta2) g²
 * s = q s + (1 - q) rate g,  with q = sqrt(beta2)
 * numerator = q numerator + (1 - q) a
 * dHat = numerator / ((1 - q) |s|₁)
 * d = max(d, min(dHat, growthRate d))
 * p -= m / (sqrt(v) + epsilon) + rate decayInUpdate p
 * </pre>
 *
 * <p>The product, of s and v before the step, and the norm {@code |s|₁} are over all parameters of a step together. The rate is that of
 * the d before. k counts the steps from 1.
 *
 * <p><b>Defaults.</b> learningRate 1, beta1 0.9, beta2 0.999, epsilon 1e-8, d0 1e-6, growthRate infinity, biasCorrection false,
 * decayInUpdate 0, no weight decay.
 *
 * <p><b>Fork.</b> As the authors' code, whose decay is {@code weightDecay(WeightDecay.coupled(wd))} by default, and decayInUpdate with
 * {@code decouple=True}; both at once are refused. While all gradients have been 0 nothing happens and k stays; Optax, which always
 * corrects the bias, gives NaN there. A step whose sums are not finite leaves d and k as they are.
 *
 * <p>{@link #d()} is the estimate, {@link #learningRate()} the rate of the next step with d in it. What a schedule gives is lr: 1 and less.
 * The parameters of a step are one model: give a part that is to have a d of its own a {@linkplain Optimizer#groups group}.
 *
 * <p><b>Slots.</b> {@code m}, {@code v} and {@code s}, in the parameter's shape, from 0.
 * Memory: three arrays.
 *
 * <p><b>Remembered.</b> {@code d}, {@code numerator} and {@code k}: {@link #remembered()}, over all
 * parameters, in state files.
 *
 * <pre>{@code
 * Optimizer optimizer = DAdaptAdam.builder().growthRate(1.02).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class DAdaptAdam extends UpdateRule {

  /** With the default hyperparameters. */
  public DAdaptAdam() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate, which is a factor of the estimate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public DAdaptAdam(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private DAdaptAdam(Builder builder) {
    super("DAdaptAdam", builder, f -> define(f, builder));
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
    double d0 = f.hyperparameter("d0", b.d0, Range.POSITIVE).value();
    double growthRate = growthRate(f, b.growthRate);
    boolean corrected = f.option("biasCorrection", b.biasCorrection);
    double decay =
        f.hyperparameter("decayInUpdate", b.decayInUpdate, Range.AT_LEAST_ZERO).value();

    Remembered d = f.remembered("d", d0);
    Remembered numerator = f.remembered("numerator", 0);
    Remembered k = f.remembered("k", 0);
    f.adjustLearningRate(s -> {
      long step = (long) s.before(k) + 1;
      double correction = corrected
          ? Math.sqrt(BiasCorrection.of(beta2.value(), step))
              / BiasCorrection.of(beta1.value(), step)
          : 1;
      return s.before(d) * s.learningRate() * correction;
    });

    Term p = f.parameter();
    Term g = f.gradient();
    Slot m = f.slot("m");
    Slot v = f.slot("v");
    Slot sums = f.slot("s");
    Scalar q = f.constant(Math.sqrt(beta2.value()));
    Term rated = f.learningRate().times(g);
    Term mean = m.set(m.mix(beta1, rated));
    Term root = v.set(v.mix(beta2, g.squared())).squareRoot();
    Term weighted = sums.set(sums.mix(q, rated));

    Measure product = f.modelSum(g.times(sums).over(v.squareRoot().plus(epsilon)));
    Measure length = f.modelSum(weighted.absolute());
    f.renew(r -> {
      double share = 1 - q.value();
      double sum = q.value() * r.before(numerator) + share * r.learningRate() * r.of(product);
      double estimate = sum / (share * r.of(length));
      // Neither where all gradients have been 0, nor where one is not finite.
      if (r.of(length) > 0 && Double.isFinite(estimate)) {
        double before = r.before(d);
        r.set(numerator, sum);
        r.set(d, Math.max(before, Math.min(estimate, before * growthRate)));
        r.set(k, r.before(k) + 1);
      }
    });
    Term step = mean.over(root.plus(epsilon));
    if (decay > 0) {
      Scalar shrink =
          f.renewed("shrink", r -> r.after(k) > r.before(k) ? r.learningRate() * decay : 0);
      step = step.plus(shrink.times(p));
    }
    f.subtract(step);
  }

  private static double growthRate(Formula f, double growthRate) {
    if (!(growthRate >= 1)) {
      throw new IllegalArgumentException(
          "growthRate is " + growthRate + ", expected a number >= 1, or infinity");
    }
    return f.option("growthRate", growthRate);
  }

  /** The estimate of the distance to the solution, after the last step. */
  public double d() {
    return remembered().get("d");
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

  /** The estimate ahead of the first step. */
  public double d0() {
    return number("d0");
  }

  /** What the estimate is multiplied by in a step at the most. */
  public double growthRate() {
    return number("growthRate");
  }

  /** Whether the rate makes up for moments that start from 0. */
  public boolean biasCorrection() {
    return option("biasCorrection", Boolean.class);
  }

  /** The weight decay that is part of the update. */
  public double decayInUpdate() {
    return number("decayInUpdate");
  }

  /** Hyperparameters of {@link DAdaptAdam}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private double d0 = 1e-6;
    private double growthRate = Double.POSITIVE_INFINITY;
    private boolean biasCorrection = false;
    private double decayInUpdate = 0;

    private Builder() {
      super(1);
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

    /** Keeps the quotient finite: above 0. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** The estimate ahead of the first step, too small rather than too large: above 0. */
    public Builder d0(double d0) {
      this.d0 = d0;
      return this;
    }

    /** What the estimate is multiplied by in a step at the most: at least 1, or infinity. 1.02 is a warm-up. */
    public Builder growthRate(double growthRate) {
      this.growthRate = growthRate;
      return this;
    }

    /** Whether the rate makes up for moments that start from 0. */
    public Builder biasCorrection(boolean biasCorrection) {
      this.biasCorrection = biasCorrection;
      return this;
    }

    /** The weight decay that is part of the update, at its rate: at least 0. */
    public Builder decayInUpdate(double decayInUpdate) {
      this.decayInUpdate = decayInUpdate;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public DAdaptAdam build() {
      return new DAdaptAdam(this);
    }
  }
}
