package io.github.descent4j.schedule;

import static io.github.descent4j.schedule.FormulaSchedule.endless;
import static io.github.descent4j.schedule.FormulaSchedule.finite;

import io.github.descent4j.internal.Check;
import java.util.Objects;

/**
 * The schedules of the field. Each formula gives the rate of the zero-based step t, in double, with
 * the same bits on every JDK.
 *
 * <p>Rates are finite and at least 0, and numbers of steps at least 1, unless said otherwise; any
 * other argument is an {@link IllegalArgumentException} that names it, and so is a negative step
 * given to {@link Schedule#at}; a null array is a {@link NullPointerException}. "Past the end" says what a schedule with a {@link Schedule#length() length}
 * does after it.
 *
 * <pre>{@code
 * Schedule schedule = Schedules.linearWarmup(500, 1e-3).then(Schedules.cosine(1e-3, 10_000));
 * }</pre>
 *
 * <p>Sources: "D2L" is Zhang et al., Dive into Deep Learning, 12.4 (the lecture's three: piecewise
 * constant, exponential and polynomial decay) and 12.11 (the others).
 */
public final class Schedules {

  private Schedules() {}

  /**
   * The same rate at every step, forever.
   *
   * @param rate the rate
   * @return the schedule, without length
   */
  public static Schedule constant(double rate) {
    Check.atLeastZero("rate", rate);
    return endless(step -> rate, "constant", rate);
  }

  /**
   * One rate until the first boundary, the next until the second, and so on; the last one forever.
   *
   * <pre>
   * rates[i], where i is the number of boundaries at or below t
   * </pre>
   *
   * <p>The new rate begins <em>at</em> the boundary, as in PyTorch's {@code MultiStepLR}. The
   * lecture's formula, eta_i if t_i &lt;= t &lt;= t_(i+1), allows both rates there.
   *
   * @param boundaries the steps at which the rate changes, above 0 and strictly ascending
   * @param rates one more than the boundaries
   * @return the schedule, without length
   */
  public static Schedule piecewiseConstant(long[] boundaries, double... rates) {
    long[] ownBoundaries = Check.ascendingSteps("boundaries", boundaries);
    double[] ownRates = Objects.requireNonNull(rates, "rates is null, expected an array of rates")
        .clone();
    if (ownRates.length != ownBoundaries.length + 1) {
      throw new IllegalArgumentException("rates has length " + ownRates.length
          + ", expected one more than boundaries, which has " + ownBoundaries.length);
    }
    for (int i = 0; i < ownRates.length; i++) {
      Check.atLeastZero("rates[" + i + "]", ownRates[i]);
    }
    return endless(
        step -> ownRates[reached(ownBoundaries, step)],
        "piecewiseConstant",
        ownBoundaries,
        ownRates);
  }

  /**
   * Exponential decay: initialRate e^(-lambda t). It falls forever.
   *
   * @param initialRate the rate of step 0
   * @param lambda the decay per step, finite and at least 0
   * @return the schedule, without length
   */
  public static Schedule exponentialDecay(double initialRate, double lambda) {
    Check.atLeastZero("initialRate", initialRate);
    Check.atLeastZero("lambda", lambda);
    return endless(
        step -> initialRate * StrictMath.exp(-lambda * step),
        "exponentialDecay",
        initialRate,
        lambda);
  }

  /**
   * Polynomial decay: initialRate (beta t + 1)^(-alpha). It falls forever. For a polynomial that
   * arrives at an end rate see {@link #polynomial}.
   *
   * @param initialRate the rate of step 0
   * @param beta finite and at least 0
   * @param alpha finite and at least 0; 0.5 is the choice for convex problems
   * @return the schedule, without length
   */
  public static Schedule polynomialDecay(double initialRate, double beta, double alpha) {
    Check.atLeastZero("initialRate", initialRate);
    Check.atLeastZero("beta", beta);
    Check.atLeastZero("alpha", alpha);
    return endless(
        step -> initialRate * StrictMath.pow(beta * step + 1, -alpha),
        "polynomialDecay",
        initialRate,
        beta,
        alpha);
  }

  /**
   * A constant factor per step: initialRate factor^t, PyTorch's {@code ExponentialLR}. It falls
   * forever. This is {@link #exponentialDecay} with factor = e^(-lambda).
   *
   * @param initialRate the rate of step 0
   * @param factor in (0, 1]
   * @return the schedule, without length
   */
  public static Schedule factor(double initialRate, double factor) {
    return factor(initialRate, factor, 0);
  }

