package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * Adam: momentum and RMSProp with the bias of both moments corrected (Kingma and Ba 2015, Algorithm 1).
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g²
 * p -= lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, epsilonHat false, no
 * weight decay. With decoupled weight decay this is {@link AdamW}.
 *
 * <p><b>Fork.</b> Epsilon is added to the bias-corrected root, as in the paper's Algorithm 1, PyTorch
 * and Optax. Keras and ND4J use the "epsilon hat" form of the paper's section 2, which {@code
 * epsilonHat(true)} does: {@code p -= lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon)}, in
 * which epsilon weighs {@code 1 / sqrt(1 - beta2^t)} times as much, 31.6 times at t = 1.
 * PyTorch's SparseAdam is that form with {@linkplain RowGradient gradients of rows}.
 *
 * <p><b>Slots.</b> {@code m} and {@code v}, the uncorrected moments, in the parameter's shape, from 0.
 * Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = Adam.builder().beta2(0.99).weightDecay(WeightDecay.coupled(1e-4)).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Adam extends UpdateRule {

  /** With the default hyperparameters. */
  public Adam() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Adam(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Adam(Builder builder) {
    super("Adam", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar beta1 = f.hyperparameter("beta1", b.beta1, Range.FRACTION);
    Scalar beta2 = f.hyperparameter("beta2", b.beta2, Range.FRACTION);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);
    boolean hat = f.option("epsilonHat", b.epsilonHat);

    Term g = f.gradient();
    Slot m = f.slot("m");
    Slot v = f.slot("v");
    Term mean = m.set(m.mix(beta1, g));
    Term root = v.set(v.mix(beta2, g.squared())).squareRoot();
    if (hat) {
      Scalar stepSize = f.scalar(
          "stepSize",
          s -> s.learningRate() / s.biasCorrection(beta1) * Math.sqrt(s.biasCorrection(beta2)));
      f.subtract(stepSize.times(mean.over(root.plus(epsilon))));
    } else {
      Scalar stepSize = f.scalar("stepSize", s -> s.learningRate() / s.biasCorrection(beta1));
      Scalar rootScale = f.scalar("rootScale", s -> 1 / Math.sqrt(s.biasCorrection(beta2)));
      f.subtract(stepSize.times(mean.over(root.times(rootScale).plus(epsilon))));
    }
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

  /** Whether epsilon is added to the root of the uncorrected moment. */
  public boolean epsilonHat() {
    return option("epsilonHat", Boolean.class);
  }

  /** Hyperparameters of {@link Adam}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private boolean epsilonHat = false;

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
    /** Whether epsilon is added to the root of the uncorrected moment: the "epsilon hat" form. */
    public Builder epsilonHat(boolean epsilonHat) {
      this.epsilonHat = epsilonHat;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Adam build() {
      return new Adam(this);
    }
  }
}
