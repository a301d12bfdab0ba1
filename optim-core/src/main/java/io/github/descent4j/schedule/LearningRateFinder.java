package io.github.descent4j.schedule;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Rprop;
import io.github.descent4j.decorator.NonFiniteGradientException;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.access.ParameterAccess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The learning-rate range test: short training while the rate rises from very small to very large, to
 * see where the loss falls and where it explodes (Smith 2017, section 3.3).
 *
 * <pre>
 * rate_i = from (to / from)^(i / (steps - 1)),  i = 0 .. steps - 1
 * loss_i = the loss after the step with rate_i, on the next batch
 * </pre>
 *
 * <p>The smoothed loss is the running median over the {@code w} losses on each side, {@code w = smoothing / (1 - smoothing)}
 * rounded, and then the mean over a third of that; windows shrink towards both ends. A median leaves rising and falling
 * curves where they are (Tukey 1977, chapter 7), so that an explosion shows at the rate at which it happened, where an average
 * would let it begin windows ahead. The test ends early when a loss or gradient is not finite, or when the exponential average
 * of the losses so far, of the factor {@code smoothing} and corrected for its bias, exceeds its lowest value by {@code
 * divergence - 1} times its absolute value.
 *
 * <pre>{@code
 * LearningRateFinder.Result result = LearningRateFinder.builder().build()
 *     .run(Adam::new, parameters, () -> computeGradients(nextBatch())); // yours; returns the loss
 * OptionalDouble rate = result.steepestDescent();
 * }</pre>
 *
 * <p><b>Defaults.</b> from 1e-7, to 10, steps 100, smoothing 0.9, divergence 4.
 *
 * <p><b>What it leaves.</b> The parameters come back bit for bit, whatever happens. The optimizer is made
 * for the test and forgotten, so that no running optimizer is touched: what a step changes in one need
 * not be undone. What is not the library's does not come back: the position in your data, random
 * numbers, statistics of batch normalization; and gradients are those of the last batch.
 *
 * <p>Immutable; one finder may serve any number of tests.
 */
public final class LearningRateFinder {

  /**
   * The curve of a range test, in the order of the steps.
   *
   * @param rates the rate of each step
   * @param losses the loss after it
   * @param smoothedLosses the losses without their noise, at the same rates
   * @param diverged whether the test ended ahead of its last rate
   * @param firstReliable how many points at the beginning are of too few losses to have a slope
   */
  public record Result(
      List<Double> rates,
      List<Double> losses,
      List<Double> smoothedLosses,
      boolean diverged,
      int firstReliable) {

    /** Takes copies. */
    public Result {
      rates = List.copyOf(rates);
      losses = List.copyOf(losses);
      smoothedLosses = List.copyOf(smoothedLosses);
    }

    /**
     * The rate at which the smoothed loss falls most steeply over the logarithm of the rate, ahead of
     * its minimum: a rate to begin with, as large as it usefully can be.
     *
     * @return empty if the loss did not fall
     */
    public OptionalDouble steepestDescent() {
      int minimum = minimum();
      double steepest = 0;
      OptionalDouble rate = OptionalDouble.empty();
      for (int i = Math.max(1, firstReliable); i < minimum; i++) {
        double slope = (smoothedLosses.get(i + 1) - smoothedLosses.get(i - 1))
            / Math.log(rates.get(i + 1) / rates.get(i - 1));
        if (slope < steepest) {
          steepest = slope;
          rate = OptionalDouble.of(rates.get(i));
        }
      }
      return rate;
    }

    /**
     * A tenth of the rate at which the smoothed loss is lowest: the more careful choice.
     *
     * @return empty if the loss did not fall
     */
    public OptionalDouble tenthOfMinimum() {
      int minimum = minimum();
      return minimum <= firstReliable
          ? OptionalDouble.empty()
          : OptionalDouble.of(rates.get(minimum) / 10);
    }

    private int minimum() {
      return smoothedLosses.isEmpty() ? 0 : smoothedLosses.indexOf(Collections.min(smoothedLosses));
    }
  }

  private final double from;
  private final double to;
  private final int steps;
  private final double smoothing;
  private final double divergence;

