package io.github.descent4j.batch;

import io.github.descent4j.batch.LineSearchResult.Status;
import io.github.descent4j.internal.Check;

/**
 * The search of Hager and Zhang (<i>A new conjugate gradient method with guaranteed descent and an efficient line search</i>, SIAM
 * Journal on Optimization 16, 2005, section 4) for a step of the Wolfe conditions or, close to a minimum, of the approximate ones.
 *
 * <pre>
 * T1: phi(a) &lt;= phi(0) + sufficientDecrease a phi'(0)   and   phi'(a) &gt;= curvature phi'(0)
 * T2: (2 sufficientDecrease - 1) phi'(0) &gt;= phi'(a) &gt;= curvature phi'(0)   and   phi(a) &lt;= phi(0) + valueError |phi(0)|
 * </pre>
 *
 * <p>T2 is exact where T1 drowns in the rounding of values, so that gradients can be made smaller; the value may rise by the error. The
 * interval is bracketed by growth (rho 5), updated by bisection (theta 0.5), and shrunk by the double secant step (gamma 0.66).
 *
 * <p><b>Defaults.</b> sufficientDecrease 0.1, curvature 0.9, valueError 1e-6, maxStep 1e10, maxEvaluations 50.
 *
 * <p><b>Addition.</b> A step at which the function is not finite is the upper end of no interval: the search goes back to a tenth of
 * it.
 */
public final class HagerZhang implements LineSearch {
  private static final double GROWTH = 5;
  private static final double BISECTION = 0.5;
  private static final double SHRINKAGE = 0.66;
  private static final double BACK = 0.1;

  private final double sufficientDecrease;
  private final double curvature;
  private final double valueError;
  private final double maxStep;
  private final int maxEvaluations;

  /** With the defaults. */
  public HagerZhang() {
    this(builder());
  }