  /**
   * A constant factor per step with a floor: max(minimumRate, initialRate factor^t), D2L's factor
   * scheduler.
   *
   * @param initialRate the rate of step 0
   * @param factor in (0, 1]
   * @param minimumRate in [0, initialRate]
   * @return the schedule, without length
   */
  public static Schedule factor(double initialRate, double factor, double minimumRate) {
    Check.atLeastZero("initialRate", initialRate);
    Check.decayFactor("factor", factor);
    Check.atMost("minimumRate", minimumRate, "initialRate", initialRate);
    return endless(
        step -> Math.max(minimumRate, initialRate * power(factor, step)),
        "factor",
        initialRate,
        factor,
        minimumRate);
  }

  /**
   * A constant factor every stepSize steps: initialRate gamma^floor(t / stepSize), PyTorch's {@code
   * StepLR}. It falls forever.
   *
   * @param initialRate the rate of step 0
   * @param stepSize steps from one reduction to the next
   * @param gamma in (0, 1]
   * @return the schedule, without length
   */
  public static Schedule step(double initialRate, long stepSize, double gamma) {
    Check.atLeastZero("initialRate", initialRate);
    Check.atLeastOne("stepSize", stepSize);
    Check.decayFactor("gamma", gamma);
    return endless(
        step -> initialRate * power(gamma, step / stepSize), "step", initialRate, stepSize, gamma);
  }

  /**
   * A constant factor at each milestone: initialRate gamma^i, where i is the number of milestones
   * at or below t; PyTorch's {@code MultiStepLR}. After the last milestone the rate stays.
   *
   * @param initialRate the rate of step 0
   * @param gamma in (0, 1]
   * @param milestones the first steps of the reduced rates, above 0 and strictly ascending
   * @return the schedule, without length
   */
  public static Schedule multiStep(double initialRate, double gamma, long... milestones) {
    Check.atLeastZero("initialRate", initialRate);
    Check.decayFactor("gamma", gamma);
    long[] ownMilestones = Check.ascendingSteps("milestones", milestones);
    return endless(
        step -> initialRate * power(gamma, reached(ownMilestones, step)),
        "multiStep",
        initialRate,
        gamma,
        ownMilestones);
  }

  /**
   * A straight line: startRate + (endRate - startRate) t / steps. It may rise or fall.
   *
   * <p>Past the end: endRate, which step {@code steps} is the first to have.
   *
   * @param startRate the rate of step 0
   * @param endRate the rate of step {@code steps} and after
   * @param steps the length
   * @return the schedule, with length {@code steps}
   */
  public static Schedule linear(double startRate, double endRate, long steps) {
    Check.atLeastZero("startRate", startRate);
    Check.atLeastZero("endRate", endRate);
    Check.atLeastOne("steps", steps);
    return finite(
        steps,
        endRate,
        between(Annealing.LINEAR, startRate, endRate, steps),
        "linear",
        startRate,
        endRate,
        steps);
  }

  /**
   * A linear warmup whose first step already moves: rate min(1, (t + 1) / steps).
   *
   * <p>Step 0 has rate / steps, and the last of the {@code steps} steps has the full rate. Past the
   * end: the full rate. With 0 steps there is no warmup: step 0 has the full rate, and what {@linkplain
   * Schedule#then(Schedule) follows} begins at once. For a warmup that begins at 0 see {@link #linearWarmup(long, double,
   * double)}.
   *
   * <p>Source: Ma and Yarats, On the adequacy of untuned warmup for adaptive optimization, 2021,
   * with their t counted from 1.
   *
   * @param steps the length, at least 0
   * @param rate the rate after the warmup
   * @return the schedule, with length {@code steps}
   */
  public static Schedule linearWarmup(long steps, double rate) {
    Check.atLeastZero("steps", steps);
    Check.atLeastZero("rate", rate);
    return finite(
        steps, rate, step -> rate * ((step + 1) / (double) steps), "linearWarmup", steps, rate);
  }

