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
 * Prodigy: Adam that estimates its own rate, from how far the parameters have come (Mishchenko and Defazio 2024, Algorithm 4).
 *
 * <pre>
 * rate = d lr,  or d lr sqrt(1 - beta2^k) / (1 - beta1^k) with biasCorrection
 * numerator = beta3 numerator + d / d0 rate &lt;g, p0 - p&gt;
 * s = beta3 s + d / d0 rate g,  or d / d0 d g with safeguardWarmup
 * m = beta1 m + (1 - beta1) d g
 * v = beta2 v + (1 - beta2) (d g)²
 * dHat = dCoefficient numerator / |s|₁
 * d = max(d, dHat)  where d is d0;  dMax = max(dMax, dHat);  d = min(dMax, growthRate d)
 * p -= rate (m / (sqrt(v) + d epsilon) + decayInUpdate p)
 * </pre>
 *
 * <p>The product and the norm {@code |s|₁} are over all parameters of a step together, p0 is where a parameter began. The last line has
 * the rate of the d before, and the d behind. k counts the steps from 1.
 *
 * <p><b>Defaults.</b> learningRate 1, beta1 0.9, beta2 0.999, beta3 sqrt(beta2), epsilon 1e-8, d0 1e-6, dCoefficient 1, growthRate
 * infinity, biasCorrection false, safeguardWarmup false, decayInUpdate 0, no weight decay.
 *
 * <p><b>Fork.</b> As the authors' code, whose decoupled decay is decayInUpdate: no part of the product, and at the rate of the step.
 * Its {@code decouple=False} is {@code weightDecay(WeightDecay.coupled(wd))}; {@code decoupled} is at that rate, too, but ahead of the
 * step and so of the product. While all gradients have been 0 nothing happens and k stays; Optax, which always corrects the bias, gives
 * NaN there. A step whose sums are not finite leaves d and k as they are; one at a rate of 0 moves m
 * and v alone, where the authors' does nothing: start a warmup above 0.
 *
 * <p>{@link #d()} is the estimate, {@link #learningRate()} the rate of the next step with d in it. What a schedule gives is lr: 1 and less.
 * The parameters of a step are one model: give a part that is to have a d of its own a {@linkplain Optimizer#groups group}.
 *
 * <p><b>Slots.</b> {@code m}, {@code v} and {@code s}, from 0, and {@code p0}, the parameter ahead of its first step, in its shape.
 * Memory: four arrays.
 *
 * <p><b>Remembered.</b> {@code d}, {@code dMax}, {@code numerator} and {@code k}: {@link #remembered()}, over all
 * parameters, in state files.
 *
 * <pre>{@code
 * Optimizer optimizer = Prodigy.builder().decayInUpdate(0.01).biasCorrection(true).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Prodigy extends UpdateRule {

  /** With the default hyperparameters. */
  public Prodigy() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate, which is a factor of the estimate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Prodigy(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Prodigy(Builder builder) {
    super("Prodigy", builder, f -> define(f, builder));
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
    double usual = Math.sqrt(b.beta2);
    Scalar beta3 = f.hyperparameter("beta3", b.beta3 == null ? usual : b.beta3, Range.FRACTION);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);
    double d0 = f.hyperparameter("d0", b.d0, Range.POSITIVE).value();
    double dCoefficient =
        f.hyperparameter("dCoefficient", b.dCoefficient, Range.POSITIVE).value();
    double growthRate = growthRate(f, b.growthRate);
    boolean corrected = f.option("biasCorrection", b.biasCorrection);
    boolean safeguard = f.option("safeguardWarmup", b.safeguardWarmup);
    double decay =
        f.hyperparameter("decayInUpdate", b.decayInUpdate, Range.AT_LEAST_ZERO).value();

    Remembered d = f.remembered("d", d0);
    Remembered dMax = f.remembered("dMax", d0);
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
    Slot p0 = f.slot("p0");
    Term start = f.either(s -> s.t() == 1, p, p0);
    p0.set(start);
    Scalar scale = f.scalar("d", s -> s.before(d));
    Scalar weight =
        f.scalar("weight", s -> s.before(d) / d0 * (safeguard ? s.before(d) : s.learningRate()));
    Term scaled = g.times(scale);
    Term mean = m.set(m.mix(beta1, scaled));
    Term root = v.set(v.mix(beta2, scaled.squared())).squareRoot();
    Term weighted = sums.set(beta3.times(sums).plus(g.times(weight)));

    Measure product = f.modelSum(g.times(start.minus(p)));
    Measure length = f.modelSum(weighted.absolute());
    f.renew(r -> {
      double before = r.before(d);
      double sum =
          beta3.value() * r.before(numerator) + before / d0 * r.learningRate() * r.of(product);
      double estimate = dCoefficient * sum / r.of(length);
      // Neither where all gradients have been 0, nor where one is not finite.
      if (r.of(length) > 0 && Double.isFinite(estimate)) {
        double most = Math.max(r.before(dMax), estimate);
        double now = before == d0 ? Math.max(before, estimate) : before;
        r.set(numerator, sum);
        r.set(dMax, most);
        r.set(d, Math.min(most, now * growthRate));
        r.set(k, r.before(k) + 1);
      }
    });
    // Not epsilon times d, which may be less than a float can be.
    Scalar perD = f.renewed("perD", r -> 1 / r.after(d));
    Scalar rate = f.renewed("rate", r -> r.learningRate() / r.after(d));
    Term step = mean.times(rate).over(root.times(perD).plus(epsilon));
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

  /** The factor of the sums that the estimate is made of. */
  public double beta3() {
    return number("beta3");
  }

  /** What keeps the quotient finite. */
  public double epsilon() {
    return number("epsilon");
  }

  /** The estimate ahead of the first step. */
  public double d0() {
    return number("d0");
  }

  /** The factor of every estimate. */
  public double dCoefficient() {
    return number("dCoefficient");
  }

  /** What the estimate is multiplied by in a step at the most. */
  public double growthRate() {
    return number("growthRate");
  }

  /** Whether the rate makes up for moments that start from 0. */
  public boolean biasCorrection() {
    return option("biasCorrection", Boolean.class);
  }

  /** Whether the rate is left out of s. */
  public boolean safeguardWarmup() {
    return option("safeguardWarmup", Boolean.class);
  }

  /** The weight decay that is part of the update. */
  public double decayInUpdate() {
    return number("decayInUpdate");
  }

  /** Hyperparameters of {@link Prodigy}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private Double beta3 = null;
    private double epsilon = 1e-8;
    private double d0 = 1e-6;
    private double dCoefficient = 1;
    private double growthRate = Double.POSITIVE_INFINITY;
    private boolean biasCorrection = false;
    private boolean safeguardWarmup = false;
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

    /** The factor of the sums that the estimate is made of: in [0, 1); the root of beta2 until set. */
    public Builder beta3(double beta3) {
      this.beta3 = beta3;
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

    /** The factor of every estimate, for longer or shorter steps: above 0. */
    public Builder dCoefficient(double dCoefficient) {
      this.dCoefficient = dCoefficient;
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

    /** Whether the rate is left out of s, for schedules that begin with a small one. */
    public Builder safeguardWarmup(boolean safeguardWarmup) {
      this.safeguardWarmup = safeguardWarmup;
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
    public Prodigy build() {
      return new Prodigy(this);
    }
  }
}
