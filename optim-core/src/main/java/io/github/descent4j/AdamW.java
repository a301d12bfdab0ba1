package io.github.descent4j;

import io.github.descent4j.internal.Check;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.util.Map;

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
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final boolean epsilonHat;

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
    super("AdamW", builder, Slot.zero("m"), Slot.zero("v"));
    beta1 = Check.fraction("beta1", builder.beta1);
    beta2 = Check.fraction("beta2", builder.beta2);
    epsilon = Check.positive("epsilon", builder.epsilon);
    epsilonHat = builder.epsilonHat;
    if (weightDecay().coefficient() > 0 && !weightDecay().isDecoupled()) {
      throw new IllegalArgumentException("weightDecay is " + weightDecay()
          + ", expected a decoupled one; coupled decay with these moments is Adam");
    }
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
    hyperparameters.put("epsilonHat", epsilonHat);
  }

  @Override
  protected void prepare(long t, double learningRate, double[] scalars) {
    double root = Math.sqrt(1 - StrictMath.pow(beta2, t));
    scalars[0] = learningRate / (1 - StrictMath.pow(beta1, t));
    if (epsilonHat) {
      scalars[0] *= root;
    } else {
      scalars[1] = 1 / root;
    }
  }

  @Override
  protected void update(Kernels kernels, Chunk chunk, double[] scalars) {
    if (epsilonHat) {
      kernels.rAdam(chunk, beta1, beta2, scalars[0], epsilon);
    } else {
      kernels.adam(chunk, beta1, beta2, scalars[0], scalars[1], epsilon);
    }
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
    public AdamW build() {
      return new AdamW(this);
    }
  }
}
