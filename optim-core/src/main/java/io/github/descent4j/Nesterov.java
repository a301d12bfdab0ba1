package io.github.descent4j;

import io.github.descent4j.internal.Check;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.util.Map;

/**
 * Nesterov's accelerated gradient, NAG (Nesterov 1983).
 *
 * <pre>
 * v = mu v + g
 * p -= lr (g + mu v)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.01, momentum (mu) 0.9, rateInsideVelocity false, no weight
 * decay.
 *
 * <p><b>Fork.</b> The parameter is the look-ahead point theta + mu v of Sutskever et al. 2013
 * (equations 3 and 4), so that gradients are taken where the parameter is; the learning rate is outside
 * the velocity. Both as in PyTorch; Keras and ND4J have the rate inside, {@code v = mu v + lr g; p -= lr g
 * + mu v}, which differs as soon as the rate changes and is {@code rateInsideVelocity(true)}.
 *
 * <p><b>Slots.</b> {@code v}, the velocity, in the parameter's shape, from 0. Memory: one array.
 *
 * <pre>{@code
 * Optimizer optimizer = Nesterov.builder().learningRate(0.1).momentum(0.95).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Nesterov extends UpdateRule {
  private final double momentum;
  private final boolean rateInsideVelocity;

  /** With the default hyperparameters. */
  public Nesterov() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Nesterov(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Nesterov(Builder builder) {
    super("Nesterov", builder, Slot.zero("v"));
    momentum = Check.fraction("momentum", builder.momentum);
    rateInsideVelocity = builder.rateInsideVelocity;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  protected void describe(Map<String, Object> hyperparameters) {
    hyperparameters.put("momentum", momentum);
    hyperparameters.put("rateInsideVelocity", rateInsideVelocity);
  }

  @Override
  protected void prepare(long t, double learningRate, double[] scalars) {
    scalars[0] = learningRate;
  }

  @Override
  protected void update(Kernels kernels, Chunk chunk, double[] scalars) {
    if (rateInsideVelocity) {
      kernels.nesterovRateInside(chunk, scalars[0], momentum);
    } else {
      kernels.nesterov(chunk, scalars[0], momentum);
    }
  }

  /** Hyperparameters of {@link Nesterov}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double momentum = 0.9;
    private boolean rateInsideVelocity = false;

    private Builder() {
      super(0.01);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The factor of the velocity, mu: in [0, 1). */
    public Builder momentum(double momentum) {
      this.momentum = momentum;
      return this;
    }
    /** Whether the velocity adds up steps, each of its own rate, or gradients. */
    public Builder rateInsideVelocity(boolean rateInsideVelocity) {
      this.rateInsideVelocity = rateInsideVelocity;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    public Nesterov build() {
      return new Nesterov(this);
    }
  }
}
