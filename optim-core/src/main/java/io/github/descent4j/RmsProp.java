package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * RMSProp: the gradient divided by the root of a running mean of its squares (Tieleman and Hinton 2012,
 * lecture 6.5).
 *
 * <pre>
 * s = rho s + (1 - rho) g²
 * d = g / sqrt(s + epsilon)
 * p -= lr d
 * </pre>
 *
 * <p>Centered (Graves 2013, equation 38): {@code m = rho m + (1 - rho) g}, and {@code max(s - m², 0)}
 * takes the place of s under the root. With momentum (mu): {@code b = mu b + d; p -= lr b}.
 *
 * <p><b>Defaults.</b> learningRate 0.001, rho 0.9, epsilon 1e-8, epsilonInsideRoot true, centered false,
 * momentum 0, rateInsideMomentum false, no weight decay.
 *
 * <p><b>Fork.</b> Epsilon is inside the root, as in Keras, Optax and D2L; PyTorch and ND4J divide by
 * {@code sqrt(s) + epsilon}, which {@code epsilonInsideRoot(false)} does. The learning rate is outside
 * the momentum buffer, as in PyTorch; Keras and Optax have it inside, {@code b = mu b + lr d; p -= b},
 * which differs as soon as the rate changes and is {@code rateInsideMomentum(true)}. s starts at 0; ND4J starts it at epsilon.
 *
 * <p><b>Slots.</b> {@code s}, the mean square; {@code m}, the mean, if centered; {@code b}, the momentum
 * buffer, if momentum is above 0; each in the parameter's shape, from 0. Memory: one to three arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = RmsProp.builder().rho(0.99).centered(true).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class RmsProp extends UpdateRule {

  /** With the default hyperparameters. */
  public RmsProp() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public RmsProp(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private RmsProp(Builder builder) {
    super("RmsProp", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar rho = f.hyperparameter("rho", b.rho, Range.FRACTION);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);
    boolean inside = f.option("epsilonInsideRoot", b.epsilonInsideRoot);
    boolean centered = f.option("centered", b.centered);
    Scalar mu = f.hyperparameter("momentum", b.momentum, Range.FRACTION);
    boolean rateInside = f.option("rateInsideMomentum", b.rateInsideMomentum);

    Term g = f.gradient();
    Slot s = f.slot("s");
    Term variance = s.set(s.mix(rho, g.squared()));
    if (centered) {
      Slot m = f.slot("m");
      Term mean = m.set(m.mix(rho, g));
      // Rounding can make it negative.
      variance = variance.minus(mean.squared()).maximum(0);
    }
    Term root =
        inside ? variance.plus(epsilon).squareRoot() : variance.squareRoot().plus(epsilon);
    Term direction = g.over(root);
    if (b.momentum == 0) {
      f.subtract(f.learningRate().times(direction));
    } else if (rateInside) {
      Slot buffer = f.slot("b");
      f.subtract(buffer.set(mu.times(buffer).plus(f.learningRate().times(direction))));
    } else {
      Slot buffer = f.slot("b");
      f.subtract(f.learningRate().times(buffer.set(mu.times(buffer).plus(direction))));
    }
  }

  /** The factor of the mean square and of the mean. */
  public double rho() {
    return number("rho");
  }

  /** What keeps the quotient finite. */
  public double epsilon() {
    return number("epsilon");
  }

  /** Whether epsilon is added under the root, or to the root. */
  public boolean epsilonInsideRoot() {
    return option("epsilonInsideRoot", Boolean.class);
  }

  /** Whether the variance takes the place of the mean square. */
  public boolean centered() {
    return option("centered", Boolean.class);
  }

  /** The factor of the momentum buffer, mu; 0 for none. */
  public double momentum() {
    return number("momentum");
  }

  /** Whether the momentum buffer adds up steps. */
  public boolean rateInsideMomentum() {
    return option("rateInsideMomentum", Boolean.class);
  }

  /** Hyperparameters of {@link RmsProp}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double rho = 0.9;
    private double epsilon = 1e-8;
    private boolean epsilonInsideRoot = true;
    private boolean centered = false;
    private double momentum = 0;
    private boolean rateInsideMomentum = false;

    private Builder() {
      super(1e-3);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The factor of the mean square and of the mean: in [0, 1). */
    public Builder rho(double rho) {
      this.rho = rho;
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

    /** Whether the variance takes the place of the mean square. */
    public Builder centered(boolean centered) {
      this.centered = centered;
      return this;
    }

    /** The factor of the momentum buffer, mu, 0 for none: in [0, 1). */
    public Builder momentum(double momentum) {
      this.momentum = momentum;
      return this;
    }
    /** Whether the momentum buffer adds up steps, each of its own rate; without momentum no matter. */
    public Builder rateInsideMomentum(boolean rateInsideMomentum) {
      this.rateInsideMomentum = rateInsideMomentum;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public RmsProp build() {
      return new RmsProp(this);
    }
  }
}
