package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Measure;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Remembered;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * D-Adaptation of gradient descent: the rate is estimated from the gradients (Defazio and Mishchenko 2023, Algorithm 4).
 *
 * <pre>
 * rate = d lr / firstNorm
 * numerator = numerator + rate &lt;g, s&gt;
 * s = s + rate g
 * dHat = 2 numerator / |s|
 * d = max(d, min(dHat, growthRate d))
 * p = momentum p + (1 - momentum) (p0 - s)
 * </pre>
 *
 * <p>The product, of s before the step, and the norms are over all parameters of a step together; firstNorm is that of the first
 * gradient which is not 0, coupled decay left out. p0 is where a parameter began. The rate is that of the d before.
 *
 * <p><b>Defaults.</b> learningRate 1, momentum 0, d0 1e-6, growthRate infinity, no weight decay.
 *
 * <p><b>Fork.</b> As the authors' code, but that a first gradient of zeros, which gives NaN there, is waited out. Its decay is {@code
 * weightDecay(WeightDecay.coupled(wd))}; {@code decoupled} is refused, since p is made of p0 and s. For the same reason a value that is
 * changed from outside does not last: {@code lookahead}, {@code projected} and {@code proximal} refuse this rule. {@link
 * #learningRate()} is lr alone. A step whose sums are not finite leaves d as it is.
 *
 * <p>{@link #d()} is the estimate. What a schedule gives is lr: 1 and less. The parameters of a step are one model: give a part that is
 * to have a d of its own a {@linkplain Optimizer#groups group}.
 *
 * <p><b>Slots.</b> {@code s}, from 0, and {@code p0}, the parameter ahead of its first step, in its shape.
 * Memory: two arrays.
 *
 * <p><b>Remembered.</b> {@code d}, {@code numerator} and {@code firstNorm}: {@link #remembered()}, over all
 * parameters, in state files.
 *
 * <pre>{@code
 * Optimizer optimizer = DAdaptSgd.builder().momentum(0.9).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class DAdaptSgd extends UpdateRule {

  /** With the default hyperparameters. */
  public DAdaptSgd() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate, which is a factor of the estimate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public DAdaptSgd(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private DAdaptSgd(Builder builder) {
    super("DAdaptSgd", builder, f -> define(f, builder));
    if (weightDecay().isDecoupled() && weightDecay().coefficient() > 0) {
      throw new IllegalArgumentException("weightDecay is " + weightDecay()
          + ", expected none or a coupled one: DAdaptSgd makes the parameter of p0 and s");
    }
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar momentum = f.hyperparameter("momentum", b.momentum, Range.FRACTION);
    double d0 = f.hyperparameter("d0", b.d0, Range.POSITIVE).value();
    double growthRate = growthRate(f, b.growthRate);

    Remembered d = f.remembered("d", d0);
    Remembered numerator = f.remembered("numerator", 0);
    Remembered firstNorm = f.remembered("firstNorm", 0);
    Term p = f.parameter();
    Term g = f.gradient();
    Slot sums = f.slot("s");
    Slot p0 = f.slot("p0");
    Term start = f.either(s -> s.t() == 1, p, p0);
    p0.set(start);

    Term raw = b.coupledDecay() > 0 ? g.minus(p.times(f.constant(b.coupledDecay()))) : g;
    Measure norm = f.modelNorm(raw);
    Measure product = f.modelSum(g.times(sums));
    // In the first step, which has no rate yet, it is not needed: the product is 0.
    Scalar known =
        f.scalar("known", s -> rate(s.before(d) * s.learningRate(), s.before(firstNorm)));
    Measure length = f.modelNorm(sums.plus(g.times(known)));
    f.renew(r -> {
      double before = r.before(d);
      double first = r.before(firstNorm) > 0 ? r.before(firstNorm) : r.of(norm);
      double sum = r.before(numerator)
          + rate(before * r.learningRate(), r.before(firstNorm)) * r.of(product);
      double estimate = r.of(length) == 0 ? 0 : 2 * sum / r.of(length);
      if (Double.isFinite(estimate) && Double.isFinite(first)) {
        r.set(firstNorm, first);
        r.set(numerator, sum);
        r.set(d, Math.max(before, Math.min(estimate, before * growthRate)));
      }
    });
    Scalar rate = f.renewed("rate", r -> rate(r.before(d) * r.learningRate(), r.after(firstNorm)));
    Term moved = start.minus(sums.set(sums.plus(g.times(rate))));
    // A sum, so that a point that does not move stays to the bit.
    Term averaged = p.plus(momentum.complement().times(moved.minus(p)));
    f.update(momentum.value() > 0 ? averaged : moved);
  }

  private static double rate(double step, double firstNorm) {
    return firstNorm > 0 ? step / firstNorm : 0;
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

  /** The factor of the parameter. */
  public double momentum() {
    return number("momentum");
  }

  /** The estimate ahead of the first step. */
  public double d0() {
    return number("d0");
  }

  /** What the estimate is multiplied by in a step at the most. */
  public double growthRate() {
    return number("growthRate");
  }

  /** Hyperparameters of {@link DAdaptSgd}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double momentum = 0;
    private double d0 = 1e-6;
    private double growthRate = Double.POSITIVE_INFINITY;

    private Builder() {
      super(1);
    }

    @Override
    protected Builder self() {
      return this;
    }

    private double coupledDecay() {
      return weightDecay().isDecoupled() ? 0 : weightDecay().coefficient();
    }

    /** The factor of the parameter in its average with what the gradients make of it: in [0, 1). */
    public Builder momentum(double momentum) {
      this.momentum = momentum;
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

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public DAdaptSgd build() {
      return new DAdaptSgd(this);
    }
  }
}
