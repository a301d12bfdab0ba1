package io.github.descent4j;

import io.github.descent4j.internal.Check;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.util.Map;

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
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final boolean epsilonHat;
  private final boolean biasCorrection;

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
    super("AmsGrad", builder, Slot.zero("m"), Slot.zero("v"), Slot.zero("vMax"));
    beta1 = Check.fraction("beta1", builder.beta1);
    beta2 = Check.fraction("beta2", builder.beta2);
    epsilon = Check.positive("epsilon", builder.epsilon);
    epsilonHat = builder.epsilonHat;
    biasCorrection = builder.biasCorrection;
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
    hyperparameters.put("biasCorrection", biasCorrection);
  }

  @Override
  protected void prepare(long t, double learningRate, double[] scalars) {
    double root = biasCorrection ? Math.sqrt(1 - StrictMath.pow(beta2, t)) : 1;
    scalars[0] = biasCorrection ? learningRate / (1 - StrictMath.pow(beta1, t)) : learningRate;
    if (epsilonHat) {
      scalars[0] *= root;
      scalars[1] = 1;
    } else {
      scalars[1] = 1 / root;
    }
  }

  @Override
  protected void update(Kernels kernels, Chunk chunk, double[] scalars) {
    kernels.amsGrad(chunk, beta1, beta2, scalars[0], scalars[1], epsilon);
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
    public AmsGrad build() {
      return new AmsGrad(this);
    }
  }
}
