package io.github.descent4j;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;
import java.util.Arrays;

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
    super("NAdam", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Scalar beta1 = f.hyperparameter("beta1", b.beta1, Range.FRACTION);
    Scalar beta2 = f.hyperparameter("beta2", b.beta2, Range.FRACTION);
    Scalar epsilon = f.epsilon("epsilon", b.epsilon);
    f.hyperparameter("momentumDecay", b.momentumDecay, Range.AT_LEAST_ZERO);

    MomentumProduct product = new MomentumProduct(b.beta1, b.momentumDecay);
    Scalar gradientStep = f.scalar(
        "gradientStep",
        s -> s.learningRate() * (1 - product.factor(s.t())) / product.complement(s.t()));
    Scalar momentumStep = f.scalar(
        "momentumStep",
        s -> s.learningRate() * product.nextFactor(s.t()) / product.nextComplement(s.t()));
    Scalar rootScale = f.scalar("rootScale", s -> 1 / Math.sqrt(s.biasCorrection(beta2)));

    Term g = f.gradient();
    Slot m = f.slot("m");
    Slot v = f.slot("v");
    Term mean = m.set(m.mix(beta1, g));
    Term root = v.set(v.mix(beta2, g.squared())).squareRoot().times(rootScale);
    Term direction = gradientStep.times(g).plus(momentumStep.times(mean));
    f.subtract(direction.over(root.plus(epsilon)));
  }

  /**
   * P_t and 1 - P_t. They depend on t alone, but only as a product of t factors: the last few are kept, so that each
   * step multiplies once, always in the same order.
   */
  static final class MomentumProduct {
    /** Below this, {@code 1 - P_t} is a sum, since the subtraction would lose digits. */
    private static final double SMALL = 0x1p-10;

    private static final int KEPT = 8;

    private final double beta1;
    private final double momentumDecay;
    private final long[] steps = new long[KEPT];
    private final double[] products = new double[KEPT];
    private final double[] lacking = new double[KEPT];
    private final double[] factors = new double[KEPT];
    private final double[] nextFactors = new double[KEPT];
    private int oldest;

    MomentumProduct(double beta1, double momentumDecay) {
      this.beta1 = beta1;
      this.momentumDecay = momentumDecay;
      Arrays.fill(products, 1);
    }

    /** mu_t. */
    double factor(long t) {
      return factors[find(t)];
    }

    /** mu_(t+1). */
    double nextFactor(long t) {
      return nextFactors[find(t)];
    }

    private double computeFactor(long t) {
      return beta1 * (1 - 0.5 * StrictMath.pow(0.96, t * momentumDecay));
    }

    /** P_t. */
    double product(long t) {
      return products[find(t)];
    }

    /** 1 - P_t. */
    double complement(long t) {
      int place = find(t);
      return complement(products[place], lacking[place]);
    }

    /** 1 - P_(t+1). */
    double nextComplement(long t) {
      int place = find(t);
      double next = nextFactors[place];
      return complement(products[place] * next, lacking[place] + products[place] * (1 - next));
    }

    private static double complement(double product, double lacking) {
      return lacking < SMALL ? lacking : 1 - product;
    }

    private int find(long t) {
      int nearest = -1;
      for (int k = 0; k < KEPT; k++) {
        if (steps[k] == t) {
          return k;
        }
        if (steps[k] < t && (nearest < 0 || steps[k] > steps[nearest])) {
          nearest = k;
        }
      }
      double current = nearest >= 0 && t > 1 && steps[nearest] == t - 1
          ? nextFactors[nearest]
          : computeFactor(t);
      long known = nearest < 0 ? 0 : steps[nearest];
      double product = nearest < 0 ? 1 : products[nearest];
      double sum = nearest < 0 ? 0 : lacking[nearest];
      // A product this small has long ceased to matter: after loading a million steps it does not
      // take as many.
      for (long i = known + 1; i <= t && product >= Double.MIN_NORMAL; i++) {
        double factor = i == t ? current : computeFactor(i);
        sum += product * (1 - factor);
        product *= factor;
      }
      int place = oldest;
      oldest = (oldest + 1) % KEPT;
      steps[place] = t;
      products[place] = product;
      lacking[place] = sum;
      factors[place] = current;
      nextFactors[place] = computeFactor(t + 1);
      return place;
    }
  }

  /** The factor of the first moment, and the limit of the momentum's. */
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

  /** How fast the momentum's factor rises from beta1 / 2 to beta1. */
  public double momentumDecay() {
    return number("momentumDecay");
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
    @Override
    public NAdam build() {
      return new NAdam(this);
    }
  }
}
