package io.github.descent4j;

import io.github.descent4j.internal.Check;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.util.Map;

/**
 * AdaMax: Adam with the infinity norm of the past gradients in place of the root of their mean square,
 * so that no step is larger than the rate (Kingma and Ba 2015, Algorithm 2).
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * u = max(beta2 u, |g|)
 * p -= lr (m / (1 - beta1^t)) / (u + epsilon)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.002, beta1 0.9, beta2 0.999, epsilon 1e-8, epsilonInsideMaximum
 * false, no weight decay.
 *
 * <p><b>Fork.</b> The paper has no epsilon; it is added to u, as in Keras, so that u is the paper's.
 * PyTorch and Optax add it inside the maximum, which {@code epsilonInsideMaximum(true)} does: {@code
 * u = max(beta2 u, |g| + epsilon); p -= lr (m / (1 - beta1^t)) / u}.
 *
 * <p><b>Slots.</b> {@code m}, the uncorrected moment, and {@code u}, the norm, in the parameter's shape,
 * from 0. Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = new AdaMax(2e-3);
 * optimizer.step(parameters);
 * }</pre>
 */
public final class AdaMax extends UpdateRule {
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final boolean epsilonInsideMaximum;

  /** With the default hyperparameters. */
  public AdaMax() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public AdaMax(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private AdaMax(Builder builder) {
    super("AdaMax", builder, Slot.zero("m"), Slot.zero("u"));
    beta1 = Check.fraction("beta1", builder.beta1);
    beta2 = Check.fraction("beta2", builder.beta2);
    epsilon = Check.positive("epsilon", builder.epsilon);
    epsilonInsideMaximum = builder.epsilonInsideMaximum;
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
    hyperparameters.put("epsilonInsideMaximum", epsilonInsideMaximum);
  }

  @Override
  protected void prepare(long t, double learningRate, double[] scalars) {
    scalars[0] = learningRate / (1 - StrictMath.pow(beta1, t));
  }

  @Override
  protected void update(Kernels kernels, Chunk chunk, double[] scalars) {
    double inside = epsilonInsideMaximum ? epsilon : 0;
    kernels.adaMax(chunk, beta1, beta2, scalars[0], inside, epsilon - inside);
  }

  /** Hyperparameters of {@link AdaMax}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private boolean epsilonInsideMaximum = false;

    private Builder() {
      super(2e-3);
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

    /** The factor of the norm: in [0, 1). */
    public Builder beta2(double beta2) {
      this.beta2 = beta2;
      return this;
    }

    /** Keeps the quotient finite: finite and above 0. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** Whether epsilon is added to the gradient's size under the maximum, and so is part of u. */
    public Builder epsilonInsideMaximum(boolean epsilonInsideMaximum) {
      this.epsilonInsideMaximum = epsilonInsideMaximum;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    public AdaMax build() {
      return new AdaMax(this);
    }
  }
}
