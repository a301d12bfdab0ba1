package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * Adan: Nesterov's momentum estimated from the difference of successive gradients, and a second moment of what it looks ahead to
 * (Xie et al. 2022, Algorithm 1).
 *
 * <pre>
 * d = g - gPrevious            (0 in the first step)
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) d
 * n = beta3 n + (1 - beta3) (g + beta2 d)²
 * u = (m / (1 - beta1^t) + beta2 v / (1 - beta2^t)) / (sqrt(n / (1 - beta3^t)) + epsilon)
 * p = (p - lr u) / (1 + lr proximalWeightDecay)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.001, beta1 0.98, beta2 0.92, beta3 0.99, epsilon 1e-8, proximalWeightDecay 0, no weight decay.
 *
 * <p><b>Fork.</b> The betas are what is kept, as in the authors' code; the paper writes 1 minus them. The bias corrections are the code's,
 * too. The paper's decay is proximal, behind the step; {@code weightDecay(WeightDecay.decoupled(wd))}, the code's {@code no_prox}, is
 * ahead of it, and both at once are refused. Optax 0.2.8 takes the same numbers and weighs v, and d in n, by 1 - beta2: another
 * method from the second step on.
 *
 * <p><b>Slots.</b> {@code m}, {@code v} and {@code n}, the uncorrected moments, and {@code previous}, the gradient of the step before,
 * in the parameter's shape, from 0. Memory: four arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = Adan.builder().learningRate(1e-3).proximalWeightDecay(0.02).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Adan extends UpdateRule {

  /** With the default hyperparameters. */
  public Adan() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Adan(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Adan(Builder builder) {
    super("Adan", builder, f -> define(f, builder));
    if (proximalWeightDecay() > 0 && weightDecay().coefficient() > 0) {
      throw new IllegalArgumentException("proximalWeightDecay is " + proximalWeightDecay()
          + " beside weightDecay " + weightDecay() + ", expected one of the two");
    }
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar beta1 = f.hyperparameter("beta1", b.beta1, Range.FRACTION);
    Scalar beta2 = f.hyperparameter("beta2", b.beta2, Range.FRACTION);
    Scalar beta3 = f.hyperparameter("beta3", b.beta3, Range.FRACTION);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);
    double decay = f.hyperparameter(
            "proximalWeightDecay", b.proximalWeightDecay, Range.AT_LEAST_ZERO)
        .value();

    Term g = f.gradient();
    Slot m = f.slot("m");
    Slot v = f.slot("v");
    Slot n = f.slot("n");
    Slot previous = f.slot("previous");
    Term difference = f.either(s -> s.t() == 1, f.constant(0), g.minus(previous));
    previous.set(g);
    Term mean = m.set(m.mix(beta1, g));
    Term change = v.set(v.mix(beta2, difference));
    Term squares = n.set(n.mix(beta3, g.plus(difference.times(beta2)).squared()));
    Scalar ofMean = f.scalar("ofMean", s -> s.learningRate() / s.biasCorrection(beta1));
    Scalar ofChange =
        f.scalar("ofChange", s -> s.learningRate() * beta2.value() / s.biasCorrection(beta2));
    Scalar rootScale = f.scalar("rootScale", s -> 1 / Math.sqrt(s.biasCorrection(beta3)));
    Term root = squares.squareRoot().times(rootScale).plus(epsilon);
    Term step = mean.times(ofMean).plus(change.times(ofChange)).over(root);
    if (decay == 0) {
      f.subtract(step);
    } else {
      f.requireEveryRow("proximalWeightDecay " + decay);
      Scalar shrink = f.scalar("shrink", s -> 1 + s.learningRate() * decay);
      f.update(f.parameter().minus(step).over(shrink));
    }
  }

  /** The factor of the gradient's average. */
  public double beta1() {
    return number("beta1");
  }

  /** The factor of the difference's average. */
  public double beta2() {
    return number("beta2");
  }

  /** The factor of the second moment. */
  public double beta3() {
    return number("beta3");
  }

  /** What keeps the quotient finite. */
  public double epsilon() {
    return number("epsilon");
  }

  /** The decay behind the step. */
  public double proximalWeightDecay() {
    return number("proximalWeightDecay");
  }

  /** Hyperparameters of {@link Adan}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.98;
    private double beta2 = 0.92;
    private double beta3 = 0.99;
    private double epsilon = 1e-8;
    private double proximalWeightDecay = 0;

    private Builder() {
      super(1e-3);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The factor of the gradient's average: in [0, 1). */
    public Builder beta1(double beta1) {
      this.beta1 = beta1;
      return this;
    }

    /** The factor of the difference's average: in [0, 1). */
    public Builder beta2(double beta2) {
      this.beta2 = beta2;
      return this;
    }

    /** The factor of the second moment: in [0, 1). */
    public Builder beta3(double beta3) {
      this.beta3 = beta3;
      return this;
    }

    /** What keeps the quotient finite: above 0. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** The decay behind the step: at least 0. */
    public Builder proximalWeightDecay(double proximalWeightDecay) {
      this.proximalWeightDecay = proximalWeightDecay;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Adan build() {
      return new Adan(this);
    }
  }
}
