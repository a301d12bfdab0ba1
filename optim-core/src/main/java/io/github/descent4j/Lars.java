package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * LARS: momentum whose rate is in proportion to the parameter's own norm, for very large batches (You, Gitman and Ginsburg
 * 2017, Algorithm 1).
 *
 * <pre>
 * r = trustCoefficient |p| / (|g| + decayInUpdate |p| + epsilon),  and r = 1 where |p| or |g| is 0
 * u = g + decayInUpdate p
 * v = momentum v + lr r u
 * p -= v,  or p -= momentum v + lr r u with nesterov
 * </pre>
 *
 * <p>The norms are L2, over each {@link Parameter} alone: it is the paper's layer.
 *
 * <p><b>Defaults.</b> learningRate 1, momentum 0.9, trustCoefficient 0.001, decayInUpdate 0, epsilon 0, nesterov false,
 * rateInsideVelocity true, normOfSum false, no weight decay.
 *
 * <p><b>Fork.</b> Three optimizers have this name. The paper's is the default. With rateInsideVelocity false the velocity is
 * {@code v = momentum v + r u} and the step {@code p -= lr v}, which differs as soon as the rate changes: timm's, with epsilon
 * 1e-8. With normOfSum true the divisor is {@code |u| + epsilon}, and r is 1 where |p| or |u| is 0: Optax's, {@link
 * Conventions#lars}. timm takes r as 1 where there is no decay, as the paper's experiments do for biases: put such parameters
 * into a {@linkplain Optimizer#groups group} of {@link Momentum}. {@code weightDecay(WeightDecay.decoupled(wd))} is ahead of the
 * step and in no norm, {@code coupled} is in |g|; either is refused beside decayInUpdate.
 *
 * <p><b>Slots.</b> {@code v}, the velocity, in the parameter's shape, from 0. Memory: one array.
 *
 * <pre>{@code
 * Optimizer optimizer = Lars.builder().learningRate(2).decayInUpdate(1e-4).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Lars extends UpdateRule {

  /** With the default hyperparameters. */
  public Lars() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Lars(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Lars(Builder builder) {
    super("Lars", builder, f -> define(f, builder));
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
    Scalar momentum = f.hyperparameter("momentum", b.momentum, Range.FRACTION);
    double trustCoefficient =
        f.hyperparameter("trustCoefficient", b.trustCoefficient, Range.POSITIVE).value();
    Scalar decay = f.hyperparameter("decayInUpdate", b.decayInUpdate, Range.AT_LEAST_ZERO);
    double epsilon = f.hyperparameter("epsilon", b.epsilon, Range.AT_LEAST_ZERO).value();
    boolean nesterov = f.option("nesterov", b.nesterov);
    boolean rateInside = f.option("rateInsideVelocity", b.rateInsideVelocity);
    boolean normOfSum = f.option("normOfSum", b.normOfSum);

    Term p = f.parameter();
    Term g = f.gradient();
    Slot v = f.slot("v");
    Term update = decay.value() > 0 ? g.plus(decay.times(p)) : g;
    double ofParameter = normOfSum ? 0 : decay.value();
    Scalar trust = f.ofNorms(
        "trust",
        // Not a comparison with 0 from above: a norm that is NaN has to stay seen.
        n -> n[0] == 0 || n[1] == 0
            ? 1
            : trustCoefficient * n[0] / (n[1] + ofParameter * n[0] + epsilon),
        p,
        normOfSum ? update : g);
    Term pull = (rateInside ? f.learningRate().times(trust) : trust).times(update);
    Term velocity = v.set(momentum.times(v).plus(pull));
    Term step = nesterov ? momentum.times(velocity).plus(pull) : velocity;
    f.subtract(rateInside ? step : f.learningRate().times(step));
  }

  /** The factor of the velocity. */
  public double momentum() {
    return number("momentum");
  }

  /** The factor of the quotient of the norms. */
  public double trustCoefficient() {
    return number("trustCoefficient");
  }

  /** The weight decay that is part of the update. */
  public double decayInUpdate() {
    return number("decayInUpdate");
  }

  /** What is added to the divisor. */
  public double epsilon() {
    return number("epsilon");
  }

  /** Whether a step looks ahead. */
  public boolean nesterov() {
    return option("nesterov", Boolean.class);
  }

  /** Whether the velocity has the learning rate in it. */
  public boolean rateInsideVelocity() {
    return option("rateInsideVelocity", Boolean.class);
  }

  /** Whether the divisor is the norm of gradient and decay together. */
  public boolean normOfSum() {
    return option("normOfSum", Boolean.class);
  }

  /** Hyperparameters of {@link Lars}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double momentum = 0.9;
    private double trustCoefficient = 1e-3;
    private double decayInUpdate = 0;
    private double epsilon = 0;
    private boolean nesterov = false;
    private boolean rateInsideVelocity = true;
    private boolean normOfSum = false;

    private Builder() {
      super(1);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The factor of the velocity: in [0, 1). */
    public Builder momentum(double momentum) {
      this.momentum = momentum;
      return this;
    }

    /** The factor of the quotient of the norms: above 0. */
    public Builder trustCoefficient(double trustCoefficient) {
      this.trustCoefficient = trustCoefficient;
      return this;
    }

    /** The weight decay that is part of the update, and of the divisor: at least 0. */
    public Builder decayInUpdate(double decayInUpdate) {
      this.decayInUpdate = decayInUpdate;
      return this;
    }

    /** What is added to the divisor: at least 0. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** Whether a step looks ahead, as in {@link Nesterov}. */
    public Builder nesterov(boolean nesterov) {
      this.nesterov = nesterov;
      return this;
    }

    /** Whether the velocity has the learning rate in it, as in the paper and Optax; false in timm. */
    public Builder rateInsideVelocity(boolean rateInsideVelocity) {
      this.rateInsideVelocity = rateInsideVelocity;
      return this;
    }

    /** Whether the divisor is the norm of gradient and decay together, as in Optax. */
    public Builder normOfSum(boolean normOfSum) {
      this.normOfSum = normOfSum;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Lars build() {
      return new Lars(this);
    }
  }
}
