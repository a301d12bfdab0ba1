package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;
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
    super("RAdam", builder, f -> define(f, builder));
    double limit = rhoInfinity(builder.beta2);
    if (limit <= builder.rectificationThreshold) {
      LOG.warn(
          "RAdam never rectifies: beta2 = {} gives rho_inf = {}, which does not exceed"
              + " rectificationThreshold = {}",
          builder.beta2,
          limit,
          builder.rectificationThreshold);
    }
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar beta1 = f.hyperparameter("beta1", b.beta1, Range.FRACTION);
    Scalar beta2 = f.hyperparameter("beta2", b.beta2, Range.FRACTION);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);
    boolean onCorrectedRoot = f.option("epsilonOnCorrectedRoot", b.epsilonOnCorrectedRoot);
    Scalar threshold =
        f.hyperparameter("rectificationThreshold", b.rectificationThreshold, Range.atLeast(4));
    BelowThreshold below = f.option("belowThreshold", b.belowThreshold);

    Term g = f.gradient();
    Slot m = f.slot("m");
    Slot v = f.slot("v");
    Term mean = m.set(m.mix(beta1, g));
    Term root = v.set(v.mix(beta2, g.squared())).squareRoot();
    if (onCorrectedRoot) {
      root = root.times(f.scalar("rootScale", s -> 1 / Math.sqrt(s.biasCorrection(beta2))));
    }
    Scalar rectified = f.scalar(
        "rectified",
        s -> s.learningRate()
            / s.biasCorrection(beta1)
            * rectification(beta2.value(), rho(beta2.value(), s.t()))
            * (onCorrectedRoot ? 1 : Math.sqrt(s.biasCorrection(beta2))));
    Scalar plain = f.scalar(
        "plain",
        s -> below == BelowThreshold.NO_STEP ? 0 : s.learningRate() / s.biasCorrection(beta1));
    f.subtract(f.either(
        s -> rho(beta2.value(), s.t()) > threshold.value(),
        rectified.times(mean.over(root.plus(epsilon))),
        plain.times(mean)));
  }

  /** rho_t after infinitely many steps. */
  static double rhoInfinity(double beta2) {
    return 2 / (1 - beta2) - 1;
  }

  /**
   * {@code rho_inf - 2 t beta2^t / (1 - beta2^t)}, to some 2e-12 for every beta2 up to 1 - 1e-9.
   *
   * <p>With x = -ln(beta2) this is coth(x/2) - 2 t / (e^(t x) - 1). While t x is small its two terms are near
   * 2 / x and cancel; with L(y) = coth(y) - 1/y it is t + L(x/2) - t L(t x/2), which does not.
   */
  static double rho(double beta2, long t) {
    double x = -StrictMath.log(beta2);
    double y = t * x / 2;
    return y > 1
        ? rhoInfinity(beta2) - 2 * t / StrictMath.expm1(2 * y)
        : t + langevin(x / 2) - t * langevin(y);
  }

  /** r_t for a rho_t above 4. */
  static double rectification(double beta2, double rho) {
    double limit = rhoInfinity(beta2);
    return Math.sqrt((rho - 4) / (limit - 4) * ((rho - 2) / (limit - 2)) * (limit / rho));
  }

  /** {@code coth(y) - 1/y} for y in [0, 1], by Lambert's continued fraction. */
  private static double langevin(double y) {
    double square = y * y;
    double fraction = 0;
    for (int k = 21; k >= 3; k -= 2) {
      fraction = square / (k + fraction);
    }
    return y == 0 ? 0 : fraction / y;
  }

  /** The factor of the first moment. */
  public double beta1() {
    return number("beta1");
  }

  /** The factor of the second moment. */
  public double beta2() {
    return number("beta2");
  }

  /** What keeps the quotient finite. */
  public double epsilon() {
    return number("epsilon");
  }

  /** Whether epsilon is added to the root of the corrected second moment. */
  public boolean epsilonOnCorrectedRoot() {
    return option("epsilonOnCorrectedRoot", Boolean.class);
  }

  /** Rectifies while rho_t is above this. */
  public double rectificationThreshold() {
    return number("rectificationThreshold");
  }

  /** What a step does while rho_t is not above the threshold. */
  public BelowThreshold belowThreshold() {
    return option("belowThreshold", BelowThreshold.class);
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
    @Override
    public RAdam build() {
      return new RAdam(this);
    }
  }
}