  private HagerZhang(Builder builder) {
    sufficientDecrease = Check.require(
        builder.sufficientDecrease > 0 && builder.sufficientDecrease < 0.5,
        "sufficientDecrease",
        builder.sufficientDecrease,
        "a number in (0, 0.5)");
    curvature = Check.require(
        builder.curvature >= sufficientDecrease && builder.curvature < 1,
        "curvature",
        builder.curvature,
        "a number in [sufficientDecrease = " + sufficientDecrease + ", 1)");
    valueError = Check.atLeastZero("valueError", builder.valueError);
    maxStep = Check.positive("maxStep", builder.maxStep);
    maxEvaluations = Check.count(1, "maxEvaluations", builder.maxEvaluations);
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public LineSearchResult search(
      LineFunction function, double value, double slope, double suggested) {
    return new Search(function, value, slope).run(Math.min(suggested, maxStep));
  }

  @Override
  public String toString() {
    return "HagerZhang(sufficientDecrease=" + sufficientDecrease + ", curvature=" + curvature
        + ", valueError=" + valueError + ", maxStep=" + maxStep + ", maxEvaluations="
        + maxEvaluations + ")";
  }

  /** One search; a and b are the ends of the interval, as in the paper. */
  private final class Search {
    private final LineFunction function;
    private final double value0;
    private final double slope0;
    private final double highest;
    private int evaluations;

    /** What was evaluated last. */
    private double step;

    private double value;
    private double slope;

    private double a;
    private double slopeA;
    private double b;
    private double slopeB;

    private double lowestStep;
    private double lowestValue;
    private LineSearchResult result;

    Search(LineFunction function, double value0, double slope0) {
      this.function = function;
      this.value0 = value0;
      this.slope0 = slope0;
      highest = value0 + valueError * Math.abs(value0);
      lowestValue = value0;
    }

    LineSearchResult run(double suggested) {
      if (bracket(suggested)) {
        return result;
      }
      while (true) {
        double width = b - a;
        if (doubleSecant()) {
          return result;
        }
        if (b - a > SHRINKAGE * width && tryAndUpdate((a + b) / 2)) {
          return result;
        }
        if (b - a >= width || b - a <= 1e-14 * b) {
          return giveUp();
        }
      }
    }

    /** Whether the search is over: evaluates, and sets the result if the step is good or the limit reached. */
    private boolean isOver(double next) {
      step = next;
      value = function.value(step);
      evaluations++;
      slope = Double.isNaN(value) ? Double.NaN : function.slope();
      if (value < lowestValue) {
        lowestValue = value;
        lowestStep = step;
      }
      boolean wolfe = value <= value0 + sufficientDecrease * step * slope0;
      boolean approximate = value <= highest && slope <= (2 * sufficientDecrease - 1) * slope0;
      if ((wolfe || approximate) && slope >= curvature * slope0) {
        result = new LineSearchResult(step, value, evaluations, Status.FOUND);
      } else if (evaluations >= maxEvaluations) {
        giveUp();
      }
      return result != null;
    }

    private LineSearchResult giveUp() {
      boolean low =
          lowestStep > 0 && lowestValue <= value0 + sufficientDecrease * lowestStep * slope0;
      result = low
          ? new LineSearchResult(lowestStep, lowestValue, evaluations, Status.DECREASED)
          : LineSearchResult.failed(value0, evaluations);
      return result;
    }

    /** B0 to B3. */
    private boolean bracket(double suggested) {
      double next = suggested;
      double lastLow = 0;
      double lastLowSlope = slope0;
      double greatest = maxStep;
      while (true) {
        if (isOver(next)) {
          return true;
        }
        if (Double.isNaN(value)) {
          greatest = next;
          next = lastLow + BACK * (next - lastLow);
        } else if (slope >= 0) {
          interval(lastLow, lastLowSlope, step, slope);
          return false;
        } else if (value > highest) {
          return bisect(0, slope0, step);
        } else if (step >= greatest) {
          // Short of where there is no value, or without a decrease, this is no endless fall.
          if (greatest == maxStep && value <= value0 + sufficientDecrease * step * slope0) {
            result = new LineSearchResult(step, value, evaluations, Status.STILL_FALLING);
          } else {
            giveUp();
          }
          return true;
        } else {
          lastLow = step;
          lastLowSlope = slope;
          next = GROWTH * step;
          if (next >= greatest) {
            next = greatest == maxStep ? maxStep : (step + greatest) / 2;
          }
        }
      }
    }

    private void interval(double from, double fromSlope, double to, double toSlope) {
      a = from;
      slopeA = fromSlope;
      b = to;
      slopeB = toSlope;
    }

    /** U3: between a low step that falls and a high step that falls, too. */
    private boolean bisect(double low, double lowSlope, double high) {
      double from = low;
      double fromSlope = lowSlope;
      double to = high;
      while (true) {
        double next = (1 - BISECTION) * from + BISECTION * to;
        if (next <= from || next >= to) {
          giveUp();
          return true;
        }
        if (isOver(next)) {
          return true;
        }
        if (slope >= 0) {
          interval(from, fromSlope, step, slope);
          return false;
        }
        if (value <= highest) {
          from = step;
          fromSlope = slope;
        } else {
          to = step;
        }
      }
    }

    /** U0 to U3 for a step, if it lies inside. */
    private boolean tryAndUpdate(double next) {
      if (!(next > a && next < b)) {
        return false;
      }
      if (isOver(next)) {
        return true;
      }
      if (slope >= 0) {
        b = step;
        slopeB = slope;
        return false;
      }
      if (value <= highest) {
        a = step;
        slopeA = slope;
        return false;
      }
      return bisect(a, slopeA, step);
    }

    /** S1 to S4. */
    private boolean doubleSecant() {
      double oldA = a;
      double oldSlopeA = slopeA;
      double oldB = b;
      double oldSlopeB = slopeB;
      double c = secant(a, slopeA, b, slopeB);
      if (tryAndUpdate(c)) {
        return true;
      }
      if (c == b) {
        return tryAndUpdate(secant(oldB, oldSlopeB, b, slopeB));
      }
      return c == a && tryAndUpdate(secant(oldA, oldSlopeA, a, slopeA));
    }

    private static double secant(double p, double slopeP, double q, double slopeQ) {
      return (p * slopeQ - q * slopeP) / (slopeQ - slopeP);
    }
  }

  /** Settings of {@link HagerZhang}, at their defaults until set. */
  public static final class Builder extends LineSearchBuilder.Wolfe<Builder> {
    private double valueError = 1e-6;

    private Builder() {
      super(0.1, 0.9, 50);
    }

    @Override
    Builder self() {
      return this;
    }

    /** What a value may rise by, relative to phi(0), epsilon: at least 0. */
    public Builder valueError(double valueError) {
      this.valueError = valueError;
      return this;
    }

    /**
     * Makes the search.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public HagerZhang build() {
      return new HagerZhang(this);
    }
  }
}