  private LearningRateFinder(Builder builder) {
    from = Check.positive("from", builder.from);
    to = Check.require(
        builder.to > from && builder.to < Double.POSITIVE_INFINITY,
        "to",
        builder.to,
        "a finite number > from = " + from);
    steps = (int) Check.atLeast(3, "steps", builder.steps);
    smoothing = Check.fraction("smoothing", builder.smoothing);
    divergence =
        Check.require(builder.divergence > 1, "divergence", builder.divergence, "a number > 1");
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Runs a test and puts the parameters back.
   *
   * @param optimizer makes the optimizer to test, new, without accumulation; a rate of its own or of a
   *     schedule has no effect
   * @param parameters the whole model
   * @param loss fills the gradients for the parameters as they are, of the next batch, and returns the
   *     loss; called once more than there are steps
   * @throws IllegalArgumentException if the optimizer has taken steps already
   * @throws IllegalStateException if the first loss, of the parameters as given, is not finite
   */
  public Result run(
      Supplier<? extends Optimizer> optimizer, Parameters parameters, DoubleSupplier loss) {
    requireNonNull(optimizer, "optimizer is null, expected a supplier of a new one");
    requireNonNull(parameters, "parameters are null, expected the parameters to train");
    requireNonNull(loss, "loss is null, expected a function that fills the gradients");
    Optimizer fresh =
        requireNonNull(optimizer.get(), "optimizer is null, expected a supplier of a new one");
    if (fresh.steps() != 0) {
      throw new IllegalArgumentException("optimizer has taken " + fresh.steps()
          + " steps, expected a new one, which the test may use up: " + fresh);
    }
    List<INDArray> originals = new ArrayList<>();
    for (Parameter parameter : parameters) {
      ParameterAccess.ACCESS.requireOpen(parameter);
      originals.add(parameter.value().dup());
    }
    try {
      return sweep(fresh, parameters, loss);
    } finally {
      for (int i = 0; i < originals.size(); i++) {
        if (!originals.get(i).isEmpty()) {
          parameters.get(i).value().assign(originals.get(i));
        }
      }
    }
  }

  private Result sweep(Optimizer optimizer, Parameters parameters, DoubleSupplier loss) {
    double[] rate = new double[1];
    Optimizer swept = optimizer.scheduled(step -> rate[0]);
    double first = loss.getAsDouble();
    if (!Double.isFinite(first)) {
      throw new IllegalStateException(
          "loss of the parameters as given is " + first + ", expected a finite number");
    }
    List<Rprop> informed = Rprop.needingLoss(optimizer);
    double before = first;
    Curve curve = new Curve();
    boolean diverged = false;
    for (int i = 0; i < steps && !diverged; i++) {
      rate[0] = from * StrictMath.pow(to / from, i / (steps - 1.0));
      for (Rprop rule : informed) {
        rule.loss(before);
      }
      try {
        swept.step(parameters);
      } catch (NonFiniteGradientException e) {
        // What a guard is for ends a test as a loss that is not finite does.
        diverged = true;
        break;
      }
      double after = loss.getAsDouble();
      diverged = !Double.isFinite(after) || curve.add(rate[0], after);
      before = after;
    }
    // As far as the exponential average reaches back, once it is full, or the largest number.
    int window = (int) Math.rint(smoothing / (1 - smoothing));
    return new Result(curve.rates, curve.losses, smoothed(curve.losses, window), diverged, window);
  }

  /** Medians over so many values on each side, then means over a third as many. */
  private static List<Double> smoothed(List<Double> losses, int window) {
    return overWindows(
        overWindows(losses, window, LearningRateFinder::median),
        window / 3,
        values -> Arrays.stream(values).average().orElseThrow());
  }

  private static List<Double> overWindows(
      List<Double> values, int window, ToDoubleFunction<double[]> summary) {
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      // As many on each side, or the curve would move towards the longer one.
      int side = Math.min(window, Math.min(i, values.size() - 1 - i));
      all.add(summary.applyAsDouble(values.subList(i - side, i + side + 1).stream()
          .mapToDouble(Double::doubleValue)
          .toArray()));
    }
    return all;
  }

  /** Of an odd number of values. */
  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /** The points so far, and the average that ends the test. */
  private final class Curve {
    final List<Double> rates = new ArrayList<>();
    final List<Double> losses = new ArrayList<>();
    private double loss;
    private double weight;
    private double lowest = Double.POSITIVE_INFINITY;

    /** Whether this point shows that the loss diverges. */
    boolean add(double newRate, double newLoss) {
      loss = smoothing * loss + (1 - smoothing) * newLoss;
      weight = smoothing * weight + (1 - smoothing);
      double average = loss / weight;
      rates.add(newRate);
      losses.add(newLoss);
      lowest = Math.min(lowest, average);
      return average > lowest + (divergence - 1) * Math.abs(lowest);
    }
  }

  /** Settings of a {@link LearningRateFinder}, at their defaults until set. */
  public static final class Builder {
    private double from = 1e-7;
    private double to = 10;
    private int steps = 100;
    private double smoothing = 0.9;
    private double divergence = 4;

    private Builder() {}

    /** The first rate: finite and above 0. */
    public Builder from(double from) {
      this.from = from;
      return this;
    }

    /** The last rate: finite and above the first. */
    public Builder to(double to) {
      this.to = to;
      return this;
    }

    /** How many rates: at least 3. */
    public Builder steps(int steps) {
      this.steps = steps;
      return this;
    }

    /** How much is smoothed, 0 for nothing, 0.9 over 9 losses on each side: in [0, 1). */
    public Builder smoothing(double smoothing) {
      this.smoothing = smoothing;
      return this;
    }

    /** Ends the test when the average loss is so many times the lowest: above 1, may be infinite. */
    public Builder divergence(double divergence) {
      this.divergence = divergence;
      return this;
    }

    /**
     * Makes the finder.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public LearningRateFinder build() {
      return new LearningRateFinder(this);
    }
  }
}
