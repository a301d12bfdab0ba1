package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;

/**
 * FTRL-Proximal: follow the regularized leader, with rates as those of AdaGrad and an L1 penalty that makes parameters exactly 0 (McMahan et
 * al. 2013, Algorithm 1).
 *
 * <pre>
 * z = -(beta + sqrt(n)) p      (in the first step)
 * z = z + lr g - (sqrt(n + g²) - sqrt(n)) p
 * n = n + g²
 * p = -sign(z) max(|z| - lr lambda1, 0) / (beta + sqrt(n) + lr lambda2)
 * </pre>
 *
 * <p>What a step makes of the parameter follows from z and n: a value that is set from outside counts in {@code p}'s place of the second line
 * alone, and does not last. So {@code lookahead}, {@code projected} and {@code proximal} refuse this rule; {@code lambda1} and {@code lambda2}
 * are the penalties that it has itself. A step at a rate of 0 leaves the parameter alone.
 *
 * <p><b>Defaults.</b> learningRate 0.1, beta 1, lambda1 0, lambda2 0, initialAccumulator 0, no weight decay.
 *
 * <p><b>Fork.</b> The learning rate is the paper's alpha, and z is alpha times the paper's, so that a schedule changes steps and not what has
 * been learned: at a constant rate that is the same. The paper's parameters start from 0; others are where beta pulls to, until the gradients
 * pull elsewhere: Keras and TensorFlow start z from 0 there, and lose them. In Keras the power of n is {@code learning_rate_power}, here as in
 * the paper -0.5; its {@code l2_regularization_strength} is half of lambda2, and n starts from 0.1 with a beta of 0, which {@link
 * Conventions} knows.
 *
 * <p>{@code lambda2} is one pull of all steps together, weight decay one of each step. It is coupled alone: decoupled decay would be undone by
 * the last line, and is refused.
 *
 * <p><b>Slots.</b> {@code z} and {@code n}, in the parameter's shape; n from initialAccumulator. Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = Ftrl.builder().learningRate(0.1).lambda1(1).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Ftrl extends UpdateRule {

  /** With the default hyperparameters. */
  public Ftrl() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Ftrl(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Ftrl(Builder builder) {
    super("Ftrl", builder, f -> define(f, builder));
    if (weightDecay().isDecoupled() && weightDecay().coefficient() > 0) {
      throw new IllegalArgumentException(
          "weightDecay is " + weightDecay() + ", expected coupled weight decay for Ftrl");
    }
    if ((float) beta() == 0 && (float) initialAccumulator() == 0) {
      throw new IllegalArgumentException("beta is " + beta() + " beside initialAccumulator "
          + initialAccumulator() + ", expected one of the two above 0, in float too");
    }
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar beta = f.hyperparameter("beta", b.beta, Range.AT_LEAST_ZERO);
    Scalar lambda1 = f.hyperparameter("lambda1", b.lambda1, Range.AT_LEAST_ZERO);
    Scalar lambda2 = f.hyperparameter("lambda2", b.lambda2, Range.AT_LEAST_ZERO);
    double start = f.hyperparameter("initialAccumulator", b.initialAccumulator, Range.AT_LEAST_ZERO)
        .value();

    Term g = f.gradient();
    Term p = f.parameter();
    Slot z = f.slot("z");
    Slot n = f.slot("n", start);
    Term rootBefore = n.squareRoot();
    Term root = n.set(n.plus(g.squared())).squareRoot();
    f.startFromValues("z, the sum of gradients,");
    Term before =
        f.either(s -> s.t() == 1, f.constant(0).minus(beta.plus(rootBefore).times(p)), z);
    Term pull = z.set(
        before.plus(f.learningRate().times(g)).minus(root.minus(rootBefore).times(p)));
    Term shrunk = pull.absolute().minus(f.learningRate().times(lambda1)).maximum(0);
    Term divisor = root.plus(beta.plus(f.learningRate().times(lambda2)));
    Term next = f.constant(0).minus(pull.sign().times(shrunk.over(divisor)));
    f.update(f.either(s -> s.learningRate() == 0, p, next));
  }

  /** What is added to the root. */
  public double beta() {
    return number("beta");
  }

  /** The L1 penalty. */
  public double lambda1() {
    return number("lambda1");
  }

  /** The L2 penalty. */
  public double lambda2() {
    return number("lambda2");
  }

  /** Where the sum of squares starts. */
  public double initialAccumulator() {
    return number("initialAccumulator");
  }

  /** Hyperparameters of {@link Ftrl}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta = 1;
    private double lambda1 = 0;
    private double lambda2 = 0;
    private double initialAccumulator = 0;

    private Builder() {
      super(0.1);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** What is added to the root: at least 0, and above 0 where initialAccumulator is 0. */
    public Builder beta(double beta) {
      this.beta = beta;
      return this;
    }

    /** The L1 penalty, which makes parameters exactly 0: at least 0. */
    public Builder lambda1(double lambda1) {
      this.lambda1 = lambda1;
      return this;
    }

    /** The L2 penalty: at least 0. */
    public Builder lambda2(double lambda2) {
      this.lambda2 = lambda2;
      return this;
    }

    /** Where the sum of squares starts: at least 0. */
    public Builder initialAccumulator(double initialAccumulator) {
      this.initialAccumulator = initialAccumulator;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range, weight decay is decoupled, or beta and
     *     initialAccumulator are both 0
     */
    @Override
    public Ftrl build() {
      return new Ftrl(this);
    }
  }
}
