package io.github.descent4j.batch;

import static java.lang.Math.abs;
import static java.lang.Math.max;
import static java.lang.Math.min;
import static java.lang.Math.sqrt;

import io.github.descent4j.batch.LineSearchResult.Status;
import io.github.descent4j.internal.Check;

/**
 * The search of Moré and Thuente (<i>Line search algorithms with guaranteed sufficient decrease</i>, ACM Transactions on Mathematical
 * Software 20, 1994) for a step of the strong Wolfe conditions.
 *
 * <pre>
 * phi(a) &lt;= phi(0) + sufficientDecrease a phi'(0)   and   |phi'(a)| &lt;= curvature |phi'(0)|
 * </pre>
 *
 * <p>An interval that holds such a step is updated from safeguarded cubic and quadratic interpolation; before there is one, the step
 * grows by the interpolation but at most fivefold (1.1 to 4 times the last change). The tests and their order are those of MINPACK-2.
 *
 * <p><b>Defaults.</b> sufficientDecrease 1e-4, curvature 0.9 (for conjugate gradients, which ask for more exact steps, {@link
 * ConjugateGradient} has 0.1), minStep 0, maxStep 1e10, intervalTolerance 1e-10, maxEvaluations 30.
 *
 * <p><b>Two additions</b>, which change nothing where values are exact and finite. Where the value is not finite, the step goes back to a
 * quarter of the way from the best one, and is never as long again. Where phi(a) - phi(0) is within eight roundings of phi(0), so that
 * the first condition is a matter of chance, phi'(a) &lt;= (2 sufficientDecrease - 1) phi'(0) stands in for it: on a quadratic the two
 * are the same (Hager and Zhang 2005, equation 1.4). So a search close to a minimum goes on by slopes.
 */
public final class MoreThuente implements LineSearch {
  private static final double LOWER_EXTRAPOLATION = 1.1;
  private static final double UPPER_EXTRAPOLATION = 4;
  private static final double SHRINKAGE = 0.66;
  private static final double BACK = 0.25;
  private static final double ROUNDINGS = 8;

  private final double sufficientDecrease;
  private final double curvature;
  private final double minStep;
  private final double maxStep;
  private final double intervalTolerance;
  private final int maxEvaluations;

  /** With the defaults. */
  public MoreThuente() {
    this(builder());
  }

