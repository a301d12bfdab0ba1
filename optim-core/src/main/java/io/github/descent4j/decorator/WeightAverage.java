package io.github.descent4j.decorator;

import io.github.descent4j.Optimizer;
import io.github.descent4j.internal.BiasCorrection;
import io.github.descent4j.internal.Check;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which average of the parameters {@link Optimizer#averaged} keeps, and of which steps; immutable.
 *
 * <pre>
 * average_1 = p_1,   average_n = average_(n-1) + w_n (p_n - average_(n-1))
 *
 * ema(d):               w_n = 1 - d
 * biasCorrectedEma(d):  w_n = (1 - d) / (1 - d^n)
 * warmedUpEma(d):       w_n = 1 - min(d, n / (9 + n))
 * equal():              w_n = 1 / n
 * </pre>
 *
 * <p>p_n is the parameter at its n-th averaged step. Every step is one, from the first on, unless {@link
 * #startingAfter} and {@link #every} say otherwise.
 *
 * <pre>{@code
 * WeightAverage swa = WeightAverage.equal().startingAfter(7_500).every(100);
 * }</pre>
 */
public final class WeightAverage {

  private enum Kind {
    EMA("ema"),
    BIAS_CORRECTED_EMA("biasCorrectedEma"),
    WARMED_UP_EMA("warmedUpEma"),
    EQUAL("equal");

    final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  private final Kind kind;
  private final double decay;
  private final long start;
  private final long period;

  private WeightAverage(Kind kind, double decay, long start, long period) {
    this.kind = kind;
    this.decay = decay;
    this.start = start;
    this.period = period;
  }

  private WeightAverage(Kind kind, double decay) {
    this(kind, Check.fraction("decay", decay), 0, 1);
  }

  /**
   * The exponential moving average, which begins as a copy and weighs the first parameters
   * accordingly: PyTorch's {@code AveragedModel} with {@code get_ema_multi_avg_fn}.
   *
   * @param decay how much of the average each step keeps, in [0, 1)
   * @throws IllegalArgumentException if it is not
   */
  public static WeightAverage ema(double decay) {
    return new WeightAverage(Kind.EMA, decay);
  }

  /**
   * The exponential moving average from zero, divided by the weights it has: a weighted mean of the
   * parameters so far, with {@code decay^(n - i)} for the i-th of n; Optax's {@code ema} with {@code
   * debias}.
   *
   * @param decay in [0, 1)
   * @throws IllegalArgumentException if it is not
   */
  public static WeightAverage biasCorrectedEma(double decay) {
    return new WeightAverage(Kind.BIAS_CORRECTED_EMA, decay);
  }

  /**
   * The exponential moving average whose decay rises to the given one as {@code (1 + u) / (10 + u)},
   * u the averages before: TensorFlow's {@code ExponentialMovingAverage} with {@code num_updates}.
   *
   * @param decay in [0, 1)
   * @throws IllegalArgumentException if it is not
   */
  public static WeightAverage warmedUpEma(double decay) {
    return new WeightAverage(Kind.WARMED_UP_EMA, decay);
  }

  /**
   * The plain mean: Polyak and Juditsky 1992; with {@link #startingAfter} and {@link #every} the
   * stochastic weight averaging of Izmailov et al. 2018, Algorithm 1.
   */
  public static WeightAverage equal() {
    return new WeightAverage(Kind.EQUAL, 0, 0, 1);
  }

  /**
   * The same over the steps behind the first {@code steps} of the optimizer.
   *
   * @param steps at least 0; 0 by default
   * @throws IllegalArgumentException if it is negative
   */
  public WeightAverage startingAfter(long steps) {
    if (steps < 0) {
      throw new IllegalArgumentException("steps is " + steps + ", expected a number >= 0");
    }
    return new WeightAverage(kind, decay, steps, period);
  }

  /**
   * The same over every {@code steps}-th step behind the start.
   *
   * @param steps at least 1, the default
   * @throws IllegalArgumentException if it is less than 1
   */
  public WeightAverage every(long steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + ", expected a number >= 1");
    }
    return new WeightAverage(kind, decay, start, steps);
  }

  /** Whether the parameters after a step, counted from 1, enter the average. */
  boolean includes(long step) {
    return step > start && (step - start) % period == 0;
  }

  /** The weight of the n-th value, n from 1; that of the first is 1. */
  double weight(long n) {
    if (n == 1) {
      return 1;
    }
    return switch (kind) {
      case EMA -> 1 - decay;
      case BIAS_CORRECTED_EMA -> (1 - decay) / BiasCorrection.of(decay, n);
      case WARMED_UP_EMA -> 1 - Math.min(decay, n / (9.0 + n));
      case EQUAL -> 1.0 / n;
    };
  }

  /** By name, for a state file. */
  Map<String, Object> hyperparameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("average", kind.text);
    if (kind != Kind.EQUAL) {
      all.put("decay", decay);
    }
    all.put("startingAfter", start);
    all.put("every", period);
    return all;
  }

  @Override
  public String toString() {
    return kind.text + "(" + (kind == Kind.EQUAL ? "" : decay) + ")"
        + (start == 0 ? "" : ".startingAfter(" + start + ")")
        + (period == 1 ? "" : ".every(" + period + ")");
  }
}
