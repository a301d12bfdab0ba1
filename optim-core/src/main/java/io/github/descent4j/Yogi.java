package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * Yogi: Adam whose second moment moves by at most (1 - beta2) g² a step, so that rare large gradients
 * are not forgotten at once (Zaheer et al. 2018, Algorithm 2).
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * v = v - (1 - beta2) sign(v - g²) g²,  sign(0) = 0
 * p -= lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.01, beta1 0.9, beta2 0.999, epsilon 1e-3, initialAccumulator 1e-6,
 * initialFirstMoment 0, biasCorrection true, no weight decay.
 *
 * <p><b>Fork.</b> Both moments are corrected for bias, as in the lecture and D2L; the paper's algorithm
 * has no correction, which is {@code biasCorrection(false)}. Only v starts at initialAccumulator; Optax
 * starts m there too and so moves a parameter whose gradient is zero: {@code initialFirstMoment(1e-6)}.
 *
 * <p><b>Slots.</b> {@code m}, from initialFirstMoment, and {@code v}, from initialAccumulator: the uncorrected moments, in
 * the parameter's shape. Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = Yogi.builder().learningRate(0.005).initialAccumulator(1e-5).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Yogi extends UpdateRule {

  /** With the default hyperparameters. */
  public Yogi() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Yogi(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Yogi(Builder builder) {
    super("Yogi", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar beta1 = f.hyperparameter("beta1", b.beta1, Range.FRACTION);
    Scalar beta2 = f.hyperparameter("beta2", b.beta2, Range.FRACTION);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);
    f.hyperparameter("initialAccumulator", b.initialAccumulator, Range.AT_LEAST_ZERO);
    f.hyperparameter("initialFirstMoment", b.initialFirstMoment, Range.AT_LEAST_ZERO);
    boolean corrected = f.option("biasCorrection", b.biasCorrection);

    Term g = f.gradient();
    Term g2 = g.squared();
    Slot m = f.slot("m", b.initialFirstMoment);
    Slot v = f.slot("v", b.initialAccumulator);
    Term mean = m.set(m.mix(beta1, g));
    Term change = beta2.complement().times(v.minus(g2).sign().times(g2));
    Term root = v.set(v.minus(change)).squareRoot();
    Scalar stepSize = f.learningRate();
    if (corrected) {
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

  /** Where the second moment starts. */
  public double initialAccumulator() {
    return number("initialAccumulator");
  }

  /** Where the first moment starts. */
  public double initialFirstMoment() {
    return number("initialFirstMoment");
  }

  /** Whether the moments are corrected for their start. */
  public boolean biasCorrection() {
    return option("biasCorrection", Boolean.class);
  }

  /** Hyperparameters of {@link Yogi}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-3;
    private double initialAccumulator = 1e-6;
    private double initialFirstMoment = 0;
    private boolean biasCorrection = true;

    private Builder() {
      super(0.01);
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

    /** Where the second moment starts: finite and at least 0. */
    public Builder initialAccumulator(double initialAccumulator) {
      this.initialAccumulator = initialAccumulator;
      return this;
    }
    /** Where the first moment starts: finite and at least 0. */
    public Builder initialFirstMoment(double initialFirstMoment) {
      this.initialFirstMoment = initialFirstMoment;
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
    public Yogi build() {
      return new Yogi(this);
    }
  }
}
