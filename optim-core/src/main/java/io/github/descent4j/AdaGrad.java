package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * AdaGrad: a rate for every element, divided by the root of all its squared gradients (Duchi, Hazan and
 * Singer 2011, section 1.1, diagonal form).
 *
 * <pre>
 * s += g²
 * p -= lr / (1 + (t - 1) learningRateDecay) g / sqrt(s + epsilon)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.01, epsilon 1e-7, epsilonInsideRoot true, initialAccumulator 0,
 * learningRateDecay 0, no weight decay.
 *
 * <p><b>Fork.</b> Epsilon is inside the root, as in Keras, Optax and D2L; PyTorch and ND4J divide by
 * {@code sqrt(s) + epsilon}, which {@code epsilonInsideRoot(false)} does. learningRateDecay is
 * PyTorch's; it divides the rate of a schedule too.
 *
 * <p><b>Slots.</b> {@code s}, the sum of squared gradients, in the parameter's shape, from
 * initialAccumulator. Memory: one array.
 *
 * <pre>{@code
 * Optimizer optimizer = AdaGrad.builder().learningRate(0.1).initialAccumulator(0.1).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class AdaGrad extends UpdateRule {

  /** With the default hyperparameters. */
  public AdaGrad() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public AdaGrad(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private AdaGrad(Builder builder) {
    super("AdaGrad", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);
    boolean inside = f.option("epsilonInsideRoot", b.epsilonInsideRoot);
    f.hyperparameter("initialAccumulator", b.initialAccumulator, Range.AT_LEAST_ZERO);
    Scalar decay = f.hyperparameter("learningRateDecay", b.learningRateDecay, Range.AT_LEAST_ZERO);
    f.adjustLearningRate(s -> s.learningRate() / (1 + (s.t() - 1) * decay.value()));

    Slot s = f.slot("s", b.initialAccumulator);
    Term sum = s.set(s.plus(f.gradient().squared()));
    Term root = inside ? sum.plus(epsilon).squareRoot() : sum.squareRoot().plus(epsilon);
    f.subtract(f.learningRate().times(f.gradient().over(root)));
  }

  /** What keeps the quotient finite. */
  public double epsilon() {
    return number("epsilon");
  }

  /** Whether epsilon is added under the root, or to the root. */
  public boolean epsilonInsideRoot() {
    return option("epsilonInsideRoot", Boolean.class);
  }

  /** Where the sum of squares starts. */
  public double initialAccumulator() {
    return number("initialAccumulator");
  }

  /** Divides the rate of step t by {@code 1 + (t - 1) learningRateDecay}. */
  public double learningRateDecay() {
    return number("learningRateDecay");
  }

  /** Hyperparameters of {@link AdaGrad}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double epsilon = 1e-7;
    private boolean epsilonInsideRoot = true;
    private double initialAccumulator = 0;
    private double learningRateDecay = 0;

    private Builder() {
      super(0.01);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Keeps the quotient finite: finite and above 0. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** Whether epsilon is added under the root or to the root. */
    public Builder epsilonInsideRoot(boolean epsilonInsideRoot) {
      this.epsilonInsideRoot = epsilonInsideRoot;
      return this;
    }

    /** Where the sum of squares starts: finite and at least 0. */
    public Builder initialAccumulator(double initialAccumulator) {
      this.initialAccumulator = initialAccumulator;
      return this;
    }

    /** Divides the rate of step t by {@code 1 + (t - 1) learningRateDecay}: finite and at least 0. */
    public Builder learningRateDecay(double learningRateDecay) {
      this.learningRateDecay = learningRateDecay;
      return this;
    }
    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public AdaGrad build() {
      return new AdaGrad(this);
    }
  }
}
