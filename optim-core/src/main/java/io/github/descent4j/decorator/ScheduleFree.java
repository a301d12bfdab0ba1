package io.github.descent4j.decorator;

import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.state.Hyperparameters;
import io.github.descent4j.internal.state.ParameterState;
import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Schedule-free learning: SGD or AdamW with an average of its own in place of a falling learning rate (Defazio et al. 2024,
 * equations 2 to 4 and Algorithm 1).
 *
 * <pre>
 * gamma = lr min(1, t / warmupSteps)
 * w = t^r max(gamma so far)^weightLrPower,  c = w / (sum of w so far)
 * u = g                                          SGD
 * v = beta2 v + (1 - beta2) g²,
 * u = g / (sqrt(v / (1 - beta2^t)) + epsilon)    AdamW
 * z -= gamma (u + decayInUpdate p)
 * x = (1 - c) x + c z
 * p = beta x + (1 - beta) z
 * </pre>
 *
 * <p>The parameters p are where gradients are taken (the paper's y). What is evaluated, and kept in the end, is x: it is in
 * place of the parameters within the scope of {@link #applied}, where a step, a save of the state and a load fail.
 *
 * <pre>{@code
 * ScheduleFree optimizer = ScheduleFree.adamW().warmupSteps(500).build();
 * for (Batch batch : batches) {
 *   computeGradients(batch); // yours
 *   optimizer.step(parameters);
 * }
 * try (AveragingOptimizer.Applied average = optimizer.applied(parameters)) {
 *   evaluate(); // yours: with x; parameters.save(file) saves what is to be used
 * } // training goes on from p, bit for bit
 * }</pre>
 *
 * <p><b>Defaults.</b> SGD: learningRate 1; AdamW: learningRate 0.0025, beta2 0.999, epsilon 1e-8. Both: beta 0.9,
 * decayInUpdate 0, warmupSteps 0, r 0, weightLrPower 2.
 *
 * <p><b>Fork.</b> As in the authors' reference files: v is corrected, and weight decay taken at p. Their file of the paper's
 * Algorithm 1 has the correction in gamma, and so in the weights. They keep z alone and compute x from p; here x is kept, so
 * that nothing is lost in half types. Optax has no r; Keras weighs by 1 / t, whatever the rate.
 *
 * <p>Where a schedule outside gives the rate, it is lr. The weights w and the warmup are those of the optimizer, as in the
 * authors' code: a parameter that joins late has an average in which its first value stands for the steps before. The t of v
 * counts the parameter's own steps.
 *
 * <p><b>Slots.</b> {@code x} and {@code z}, which begin as the parameter, and for AdamW {@code v}, uncorrected, from 0. Memory:
 * two arrays, three for AdamW. The sum of w and the largest gamma are part of the {@linkplain OptimizerState#save state file}.
 */
public final class ScheduleFree extends AveragingOptimizer {
  /** The weight of the step under way in the average: what the formula reads. */
  private static final class Weight {
    double c;
  }

  private static final String X = "x";
  private static final String WEIGHT_SUM = "weightSum";
  private static final String LARGEST_RATE = "largestRate";

  private final UpdateRule rule;
  private final Weight weight;
  private final double ownRate;
  private final long warmupSteps;
  private final double r;
  private final double weightLrPower;

  private double weightSum;
  private double largestRate;

  // What both become if the step under way completes.
  private double nextWeightSum;
  private double nextLargestRate;

  private ScheduleFree(Builder<?> builder, Weight weight) {
    super(builder.rule(weight));
    rule = (UpdateRule) inner;
    this.weight = weight;
    ownRate = builder.learningRate;
    warmupSteps = Check.atLeastZero("warmupSteps", builder.warmupSteps);
    r = Check.atLeastZero("r", builder.r);
    weightLrPower = Check.atLeastZero("weightLrPower", builder.weightLrPower);
  }

  /** Starts from the defaults of the form of SGD. */
  public static SgdBuilder sgd() {
    return new SgdBuilder();
  }

  /** Starts from the defaults of the form of AdamW. */
  public static AdamWBuilder adamW() {
    return new AdamWBuilder();
  }

  /** The sum of the weights w of all steps. */
  public double weightSum() {
    return weightSum;
  }

  /** The largest gamma of all steps. */
  public double largestRate() {
    return largestRate;
  }

  @Override
  public double learningRate() {
    return learningRateFrom(ownRate);
  }

  @Override
  protected double learningRateFrom(double handedIn) {
    return super.learningRateFrom(warmedUp(handedIn));
  }

  private double warmedUp(double rate) {
    long t = rule.steps() + 1;
    return t < warmupSteps ? rate * ((double) t / warmupSteps) : rate;
  }

  @Override
  protected void check(StepContext context) {
    context.requireWholeGradients(this);
    requireNotApplied();
    context.learningRate(warmedUp(context.hasLearningRate() ? context.rate() : ownRate));
    long t = rule.steps() + 1;
    nextLargestRate = Math.max(largestRate, context.learningRateOr(ownRate));
    double w = power(t, r) * power(nextLargestRate, weightLrPower);
    nextWeightSum = weightSum + w;
    if (!(nextWeightSum < Double.POSITIVE_INFINITY)) {
      throw new IllegalStateException(
          "sum of weights is " + nextWeightSum + " at step " + t + " with r = " + r
              + " and weightLrPower = " + weightLrPower + ", expected a finite number");
    }
    // Nothing moves at a rate of 0.
    weight.c = w == 0 ? 0 : w / nextWeightSum;
    beginInner(context);
  }

  /** {@code base^exponent}; the usual exponents take no function that allocates. */
  private static double power(double base, double exponent) {
    if (exponent == 0) {
      return 1;
    }
    if (exponent == 1) {
      return base;
    }
    return exponent == 2 ? base * base : StrictMath.pow(base, exponent);
  }

  @Override
  protected void commit(StepContext context) {
    finishInner(context);
    weightSum = nextWeightSum;
    largestRate = nextLargestRate;
  }

  @Override
  void requireMatch(Parameter parameter) {
    if (!rule.state().parameters().contains(parameter.name())) {
      return;
    }
    INDArray value = parameter.value();
    INDArray x = rule.state().slot(parameter.name(), X);
    if (!Arrays.equals(value.shape(), x.shape())
        || ParameterState.slotType(value.dataType()) != x.dataType()) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "parameter is '%s', expected shape %s and an average of type %s as at its first step",
          parameter,
          Arrays.toString(x.shape()),
          x.dataType()));
    }
  }

  @Override
  ArrayMemory averageMemory(String parameterName) {
    return rule.state().parameters().contains(parameterName)
        ? ArrayMemory.of(rule.state().slot(parameterName, X))
        : null;
  }

  @Override
  protected String savedAs() {
    return "scheduleFree";
  }

  @Override
  protected void saveOwn(StateWriter out) {
    Hyperparameters.save(hyperparameters(), out);
    out.put(WEIGHT_SUM, weightSum);
    out.put(LARGEST_RATE, largestRate);
  }

  @Override
  protected void loadOwn(StateReader in) {
    Hyperparameters.compare(hyperparameters(), this, in);
    double sum = number(WEIGHT_SUM, in);
    double largest = number(LARGEST_RATE, in);
    in.whenAllIsWell(() -> {
      weightSum = sum;
      largestRate = largest;
    });
  }

  private static double number(String name, StateReader in) {
    double number = in.number(name);
    if (!(number >= 0 && number < Double.POSITIVE_INFINITY)) {
      throw in.bad(name, "a finite number >= 0");
    }
    return number;
  }

  private Map<String, Object> hyperparameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("warmupSteps", warmupSteps);
    all.put("r", r);
    all.put("weightLrPower", weightLrPower);
    return all;
  }

  @Override
  public String toString() {
    return rule + ".scheduleFree" + hyperparameters();
  }

  /**
   * What both forms have in common.
   *
   * @param <B> the form's own builder
   */
  public abstract static class Builder<B extends Builder<B>> {
    private double learningRate;
    private double beta = 0.9;
    private double decayInUpdate = 0;
    private long warmupSteps = 0;
    private double r = 0;
    private double weightLrPower = 2;

    private Builder(double learningRate) {
      this.learningRate = learningRate;
    }

    abstract B self();

    /** The id of the rule in state files. */
    abstract String id();

    /** What is taken off z, times the rate, ahead of weight decay. */
    abstract Term update(Formula f);

    /** The step size where no schedule gives one: finite and at least 0. */
    public B learningRate(double learningRate) {
      this.learningRate = learningRate;
      return self();
    }

    /** How near to the average gradients are taken: in [0, 1). */
    public B beta(double beta) {
      this.beta = beta;
      return self();
    }

    /** Weight decay at the parameters, as part of the update of z: finite and at least 0. */
    public B decayInUpdate(double decayInUpdate) {
      this.decayInUpdate = decayInUpdate;
      return self();
    }

    /** The steps in which the rate rises from 0: at least 0. */
    public B warmupSteps(long warmupSteps) {
      this.warmupSteps = warmupSteps;
      return self();
    }

    /** The power of the step in the weight of the average: finite and at least 0. */
    public B r(double r) {
      this.r = r;
      return self();
    }

    /** The power of the largest rate in the weight of the average: finite and at least 0. */
    public B weightLrPower(double weightLrPower) {
      this.weightLrPower = weightLrPower;
      return self();
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    public ScheduleFree build() {
      return new ScheduleFree(this, new Weight());
    }

    private UpdateRule rule(Weight weight) {
      return UpdateRule.of(id(), learningRate, f -> define(f, weight));
    }

    private void define(Formula f, Weight weight) {
      Scalar interpolation = f.hyperparameter("beta", beta, Range.FRACTION);
      Scalar decay = f.hyperparameter("decayInUpdate", decayInUpdate, Range.AT_LEAST_ZERO);
      Term p = f.parameter();
      Slot x = f.slot(X);
      Slot z = f.slot("z");
      Term update = update(f);
      if (decay.value() > 0) {
        update = update.plus(decay.times(p));
      }
      Term from = f.either(s -> s.t() == 1, p, z);
      Term fromAverage = f.either(s -> s.t() == 1, p, x);
      Term moved = z.set(from.minus(f.learningRate().times(update)));
      Term averaged = x.set(moved.mix(f.scalar("c", s -> weight.c), fromAverage));
      f.update(averaged.mix(interpolation, moved));
    }
  }

  /** Hyperparameters of the form of SGD, at their defaults until set. */
  public static final class SgdBuilder extends Builder<SgdBuilder> {
    private SgdBuilder() {
      super(1);
    }

    @Override
    SgdBuilder self() {
      return this;
    }

    @Override
    String id() {
      return "ScheduleFreeSgd";
    }

    @Override
    Term update(Formula f) {
      return f.gradient();
    }
  }

  /** Hyperparameters of the form of AdamW, at their defaults until set. */
  public static final class AdamWBuilder extends Builder<AdamWBuilder> {
    private double beta2 = 0.999;
    private double epsilon = 1e-8;

    private AdamWBuilder() {
      super(0.0025);
    }

    @Override
    AdamWBuilder self() {
      return this;
    }

    @Override
    String id() {
      return "ScheduleFreeAdamW";
    }

    /** The factor of the second moment: in [0, 1). */
    public AdamWBuilder beta2(double beta2) {
      this.beta2 = beta2;
      return this;
    }

    /** Keeps the quotient finite: finite and above 0. */
    public AdamWBuilder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    @Override
    Term update(Formula f) {
      Scalar decay = f.hyperparameter("beta2", beta2, Range.FRACTION);
      Scalar least = f.epsilon("epsilon", epsilon);
      Slot v = f.slot("v");
      Term root = v.set(v.mix(decay, f.gradient().squared())).squareRoot();
      Scalar rootScale = f.scalar("rootScale", s -> 1 / Math.sqrt(s.biasCorrection(decay)));
      return f.gradient().over(root.times(rootScale).plus(least));
    }
  }
}
