package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * AdaDelta: RMSProp whose step is in the units of the parameter (Zeiler 2012, Algorithm 1).
 *
 * <pre>
 * s = rho s + (1 - rho) g²
 * d = sqrt((x + epsilon) / (s + epsilon)) g
 * p -= lr d
 * x = rho x + (1 - rho) d²
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 1, rho 0.9, epsilon 1e-6, no weight decay.
 *
 * <p><b>Fork.</b> The paper has no learning rate; it is PyTorch's, and 1 is the paper's algorithm. x
 * averages the squares of d, before the learning rate; the lecture's slide prints x there, which would
 * never leave 0.
 *
 * <p><b>Slots.</b> {@code s}, the mean square of the gradients, and {@code x}, that of the updates, in
 * the parameter's shape, from 0. Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = AdaDelta.builder().rho(0.95).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class AdaDelta extends UpdateRule {

  /** With the default hyperparameters. */
  public AdaDelta() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public AdaDelta(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private AdaDelta(Builder builder) {
    super("AdaDelta", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar rho = f.hyperparameter("rho", b.rho, Range.FRACTION);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);

    Term g = f.gradient();
    Slot s = f.slot("s");
    Slot x = f.slot("x");
    Term square = s.set(s.mix(rho, g.squared()));
    Term d = x.plus(epsilon).over(square.plus(epsilon)).squareRoot().times(g);
    f.subtract(f.learningRate().times(d));
    x.set(x.mix(rho, d.squared()));
  }

  /** The factor of both means. */
  public double rho() {
    return number("rho");
  }

  /** What starts the steps and keeps the quotient finite. */
  public double epsilon() {
    return number("epsilon");
  }

  /** Hyperparameters of {@link AdaDelta}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double rho = 0.9;
    private double epsilon = 1e-6;

    private Builder() {
      super(1);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The factor of both means: in [0, 1). */
    public Builder rho(double rho) {
      this.rho = rho;
      return this;
    }

    /** Added under both roots, sets the size of the first steps: finite and above 0. */
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
    public AdaDelta build() {
      return new AdaDelta(this);
    }
  }
}