  /**
   * A linear warmup from a given rate: startRate + (rate - startRate) t / steps, the form of D2L
   * 12.11.
   *
   * <p>Step 0 has the start rate (with 0, as in D2L, the first step moves nothing), and step {@code
   * steps} is the first to have the full rate. Past the end: the full rate. With 0 steps there is no
   * warmup: step 0 has the full rate.
   *
   * @param steps the length, at least 0
   * @param startRate the rate of step 0, in [0, rate]
   * @param rate the rate after the warmup
   * @return the schedule, with length {@code steps}
   */
  public static Schedule linearWarmup(long steps, double startRate, double rate) {
    Check.atLeastZero("steps", steps);
    Check.atLeastZero("rate", rate);
    Check.atMost("startRate", startRate, "rate", rate);
    return finite(
        steps,
        rate,
        between(Annealing.LINEAR, startRate, rate, steps),
        "linearWarmup",
        steps,
        startRate,
        rate);
  }

  /**
   * A polynomial that arrives at an end rate: endRate + (initialRate - endRate) (1 - t /
   * steps)^power. With endRate 0 this is PyTorch's {@code PolynomialLR} and the "poly" policy of
   * Caffe.
   *
   * <p>Past the end: endRate, which step {@code steps} is the first to have.
   *
   * @param initialRate the rate of step 0
   * @param endRate the rate of step {@code steps} and after
   * @param steps the length
   * @param power finite and above 0
   * @return the schedule, with length {@code steps}
   */
  public static Schedule polynomial(double initialRate, double endRate, long steps, double power) {
    Check.atLeastZero("initialRate", initialRate);
    Check.atLeastZero("endRate", endRate);
    Check.atLeastOne("steps", steps);
    Check.positive("power", power);
    Schedule formula = step -> {
      double weight = StrictMath.pow((steps - step) / (double) steps, power);
      return initialRate * weight + endRate * (1 - weight);
    };
    return finite(steps, endRate, formula, "polynomial", initialRate, endRate, steps, power);
  }

  /**
   * Half a cosine down to 0: {@link #cosine(double, double, long)} with end rate 0.
   *
   * @param initialRate the rate of step 0
   * @param steps the length
   * @return the schedule, with length {@code steps}
   */
  public static Schedule cosine(double initialRate, long steps) {
    return cosine(initialRate, 0, steps);
  }

  /**
   * Half a cosine: endRate + (initialRate - endRate) (1 + cos(pi t / steps)) / 2.
   *
   * <p>Past the end: endRate, which step {@code steps} is the first to have. PyTorch's {@code
   * CosineAnnealingLR} climbs again there.
   *
   * <p>Source: Loshchilov and Hutter, SGDR, 2017, equation 5, without restarts.
   *
   * @param initialRate the rate of step 0
   * @param endRate the rate of step {@code steps} and after
   * @param steps the length
   * @return the schedule, with length {@code steps}
   */
  public static Schedule cosine(double initialRate, double endRate, long steps) {
    Check.atLeastZero("initialRate", initialRate);
    Check.atLeastZero("endRate", endRate);
    Check.atLeastOne("steps", steps);
    return finite(
        steps,
        endRate,
        between(Annealing.COSINE, initialRate, endRate, steps),
        "cosine",
        initialRate,
        endRate,
        steps);
  }

  /**
   * Cosines one after the other, each {@code multiplier} times as long as the one before: endRate +
   * (initialRate - endRate) (1 + cos(pi s / T_i)) / 2, where T_i = period multiplier^i and s counts
   * the steps since restart i. It goes on forever.
   *
   * <p>Source: Loshchilov and Hutter, SGDR, 2017, equation 5.
   *
   * @param initialRate the rate after each restart
   * @param endRate the rate that each cosine approaches
   * @param period the length of the first cosine
   * @param multiplier at least 1
   * @return the schedule, without length
   */
  public static Schedule cosineWarmRestarts(
      double initialRate, double endRate, long period, long multiplier) {
    return new CosineWarmRestarts(initialRate, endRate, period, multiplier);
  }

  /**
   * One rise to the maximum rate and one fall far below the start, with PyTorch's defaults: 30 % of
   * the steps for the rise, from maxRate / 25, by cosine, to maxRate / 250000. {@link OneCycle} has
   * the formula and the options.
   *
   * <p>Past the end: the final rate, which step {@code totalSteps - 1} is the first to have.
   *
   * @param maxRate the rate at the peak
   * @param totalSteps the length
   * @return the schedule, with length {@code totalSteps}
   */
  public static OneCycle oneCycle(double maxRate, long totalSteps) {
    return new OneCycle(maxRate, totalSteps);
  }

