package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * Nesterov's accelerated gradient, NAG (Nesterov 1983).
 *
 * <pre>
 * v = mu v + g
 * p -= lr (g + mu v)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.01, momentum (mu) 0.9, rateInsideVelocity false, no weight
 * decay.
 *
 * <p><b>Fork.</b> The parameter is the look-ahead point theta + mu v of Sutskever et al. 2013
 * (equations 3 and 4), so that gradients are taken where the parameter is; the learning rate is outside
 * the velocity. Both as in PyTorch; Keras and ND4J have the rate inside, {@code v = mu v + lr g; p -= lr g
 * + mu v}, which differs as soon as the rate changes and is {@code rateInsideVelocity(true)}.
 *
 * <p><b>Slots.</b> {@code v}, the velocity, in the parameter's shape, from 0. Memory: one array.
 *
 * <pre>{@code
 * Optimizer optimizer = Nesterov.builder().learningRate(0.1).momentum(0.95).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Nesterov extends UpdateRule {

  /** With the default hyperparameters. */
  public Nesterov() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Nesterov(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Nesterov(Builder builder) {
    super("Nesterov", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar mu = f.hyperparameter("momentum", b.momentum, Range.FRACTION);
    boolean rateInside = f.option("rateInsideVelocity", b.rateInsideVelocity);

    Slot v = f.slot("v");
    if (rateInside) {
      Term step = f.learningRate().times(f.gradient());
      Term velocity = v.set(mu.times(v).plus(step));
      f.subtract(step.plus(mu.times(velocity)));
    } else {
      Term velocity = v.set(mu.times(v).plus(f.gradient()));
      f.subtract(f.learningRate().times(f.gradient().plus(mu.times(velocity))));
    }
  }

  /** The factor of the velocity, mu. */
  public double momentum() {
    return number("momentum");
  }

  /** Whether the velocity adds up steps, or gradients. */
  public boolean rateInsideVelocity() {
    return option("rateInsideVelocity", Boolean.class);
  }

  /** Hyperparameters of {@link Nesterov}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double momentum = 0.9;
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
    public Nesterov build() {
      return new Nesterov(this);
    }
  }
}
