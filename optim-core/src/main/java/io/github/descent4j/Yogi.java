package io.github.descent4j;

import io.github.descent4j.internal.Check;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.util.Map;

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
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double initialAccumulator;
  private final double initialFirstMoment;
  private final boolean biasCorrection;

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
    super(
        "Yogi",
        builder,
        new Slot("m", Check.atLeastZero("initialFirstMoment", builder.initialFirstMoment)),
        new Slot("v", Check.atLeastZero("initialAccumulator", builder.initialAccumulator)));
    beta1 = Check.fraction("beta1", builder.beta1);
    beta2 = Check.fraction("beta2", builder.beta2);
    epsilon = Check.positive("epsilon", builder.epsilon);
    initialAccumulator = Check.atLeastZero("initialAccumulator", builder.initialAccumulator);
    initialFirstMoment = Check.atLeastZero("initialFirstMoment", builder.initialFirstMoment);
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
    hyperparameters.put("initialAccumulator", initialAccumulator);
    hyperparameters.put("initialFirstMoment", initialFirstMoment);
    hyperparameters.put("biasCorrection", biasCorrection);
  }

  @Override
  protected void prepare(long t, double learningRate, double[] scalars) {
    scalars[0] = biasCorrection ? learningRate / (1 - StrictMath.pow(beta1, t)) : learningRate;
    scalars[1] = biasCorrection ? 1 / Math.sqrt(1 - StrictMath.pow(beta2, t)) : 1;
  }

  @Override
  protected void update(Kernels kernels, Chunk chunk, double[] scalars) {
    kernels.yogi(chunk, beta1, beta2, scalars[0], scalars[1], epsilon);
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
    public Yogi build() {
      return new Yogi(this);
    }
  }
}