  /**
   * Up and down a straight line, forever. With c = floor(t / (stepsUp + stepsDown)) and s = t - c
   * (stepsUp + stepsDown):
   *
   * <pre>
   * h = s / stepsUp                             if s &lt; stepsUp
   * h = (stepsUp + stepsDown - s) / stepsDown   otherwise
   * baseRate + (maxRate - baseRate) h
   * </pre>
   *
   * <p>Source: Smith, Cyclical learning rates for training neural networks, 2017, section 3.
   *
   * @param baseRate the rate at the start of each cycle, in [0, maxRate]
   * @param maxRate the rate at the top
   * @param stepsUp steps from the base to the top
   * @param stepsDown steps from the top to the base
   * @return the schedule, without length
   */
  public static Schedule triangular(double baseRate, double maxRate, long stepsUp, long stepsDown) {
    return triangular("triangular", baseRate, maxRate, stepsUp, stepsDown, 1);
  }

  /**
   * As {@link #triangular}, with the height halved after each cycle: baseRate + (maxRate -
   * baseRate) h / 2^c. It goes on forever, ever closer to the base rate.
   *
   * @param baseRate the rate at the start of each cycle, in [0, maxRate]
   * @param maxRate the rate at the first top
   * @param stepsUp steps from the base to the top
   * @param stepsDown steps from the top to the base
   * @return the schedule, without length
   */
  public static Schedule triangular2(
      double baseRate, double maxRate, long stepsUp, long stepsDown) {
    return triangular("triangular2", baseRate, maxRate, stepsUp, stepsDown, 0.5);
  }

  /**
   * Makes a schedule from its {@link Schedule#expression}: a call of a method of this class, and
   * calls of {@code then}, {@code perEpoch}, {@code scaled} and {@link OneCycle}'s options behind it.
   * Numbers are written as in Java, and the array of {@link #piecewiseConstant} in brackets.
   *
   * <pre>{@code
   * Schedule schedule = Schedules.parse("linearWarmup(500, 1e-3).then(cosine(1e-3, 10000))");
   * Schedule steps = Schedules.parse("piecewiseConstant([2000, 4000], 0.1, 0.01, 0.001)");
   * }</pre>
   *
   * @param expression what to parse: at most 100,000 characters, 1,000 calls, and 100 calls within one
   *     another
   * @return the schedule
   * @throws IllegalArgumentException if it is not an expression or a longer one, names no such method (the
   *     message has the nearest names), or gives one an argument out of its range
   * @throws NullPointerException if it is null
   */
  public static Schedule parse(String expression) {
    Objects.requireNonNull(
        expression, "expression is null, expected a schedule such as cosine(0.1, 100)");
    return new ExpressionParser(expression).schedule();
  }

  private static Schedule triangular(
      String name,
      double baseRate,
      double maxRate,
      long stepsUp,
      long stepsDown,
      double factorPerCycle) {
    Check.atLeastZero("maxRate", maxRate);
    Check.atMost("baseRate", baseRate, "maxRate", maxRate);
    Check.atLeastOne("stepsUp", stepsUp);
    Check.atLeastOne("stepsDown", stepsDown);
    long period = Check.sum("stepsUp", stepsUp, "stepsDown", stepsDown);
    Schedule formula = step -> {
      long position = step % period;
      double height = position < stepsUp
          ? position / (double) stepsUp
          : (period - position) / (double) stepsDown;
      double weight = height * power(factorPerCycle, step / period);
      return maxRate * weight + baseRate * (1 - weight);
    };
    return endless(formula, name, baseRate, maxRate, stepsUp, stepsDown);
  }

  private static Schedule between(
      Annealing annealing, double startRate, double endRate, long steps) {
    return step -> annealing.between(startRate, endRate, step / (double) steps);
  }

  /** How many of the ascending boundaries are at or below the step. */
  private static int reached(long[] boundaries, long step) {
    int count = 0;
    while (count < boundaries.length && boundaries[count] <= step) {
      count++;
    }
    return count;
  }

  private static double power(double base, long exponent) {
    return StrictMath.pow(base, (double) exponent);
  }
}
