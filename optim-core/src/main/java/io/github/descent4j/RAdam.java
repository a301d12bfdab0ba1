package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.internal.Check;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rectified Adam: Adam whose step is scaled by how well the second moment is known, with a plain
 * momentum step while it is not (Liu et al. 2020, Algorithm 2).
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g²
 * rho_inf = 2 / (1 - beta2) - 1
 * rho_t = rho_inf - 2 t beta2^t / (1 - beta2^t)
 * if rho_t &gt; threshold:
 *   r_t = sqrt((rho_t - 4) (rho_t - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho_t))
 *   p -= lr r_t (m / (1 - beta1^t)) sqrt(1 - beta2^t) / (sqrt(v) + epsilon)
 * else:
 *   p -= lr m / (1 - beta1^t)
 * </pre>
 *
 * <p><b>Defaults.</b> learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, epsilonOnCorrectedRoot
 * false, rectificationThreshold 5, belowThreshold MOMENTUM_STEP, no weight decay.
 *
 * <p><b>Fork.</b> The threshold is 5, as in the authors' code and PyTorch, where the paper has 4: with
 * beta2 from 0.9 to 0.999 rectification starts at t = 6, not 5. Epsilon is added to the uncorrected
 * root, as in PyTorch; Optax adds it to the corrected one, which {@code epsilonOnCorrectedRoot(true)}
 * does. Below the threshold the authors' code can
 * also leave the parameter alone, which is NO_STEP. With beta2 of at most 2/3 and threshold 5 it never
 * rectifies, which is logged as a warning.
 *
 * <p><b>Slots.</b> {@code m} and {@code v}, the uncorrected moments, in the parameter's shape, from 0.
 * Memory: two arrays.
 *
 * <pre>{@code
 * Optimizer optimizer = new RAdam(1e-3);
 * optimizer.step(parameters);
 * }</pre>
 */
public final class RAdam extends UpdateRule {
  private static final Logger LOG = LoggerFactory.getLogger(RAdam.class);

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final boolean epsilonOnCorrectedRoot;
  private final double rectificationThreshold;
  private final BelowThreshold belowThreshold;
  private final double rhoInfinity;

  /** With the default hyperparameters. */
  public RAdam() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public RAdam(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private RAdam(Builder builder) {
    super("RAdam", builder, Slot.zero("m"), Slot.zero("v"));
    beta1 = Check.fraction("beta1", builder.beta1);
    beta2 = Check.fraction("beta2", builder.beta2);
    epsilon = Check.positive("epsilon", builder.epsilon);
    epsilonOnCorrectedRoot = builder.epsilonOnCorrectedRoot;
    rectificationThreshold =
        Check.atLeast(4, "rectificationThreshold", builder.rectificationThreshold);
    belowThreshold = builder.belowThreshold;
    rhoInfinity = 2 / (1 - beta2) - 1;
    if (rhoInfinity <= rectificationThreshold) {
      LOG.warn(
          "RAdam never rectifies: beta2 = {} gives rho_inf = {}, which does not exceed"
              + " rectificationThreshold = {}",
          beta2,
          rhoInfinity,
          rectificationThreshold);
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
    hyperparameters.put("epsilonOnCorrectedRoot", epsilonOnCorrectedRoot);
    hyperparameters.put("rectificationThreshold", rectificationThreshold);
    hyperparameters.put("belowThreshold", belowThreshold);
  }

  @Override
  protected void prepare(long t, double learningRate, double[] scalars) {
    double beta2Power = StrictMath.pow(beta2, t);
    // As written in the paper: any rearrangement loses digits at the first steps for beta2 near 1.
    double rho = rhoInfinity - 2 * t * beta2Power / (1 - beta2Power);
    double corrected = learningRate / (1 - StrictMath.pow(beta1, t));
    boolean rectified = rho > rectificationThreshold;
    scalars[0] = rectified ? 1 : 0;
    if (rectified) {
      double r = Math.sqrt(
          (rho - 4) * (rho - 2) * rhoInfinity / ((rhoInfinity - 4) * (rhoInfinity - 2) * rho));
      double root = Math.sqrt(1 - beta2Power);
      scalars[1] = corrected * r * (epsilonOnCorrectedRoot ? 1 : root);
      scalars[2] = 1 / root;
    } else {
      scalars[1] = belowThreshold == BelowThreshold.MOMENTUM_STEP ? corrected : 0;
    }
  }

  @Override
  protected void update(Kernels kernels, Chunk chunk, double[] scalars) {
    if (scalars[0] == 1 && epsilonOnCorrectedRoot) {
      kernels.adam(chunk, beta1, beta2, scalars[1], scalars[2], epsilon);
    } else if (scalars[0] == 1) {
      kernels.rAdam(chunk, beta1, beta2, scalars[1], epsilon);
    } else {
      kernels.rAdamUnrectified(chunk, beta1, beta2, scalars[1]);
    }
  }

  /** What a step does while the variance of the second moment is not tractable. */
  public enum BelowThreshold {
    /** {@code p -= lr m / (1 - beta1^t)}, as in the paper. */
    MOMENTUM_STEP,
    /** The moments advance, the parameter stays. */
    NO_STEP
  }

  /** Hyperparameters of {@link RAdam}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private boolean epsilonOnCorrectedRoot = false;
    private double rectificationThreshold = 5;
    private BelowThreshold belowThreshold = BelowThreshold.MOMENTUM_STEP;

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

    /** Rectifies while rho_t is above this: finite and at least 4, where r_t becomes real. */
    public Builder rectificationThreshold(double rectificationThreshold) {
      this.rectificationThreshold = rectificationThreshold;
      return this;
    }

    /** What a step does while rho_t is not above the threshold. */
    public Builder belowThreshold(BelowThreshold belowThreshold) {
      this.belowThreshold = requireNonNull(
          belowThreshold, "belowThreshold is null, expected MOMENTUM_STEP or NO_STEP");
      return this;
    }
    /** Whether epsilon is added to the root of the corrected second moment or of the uncorrected one. */
    public Builder epsilonOnCorrectedRoot(boolean epsilonOnCorrectedRoot) {
      this.epsilonOnCorrectedRoot = epsilonOnCorrectedRoot;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    public RAdam build() {
      return new RAdam(this);
    }
  }
}
