package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Step;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * Gradient descent with momentum, the heavy ball (Polyak 1964, equation 9).
 *
 * <pre>
 * v = mu v + (1 - dampening) g
 * p -= lr v
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.01, momentum (mu) 0.9, dampening 0, rateInsideVelocity
 * false, no weight decay.
 *
 * <p><b>Fork.</b> The learning rate is outside the velocity, as in PyTorch and Optax; Keras and ND4J
 * have it inside, {@code v = mu v + lr (1 - dampening) g; p -= v}, which differs as soon as the rate
 * changes and is {@code rateInsideVelocity(true)}. A parameter's first step is not dampened,
 * as in PyTorch: {@code v = g}.
 *
 * <p><b>Slots.</b> {@code v}, the velocity, in the parameter's shape, from 0. Memory: one array.
 *
 * <pre>{@code
 * Optimizer optimizer = Momentum.builder().learningRate(0.1).momentum(0.95).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Momentum extends UpdateRule {

  /** With the default hyperparameters. */
  public Momentum() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Momentum(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Momentum(Builder builder) {
    super("Momentum", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar mu = f.hyperparameter("momentum", b.momentum, Range.FRACTION);
    Scalar dampening = f.hyperparameter("dampening", b.dampening, Range.UNIT);
    boolean rateInside = f.option("rateInsideVelocity", b.rateInsideVelocity);

    Slot v = f.slot("v");
    Term g = f.gradient();
    if (rateInside) {
      g = f.scalar("gain", s -> s.learningRate() * gain(s, dampening.value())).times(g);
    } else if (b.dampening > 0) {
      g = f.scalar("gain", s -> gain(s, dampening.value())).times(g);
    }
    Term velocity = v.set(mu.times(v).plus(g));
    f.subtract(rateInside ? velocity : f.learningRate().times(velocity));
  }

  private static double gain(Step step, double dampening) {
    return step.t() == 1 ? 1 : 1 - dampening;
  }

  /** The factor of the velocity, mu. */
  public double momentum() {
    return number("momentum");
  }

  /** The part of the gradient kept out of the velocity after the first step. */
  public double dampening() {
    return number("dampening");
  }

  /** Whether the velocity adds up steps, or gradients. */
  public boolean rateInsideVelocity() {
    return option("rateInsideVelocity", Boolean.class);
  }

  /** Hyperparameters of {@link Momentum}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double momentum = 0.9;
    private double dampening = 0;
    private boolean rateInsideVelocity = false;

    private Builder() {
      super(0.01);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The factor of the velocity, mu: in [0, 1). */
    public Builder momentum(double momentum) {
      this.momentum = momentum;
      return this;
    }

    /** The part of the gradient kept out of the velocity after the first step: in [0, 1]. */
    public Builder dampening(double dampening) {
      this.dampening = dampening;
      return this;
    }
    /** Whether the velocity adds up steps, each of its own rate, or gradients. */
    public Builder rateInsideVelocity(boolean rateInsideVelocity) {
      this.rateInsideVelocity = rateInsideVelocity;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Momentum build() {
      return new Momentum(this);
    }
  }
}
