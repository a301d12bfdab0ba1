package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * AdamW: Adam whose weight decay bypasses the moments, so that weights with large gradients decay as
 * fast as others (Loshchilov and Hutter 2019, Algorithm 2).
 *
 * <pre>
 * p -= lr wd p
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g²
 * p -= lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, epsilonHat false,
 * weightDecay 0.01, always decoupled.
 *
 * <p><b>Fork.</b> The decay is multiplied by the learning rate, as in PyTorch, Keras and Optax. The
 * paper's is multiplied by the schedule's factor alone: its lambda is {@code weightDecay(lambda /
 * alpha)} at a rate of alpha. The default is PyTorch's; Keras has 0.004, Optax 1e-4. Epsilon is
 * added to the bias-corrected root; {@code epsilonHat(true)} is Keras's form, as for {@link Adam}.
 *
 * <p><b>Slots.</b> {@code m} and {@code v}, the uncorrected moments, in the parameter's shape, from 0.
 * Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = AdamW.builder().learningRate(3e-4).weightDecay(0.1).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class AdamW extends UpdateRule {

  /** With the default hyperparameters. */
  public AdamW() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public AdamW(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private AdamW(Builder builder) {
    super("AdamW", builder, f -> define(f, builder));
    if (weightDecay().coefficient() > 0 && !weightDecay().isDecoupled()) {
      throw new IllegalArgumentException("weightDecay is " + weightDecay()
          + ", expected a decoupled one; coupled decay with these moments is Adam");
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

  /** Hyperparameters of {@link AdamW}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private boolean epsilonHat = false;

    private Builder() {
      super(1e-3);
      weightDecay(0.01);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * The decoupled weight decay: {@code weightDecay(WeightDecay.decoupled(coefficient))}.
     *
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder weightDecay(double coefficient) {
      return weightDecay(WeightDecay.decoupled(coefficient));
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
     * @throws IllegalArgumentException if a hyperparameter is out of its range, or the weight decay
     *     coupled
     */
    @Override
    public AdamW build() {
      return new AdamW(this);
    }
  }
}
