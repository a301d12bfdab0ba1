package io.github.descent4j;

import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.gradient.Blend;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Averaged SGD: gradient descent whose rate falls, and beside it the average of the points it has been at (Polyak and Juditsky 1992).
 *
 * <pre>
 * eta = lr / (1 + lambda lr (t - 1))^alpha
 * p = (1 - lambda eta) p - eta g
 * mu = 1 / max(1, t - 1 - t0)
 * ax = ax + mu (p - ax)        (p while mu is 1)
 * </pre>
 *
 * <p>Training goes on with p; {@code ax} is the point to evaluate and to keep: {@link #assignAverageTo}. {@link
 * Optimizer#averaged} averages the points of any rule. Where {@code lookahead}, {@code projected} or {@code proximal} move p after a step,
 * {@code ax} has the points ahead of that, and {@code averaged} outside of them those behind it.
 *
 * <p><b>Defaults.</b> learningRate 0.01, lambda 1e-4, alpha 0.75, t0 1e6, no weight decay.
 *
 * <p><b>Fork.</b> As in PyTorch, where {@code lambda} is {@code lambd}. There the rate of a step comes of the learning rate that was set ahead
 * of the step before; here, with a schedule, of the step's own. Keras and Optax have none.
 *
 * <p><b>Slots.</b> {@code ax}, the average, in the parameter's shape, from 0 until the first step. Memory: one array.
 *
 * <pre>{@code
 * Asgd optimizer = Asgd.builder().learningRate(0.05).t0(1000).build();
 * optimizer.step(parameters);
 * optimizer.assignAverageTo(parameters); // at the end of training
 * }</pre>
 */
public final class Asgd extends UpdateRule {

  /** With the default hyperparameters. */
  public Asgd() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Asgd(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Asgd(Builder builder) {
    super("Asgd", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    double lambda = f.hyperparameter("lambda", b.lambda, Range.AT_LEAST_ZERO).value();
    double alpha = f.hyperparameter("alpha", b.alpha, Range.AT_LEAST_ZERO).value();
    double t0 = f.hyperparameter("t0", b.t0, Range.AT_LEAST_ZERO).value();

    f.adjustLearningRate(s -> eta(s.learningRate(), lambda, alpha, s.t()));
    Slot ax = f.slot("ax");
    Scalar shrink = f.scalar("shrink", s -> 1 - lambda * s.learningRate());
    Term point = f.update(f.parameter().times(shrink).minus(f.learningRate().times(f.gradient())));
    Scalar mu = f.scalar("mu", s -> mu(t0, s.t()));
    f.requireEveryRow("ax, the average,");
    ax.set(f.either(s -> mu(t0, s.t()) == 1, point, ax.plus(mu.times(point.minus(ax)))));
  }

  /** The rate of a step. */
  static double eta(double learningRate, double lambda, double alpha, long t) {
    return learningRate / StrictMath.pow(1 + lambda * learningRate * (t - 1), alpha);
  }

  /** The weight of a step's point in the average. */
  static double mu(double t0, long t) {
    return 1 / Math.max(1, t - 1 - t0);
  }

  /**
   * Sets the parameters to their averages, for good: the end of training. One without any yet is left as it is.
   *
   * @throws IllegalArgumentException if a parameter's shape or type is not that of its first step; then none is set
   * @throws IllegalStateException if an array has been closed, or rows of a parameter are behind: {@link #catchUp} comes
   *     ahead; then none is set
   */
  public void assignAverageTo(Parameters parameters) {
    Blend blend = new Blend();
    for (Parameter parameter : parameters) {
      INDArray average = slotOf(parameter, "ax");
      if (average != null) {
        blend.copy(ParameterAccess.ACCESS.valueMemory(parameter), ArrayMemory.of(average));
      }
    }
    blend.run();
  }

  /** The decay, which makes the rate fall as well. */
  public double lambda() {
    return number("lambda");
  }

  /** How fast the rate falls. */
  public double alpha() {
    return number("alpha");
  }

  /** The step after which points are averaged. */
  public double t0() {
    return number("t0");
  }

  /** Hyperparameters of {@link Asgd}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double lambda = 1e-4;
    private double alpha = 0.75;
    private double t0 = 1e6;

    private Builder() {
      super(0.01);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The decay, which makes the rate fall as well: at least 0. */
    public Builder lambda(double lambda) {
      this.lambda = lambda;
      return this;
    }

    /** How fast the rate falls, as a power: at least 0. */
    public Builder alpha(double alpha) {
      this.alpha = alpha;
      return this;
    }

    /** The step after which points are averaged: at least 0. */
    public Builder t0(double t0) {
      this.t0 = t0;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Asgd build() {
      return new Asgd(this);
    }
  }
}