  private MoreThuente(Builder builder) {
    sufficientDecrease = Check.between("sufficientDecrease", builder.sufficientDecrease);
    curvature = Check.between("curvature", builder.curvature);
    minStep = Check.atLeastZero("minStep", builder.minStep);
    maxStep = Check.require(
        builder.maxStep > minStep && builder.maxStep < Double.POSITIVE_INFINITY,
        "maxStep",
        builder.maxStep,
        "a finite number > minStep = " + minStep);
    intervalTolerance = Check.atLeastZero("intervalTolerance", builder.intervalTolerance);
    maxEvaluations = Check.count(1, "maxEvaluations", builder.maxEvaluations);
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public LineSearchResult search(
      LineFunction function, double value, double slope, double suggested) {
    return new Search(function, value, slope).run(suggested);
  }

  @Override
  public String toString() {
    return "MoreThuente(sufficientDecrease=" + sufficientDecrease + ", curvature=" + curvature
        + ", minStep=" + minStep + ", maxStep=" + maxStep + ", intervalTolerance="
        + intervalTolerance + ", maxEvaluations=" + maxEvaluations + ")";
  }

  /** One search; the names are the paper's: x is the best step, y the other end of the interval. */
  private final class Search {
    private final LineFunction function;
    private final double value0;
    private final double slope0;
    private final double promised;
    private double greatest = maxStep;

    private double stepX;
    private double valueX;
    private double slopeX;
    private double stepY;
    private double valueY;
    private double slopeY;
    private boolean bracketed;

    Search(LineFunction function, double value0, double slope0) {
      this.function = function;
      this.value0 = value0;
      this.slope0 = slope0;
      promised = sufficientDecrease * slope0;
      valueX = value0;
      slopeX = slope0;
      valueY = value0;
      slopeY = slope0;
    }

    LineSearchResult run(double suggested) {
      double step = min(max(suggested, minStep), maxStep);
      double lower = 0;
      double upper = step + UPPER_EXTRAPOLATION * step;
      double width = maxStep - minStep;
      double widthBefore = 2 * width;
      boolean first = true;
      double noise = ROUNDINGS * function.precision() * abs(value0);
      for (int evaluations = 1; ; evaluations++) {
        double value = function.value(step);
        boolean last = evaluations == maxEvaluations;
        if (Double.isNaN(value)) {
          if (last) {
            return best(evaluations);
          }
          greatest = min(greatest, step);
          step = stepX + BACK * (step - stepX);
          continue;
        }
        double slope = function.slope();
        double allowed = value0 + step * promised;
        boolean low = value <= allowed;
        if (first && low && slope >= 0) {
          first = false;
        }
        boolean flat = abs(slope) <= -curvature * slope0;
        boolean lowByRounding =
            abs(value - value0) <= noise && slope <= (2 * sufficientDecrease - 1) * slope0;
        if (flat && (low || lowByRounding)) {
          return new LineSearchResult(step, value, evaluations, Status.FOUND);
        }
        boolean out = bracketed && (step <= lower || step >= upper);
        boolean narrow = bracketed && upper - lower <= intervalTolerance * upper;
        boolean longest = step >= greatest && low && slope <= promised;
        boolean shortest = step <= minStep && (!low || slope >= promised);
        if (longest) {
          Status status = greatest == maxStep ? Status.STILL_FALLING : Status.DECREASED;
          return new LineSearchResult(step, value, evaluations, status);
        }
        if (out || narrow || shortest || last) {
          return low && value <= valueX
              ? new LineSearchResult(step, value, evaluations, Status.DECREASED)
              : best(evaluations);
        }

        double next;
        if (first && value <= valueX && !low) {
          // The auxiliary function, phi less what is promised, as long as no step has been low.
          valueX -= stepX * promised;
          slopeX -= promised;
          valueY -= stepY * promised;
          slopeY -= promised;
          next = update(step, value - step * promised, slope - promised, lower, upper);
          valueX += stepX * promised;
          slopeX += promised;
          valueY += stepY * promised;
          slopeY += promised;
        } else {
          next = update(step, value, slope, lower, upper);
        }
        if (bracketed) {
          if (abs(stepY - stepX) >= SHRINKAGE * widthBefore) {
            next = stepX + 0.5 * (stepY - stepX);
          }
          widthBefore = width;
          width = abs(stepY - stepX);
          lower = min(stepX, stepY);
          upper = max(stepX, stepY);
        } else {
          lower = next + LOWER_EXTRAPOLATION * (next - stepX);
          upper = next + UPPER_EXTRAPOLATION * (next - stepX);
        }
        next = min(max(next, minStep), maxStep);
        if (bracketed
            && (next <= lower || next >= upper || upper - lower <= intervalTolerance * upper)) {
          next = stepX;
        }
        if (next >= greatest && greatest < maxStep) {
          // Beyond, the function is not finite.
          next = stepX + 0.5 * (greatest - stepX);
        }
        step = next;
      }
    }

    /** The best step so far, if it is a sufficient decrease. */
    private LineSearchResult best(int evaluations) {
      boolean low = stepX > 0 && valueX <= value0 + stepX * promised;
      return low
          ? new LineSearchResult(stepX, valueX, evaluations, Status.DECREASED)
          : LineSearchResult.failed(value0, evaluations);
    }

    /** Takes a step into the interval and returns the next one to try: section 4 of the paper. */
    private double update(double step, double value, double slope, double lower, double upper) {
      double next;
      boolean signsDiffer = slope * Math.signum(slopeX) < 0;
      if (value > valueX) {
        // Higher: the minimum is in between.
        double theta = 3 * (valueX - value) / (step - stepX) + slopeX + slope;
        double gamma = root(theta, slopeX, slope) * (step < stepX ? -1 : 1);
        double r = ((gamma - slopeX) + theta) / (((gamma - slopeX) + gamma) + slope);
        double cubic = stepX + r * (step - stepX);
        double quadratic =
            stepX + ((slopeX / ((valueX - value) / (step - stepX) + slopeX)) / 2) * (step - stepX);
        next =
            abs(cubic - stepX) < abs(quadratic - stepX) ? cubic : cubic + (quadratic - cubic) / 2;
        bracketed = true;
      } else if (signsDiffer) {
        // Lower, and rising the other way: the minimum is in between.
        double theta = 3 * (valueX - value) / (step - stepX) + slopeX + slope;
        double gamma = root(theta, slopeX, slope) * (step > stepX ? -1 : 1);
        double r = ((gamma - slope) + theta) / (((gamma - slope) + gamma) + slopeX);
        double cubic = step + r * (stepX - step);
        double secant = step + (slope / (slope - slopeX)) * (stepX - step);
        next = abs(cubic - step) > abs(secant - step) ? cubic : secant;
        bracketed = true;
      } else if (abs(slope) < abs(slopeX)) {
        // Lower and flatter: the cubic may have its minimum beyond, or none.
        double theta = 3 * (valueX - value) / (step - stepX) + slopeX + slope;
        double gamma = root(theta, slopeX, slope) * (step > stepX ? -1 : 1);
        double r = ((gamma - slope) + theta) / ((gamma + (slopeX - slope)) + gamma);
        double cubic;
        if (r < 0 && gamma != 0) {
          cubic = step + r * (stepX - step);
        } else {
          cubic = step > stepX ? upper : lower;
        }
        double secant = step + (slope / (slope - slopeX)) * (stepX - step);
        if (bracketed) {
          next = abs(cubic - step) < abs(secant - step) ? cubic : secant;
          double guard = step + SHRINKAGE * (stepY - step);
          next = step > stepX ? min(guard, next) : max(guard, next);
        } else {
          next = abs(cubic - step) > abs(secant - step) ? cubic : secant;
          next = max(lower, min(upper, next));
        }
      } else if (bracketed) {
        // Lower and no flatter, with the minimum towards y.
        double theta = 3 * (value - valueY) / (stepY - step) + slopeY + slope;
        double gamma = root(theta, slopeY, slope) * (step > stepY ? -1 : 1);
        double r = ((gamma - slope) + theta) / (((gamma - slope) + gamma) + slopeY);
        next = step + r * (stepY - step);
      } else {
        next = step > stepX ? upper : lower;
      }
      if (value > valueX) {
        stepY = step;
        valueY = value;
        slopeY = slope;
      } else {
        if (signsDiffer) {
          stepY = stepX;
          valueY = valueX;
          slopeY = slopeX;
        }
        stepX = step;
        valueX = value;
        slopeX = slope;
      }
      return next;
    }

    /** sqrt(theta^2 - a b) without overflow; 0 where that is negative. */
    private static double root(double theta, double a, double b) {
      double scale = max(abs(theta), max(abs(a), abs(b)));
      double t = theta / scale;
      return scale * sqrt(max(0, t * t - (a / scale) * (b / scale)));
    }
  }

  /** Settings of {@link MoreThuente}, at their defaults until set. */
  public static final class Builder extends LineSearchBuilder.Wolfe<Builder> {
    private double minStep;
    private double intervalTolerance = 1e-10;

    private Builder() {
      super(1e-4, 0.9, 30);
    }

    @Override
    Builder self() {
      return this;
    }

    /** The shortest step: finite and at least 0. */
    public Builder minStep(double minStep) {
      this.minStep = minStep;
      return this;
    }

    /** Ends the search when the interval is so small a part of its upper end: at least 0. */
    public Builder intervalTolerance(double intervalTolerance) {
      this.intervalTolerance = intervalTolerance;
      return this;
    }

    /**
     * Makes the search.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public MoreThuente build() {
      return new MoreThuente(this);
    }
  }
}
