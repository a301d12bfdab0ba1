package io.github.descent4j;

import io.github.descent4j.internal.Check;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
  private final double rho;
  private final double epsilon;
  private final boolean epsilonInsideRoot;
  private final boolean centered;
  private final double momentum;
  private final boolean rateInsideMomentum;

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
    super("RmsProp", builder, slots(builder.centered, builder.momentum > 0));
    rho = Check.fraction("rho", builder.rho);
    epsilon = Check.positive("epsilon", builder.epsilon);
    epsilonInsideRoot = builder.epsilonInsideRoot;
    centered = builder.centered;
    momentum = Check.fraction("momentum", builder.momentum);
    rateInsideMomentum = builder.rateInsideMomentum;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  protected void describe(Map<String, Object> hyperparameters) {
    hyperparameters.put("rho", rho);
    hyperparameters.put("epsilon", epsilon);
    hyperparameters.put("epsilonInsideRoot", epsilonInsideRoot);
    hyperparameters.put("centered", centered);
    hyperparameters.put("momentum", momentum);
    hyperparameters.put("rateInsideMomentum", rateInsideMomentum);
  }

  @Override
  protected void prepare(long t, double learningRate, double[] scalars) {
    scalars[0] = learningRate;
  }

  @Override
  protected void update(Kernels kernels, Chunk chunk, double[] scalars) {
    double lr = scalars[0];
    double inside = epsilonInsideRoot ? epsilon : 0;
    double outside = epsilonInsideRoot ? 0 : epsilon;
    if (momentum > 0 && rateInsideMomentum) {
      kernels.rmsPropMomentumRateInside(chunk, lr, rho, momentum, inside, outside, centered);
    } else if (centered && momentum > 0) {
      kernels.rmsPropCenteredMomentum(chunk, lr, rho, momentum, inside, outside);
    } else if (centered) {
      kernels.rmsPropCentered(chunk, lr, rho, inside, outside);
    } else if (momentum > 0) {
      kernels.rmsPropMomentum(chunk, lr, rho, momentum, inside, outside);
    } else {
      kernels.rmsProp(chunk, lr, rho, inside, outside);
    }
  }

  private static Slot[] slots(boolean centered, boolean momentum) {
    List<Slot> slots = new ArrayList<>(List.of(Slot.zero("s")));
    if (centered) {
      slots.add(Slot.zero("m"));
    }
    if (momentum) {
      slots.add(Slot.zero("b"));
    }
    return slots.toArray(Slot[]::new);
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
    public RmsProp build() {
      return new RmsProp(this);
    }
  }
}
