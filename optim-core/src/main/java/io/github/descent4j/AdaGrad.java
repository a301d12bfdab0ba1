package io.github.descent4j;

import io.github.descent4j.internal.Check;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.util.Map;

/**
 * AdaGrad: a rate for every element, divided by the root of all its squared gradients (Duchi, Hazan and
 * Singer 2011, section 1.1, diagonal form).
 *
 * <pre>
 * s += g²
 * p -= lr / (1 + (t - 1) learningRateDecay) g / sqrt(s + epsilon)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.01, epsilon 1e-7, epsilonInsideRoot true, initialAccumulator 0,
 * learningRateDecay 0, no weight decay.
 *
 * <p><b>Fork.</b> Epsilon is inside the root, as in Keras, Optax and D2L; PyTorch and ND4J divide by
 * {@code sqrt(s) + epsilon}, which {@code epsilonInsideRoot(false)} does. learningRateDecay is
 * PyTorch's; it divides the rate of a schedule too.
 *
 * <p><b>Slots.</b> {@code s}, the sum of squared gradients, in the parameter's shape, from
 * initialAccumulator. Memory: one array.
 *
 * <pre>{@code
 * Optimizer optimizer = AdaGrad.builder().learningRate(0.1).initialAccumulator(0.1).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class AdaGrad extends UpdateRule {
  private final double epsilon;
  private final boolean epsilonInsideRoot;
  private final double initialAccumulator;
  private final double learningRateDecay;

  /** With the default hyperparameters. */
  public AdaGrad() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public AdaGrad(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private AdaGrad(Builder builder) {
    super(
        "AdaGrad",
        builder,
        new Slot("s", Check.atLeastZero("initialAccumulator", builder.initialAccumulator)));
    epsilon = Check.positive("epsilon", builder.epsilon);
    epsilonInsideRoot = builder.epsilonInsideRoot;
    initialAccumulator = Check.atLeastZero("initialAccumulator", builder.initialAccumulator);
    learningRateDecay = Check.atLeastZero("learningRateDecay", builder.learningRateDecay);
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  protected void describe(Map<String, Object> hyperparameters) {
    hyperparameters.put("epsilon", epsilon);
    hyperparameters.put("epsilonInsideRoot", epsilonInsideRoot);
    hyperparameters.put("initialAccumulator", initialAccumulator);
    hyperparameters.put("learningRateDecay", learningRateDecay);
  }

  @Override
  protected double rateAt(long t, double learningRate) {
    return learningRate / (1 + (t - 1) * learningRateDecay);
  }

  @Override
  protected void prepare(long t, double learningRate, double[] scalars) {
    scalars[0] = learningRate;
  }

  @Override
  protected void update(Kernels kernels, Chunk chunk, double[] scalars) {
    double inside = epsilonInsideRoot ? epsilon : 0;
    double outside = epsilonInsideRoot ? 0 : epsilon;
    kernels.adaGrad(chunk, scalars[0], inside, outside);
  }

  /** Hyperparameters of {@link AdaGrad}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double epsilon = 1e-7;
    private boolean epsilonInsideRoot = true;
    private double initialAccumulator = 0;
    private double learningRateDecay = 0;

    private Builder() {
      super(0.01);
    }

    @Override
    protected Builder self() {
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

    /** Where the sum of squares starts: finite and at least 0. */
    public Builder initialAccumulator(double initialAccumulator) {
      this.initialAccumulator = initialAccumulator;
      return this;
    }

    /** Divides the rate of step t by {@code 1 + (t - 1) learningRateDecay}: finite and at least 0. */
    public Builder learningRateDecay(double learningRateDecay) {
      this.learningRateDecay = learningRateDecay;
      return this;
    }
    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    public AdaGrad build() {
      return new AdaGrad(this);
    }
  }
}
