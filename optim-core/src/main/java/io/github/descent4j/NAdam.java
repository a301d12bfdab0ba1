package io.github.descent4j;

import io.github.descent4j.internal.Check;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.util.Map;

/**
 * NAdam: Adam with Nesterov's momentum, whose factor warms up (Dozat 2016, Algorithm 2, as documented
 * by PyTorch).
 *
 * <pre>
 * mu_t = beta1 (1 - 0.96^(t momentumDecay) / 2)
 * P_t = mu_1 mu_2 ... mu_t
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g²
 * p -= lr ((1 - mu_t) g / (1 - P_t) + mu_{t+1} m / (1 - P_{t+1})) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.002, beta1 0.9, beta2 0.999, epsilon 1e-8, momentumDecay 0.004, no
 * weight decay.
 *
 * <p><b>Fork.</b> The moment m decays by beta1, as in PyTorch and Keras, where the paper has mu_t.
 * momentumDecay 0.004 is the paper's 1/250; Keras has 1. Optax has mu_t = beta1 from the first step
 * on, which is a momentumDecay of a million. PyTorch 1.13 has one factor mu_t too many in P_{t+1}; ND4J does
 * not correct v, and its first step is some sixty times the rate.
 *
 * <p><b>Slots.</b> {@code m} and {@code v}, the uncorrected moments, in the parameter's shape, from 0.
 * Memory: two arrays. P_t, which depends on t alone, is not saved: it is multiplied again after
 * loading.
 *
 * <pre>{@code
 * Optimizer optimizer = NAdam.builder().momentumDecay(0.01).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class NAdam extends UpdateRule {
  // Places among the scalars that the next step finds again: P_t, and its t.
  static final int PRODUCT = 3;
  private static final int PRODUCT_STEP = 4;

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double momentumDecay;

  /** With the default hyperparameters. */
  public NAdam() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public NAdam(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private NAdam(Builder builder) {
    super("NAdam", builder, Slot.zero("m"), Slot.zero("v"));
    beta1 = Check.fraction("beta1", builder.beta1);
    beta2 = Check.fraction("beta2", builder.beta2);
    epsilon = Check.positive("epsilon", builder.epsilon);
    momentumDecay = Check.atLeastZero("momentumDecay", builder.momentumDecay);
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  protected void describe(Map<String, Object> hyperparameters) {
    hyperparameters.put("beta1", beta1);
    hyperparameters.put("beta2", beta2);
    hyperparameters.put("epsilon", epsilon);
    hyperparameters.put("momentumDecay", momentumDecay);
  }

  @Override
  protected void prepare(long t, double learningRate, double[] scalars) {
    double mu = mu(t);
    double next = mu(t + 1);
    double product = product(t, mu, scalars);
    scalars[0] = learningRate * (1 - mu) / (1 - product);
    scalars[1] = learningRate * next / (1 - product * next);
    scalars[2] = 1 / Math.sqrt(1 - StrictMath.pow(beta2, t));
  }

  @Override
  protected void update(Kernels kernels, Chunk chunk, double[] scalars) {
    kernels.nAdam(chunk, beta1, beta2, scalars[0], scalars[1], scalars[2], epsilon);
  }

  private double mu(long t) {
    return beta1 * (1 - 0.5 * StrictMath.pow(0.96, t * momentumDecay));
  }

  /**
   * P_t, from what the scalars know: one factor more at every step, none at a step that failed and is
   * tried again, all of them after loading. Always the same factors in the same order, so the same
   * bits.
   */
  private double product(long t, double mu, double[] scalars) {
    long known = (long) scalars[PRODUCT_STEP];
    if (known > t) {
      known = 0; // DL4J counts for itself, and may begin anew.
    }
    double product = known == 0 ? 1 : scalars[PRODUCT];
    // A product this small has long ceased to matter: loading after a million steps does not take
    // as many.
    for (long i = known + 1; i <= t && product >= Double.MIN_NORMAL; i++) {
      product *= i == t ? mu : mu(i);
    }
    scalars[PRODUCT] = product;
    scalars[PRODUCT_STEP] = t;
    return product;
  }

  /** Hyperparameters of {@link NAdam}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private double momentumDecay = 0.004;

    private Builder() {
      super(2e-3);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The factor of the first moment, and the limit of the momentum's: in [0, 1). */
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

    /** How fast the momentum's factor rises from beta1 / 2 to beta1: finite and at least 0. */
    public Builder momentumDecay(double momentumDecay) {
      this.momentumDecay = momentumDecay;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    public NAdam build() {
      return new NAdam(this);
    }
  }
}
