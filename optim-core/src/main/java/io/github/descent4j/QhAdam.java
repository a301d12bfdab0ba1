package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * QHAdam: Adam whose moments are means of the gradient and of its average (Ma and Yarats 2019, section 4).
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g²
 * p -= lr ((1 - nu1) g + nu1 m / (1 - beta1^t)) / (sqrt((1 - nu2) g² + nu2 v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.001, beta1 0.995, beta2 0.999, nu1 0.7, nu2 1, epsilon 1e-8, no weight decay. With nu1 and nu2 1
 * this is {@link Adam}.
 *
 * <p><b>Fork.</b> None: the authors' code does the same.
 *
 * <p><b>Slots.</b> {@code m} and {@code v}, the uncorrected moments, in the parameter's shape, from 0.
 * Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = QhAdam.builder().learningRate(1e-3).nu1(0.8).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class QhAdam extends UpdateRule {

  /** With the default hyperparameters. */
  public QhAdam() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public QhAdam(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private QhAdam(Builder builder) {
    super("QhAdam", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar beta1 = f.hyperparameter("beta1", b.beta1, Range.FRACTION);
    Scalar beta2 = f.hyperparameter("beta2", b.beta2, Range.FRACTION);
    Scalar nu1 = f.hyperparameter("nu1", b.nu1, Range.UNIT);
    Scalar nu2 = f.hyperparameter("nu2", b.nu2, Range.UNIT);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);

    Term g = f.gradient();
    Term g2 = g.squared();
    Slot m = f.slot("m");
    Slot v = f.slot("v");
    Scalar ofMean = f.scalar("ofMean", s -> nu1.value() / s.biasCorrection(beta1));
    Scalar ofSquares = f.scalar("ofSquares", s -> nu2.value() / s.biasCorrection(beta2));
    Term mean = m.set(m.mix(beta1, g)).times(ofMean);
    Term squares = v.set(v.mix(beta2, g2)).times(ofSquares);
    // With a part of 0 there is nothing to compute, and 0 times a square beyond the range is NaN.
    if (b.nu1 != 1) {
      mean = mean.plus(nu1.complement().times(g));
    }
    if (b.nu2 != 1) {
      squares = squares.plus(nu2.complement().times(g2));
    }
    f.subtract(f.learningRate().times(mean.over(squares.squareRoot().plus(epsilon))));
  }

  /** The factor of the first moment. */
  public double beta1() {
    return number("beta1");
  }

  /** The factor of the second moment. */
  public double beta2() {
    return number("beta2");
  }

  /** The part of the first moment in the direction. */
  public double nu1() {
    return number("nu1");
  }

  /** The part of the second moment in the divisor. */
  public double nu2() {
    return number("nu2");
  }

  /** What keeps the quotient finite. */
  public double epsilon() {
    return number("epsilon");
  }

  /** Hyperparameters of {@link QhAdam}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.995;
    private double beta2 = 0.999;
    private double nu1 = 0.7;
    private double nu2 = 1;
    private double epsilon = 1e-8;

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

    /** The part of the first moment in the direction: in [0, 1]. */
    public Builder nu1(double nu1) {
      this.nu1 = nu1;
      return this;
    }

    /** The part of the second moment in the divisor: in [0, 1]. */
    public Builder nu2(double nu2) {
      this.nu2 = nu2;
      return this;
    }

    /** What keeps the quotient finite: above 0. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public QhAdam build() {
      return new QhAdam(this);
    }
  }
}
