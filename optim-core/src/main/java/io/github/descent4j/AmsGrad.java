package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * AMSGrad: Adam that divides by the largest second moment so far, so that its rates never grow and it
 * converges where Adam does not (Reddi, Kale and Kumar 2018, Algorithm 2).
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g²
 * vMax = max(vMax, v)
 * p -= lr (m / (1 - beta1^t)) / (sqrt(vMax / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, epsilonHat false,
 * biasCorrection true, no weight decay. With decoupled weight decay this is PyTorch's AdamW with
 * {@code amsgrad=True}.
 *
 * <p><b>Fork.</b> The maximum is that of the uncorrected moment, as in PyTorch and Keras, and corrected
 * afterwards; Optax takes the maximum of the corrected one. The paper has no correction, which is
 * {@code biasCorrection(false)}, and no epsilon. Epsilon is added to the bias-corrected root, as in
 * PyTorch; {@code epsilonHat(true)} is the form of Keras and ND4J, as for {@link Adam}.
 *
 * <p><b>Slots.</b> {@code m} and {@code v}, the uncorrected moments, and {@code vMax}, the largest v, in
 * the parameter's shape, from 0. Memory: three arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = AmsGrad.builder().beta2(0.99).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class AmsGrad extends UpdateRule {

  /** With the default hyperparameters. */
  public AmsGrad() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public AmsGrad(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private AmsGrad(Builder builder) {
    super("AmsGrad", builder, f -> define(f, builder));
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
    boolean corrected = f.option("biasCorrection", b.biasCorrection);

    Term g = f.gradient();
    Slot m = f.slot("m");
    Slot v = f.slot("v");
    Slot vMax = f.slot("vMax");
    Term mean = m.set(m.mix(beta1, g));
    Term square = v.set(v.mix(beta2, g.squared()));
    Term root = vMax.set(vMax.maximum(square)).squareRoot();
    Scalar stepSize = f.learningRate();
    if (corrected && hat) {
      stepSize = f.scalar(
          "stepSize",
          s -> s.learningRate() / s.biasCorrection(beta1) * Math.sqrt(s.biasCorrection(beta2)));
    } else if (corrected) {
      stepSize = f.scalar("stepSize", s -> s.learningRate() / s.biasCorrection(beta1));
      root = root.times(f.scalar("rootScale", s -> 1 / Math.sqrt(s.biasCorrection(beta2))));
    }
    f.subtract(stepSize.times(mean.over(root.plus(epsilon))));
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

  /** Whether the moments are corrected for their start. */
  public boolean biasCorrection() {
    return option("biasCorrection", Boolean.class);
  }

  /** Hyperparameters of {@link AmsGrad}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private boolean epsilonHat = false;
    private boolean biasCorrection = true;

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

    /** Whether both moments are corrected for their bias. */
    public Builder biasCorrection(boolean biasCorrection) {
      this.biasCorrection = biasCorrection;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public AmsGrad build() {
      return new AmsGrad(this);
    }
  }
}
