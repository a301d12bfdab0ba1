package io.github.descent4j.witness;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * A number to fifty digits, and how far from it floating-point arithmetic may come that does the same operations: a running error
 * analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.3). Each operation rounds its result by one unit
 * roundoff, and by half of the smallest number where it underflows. A number is unknown where it may be beyond the range, or where
 * rounding decides between two results that are far apart; nothing is asserted of such.
 */
final class Bounded {
  static final MathContext DIGITS = new MathContext(50, RoundingMode.HALF_EVEN);

  private static final MathContext UPWARDS = new MathContext(8, RoundingMode.UP);

  /** The arithmetic of a type. */
  enum Type {
    FLOAT(0x1p-24, Float.MIN_VALUE, Float.MAX_VALUE),
    DOUBLE(0x1p-53, Double.MIN_VALUE, Double.MAX_VALUE);

    private final BigDecimal unit;
    private final BigDecimal tiny;
    private final BigDecimal most;

    Type(double unit, double smallest, double most) {
      this.unit = new BigDecimal(unit);
      tiny = new BigDecimal(smallest);
      this.most = new BigDecimal(most);
    }

    /** An element as it stands in an array. */
    Bounded of(double element) {
      return Double.isFinite(element)
          ? new Bounded(this, new BigDecimal(element), BigDecimal.ZERO)
          : unknown();
    }

    /** A number of the step, which is computed in double, with an error of some units, and rounded to the type once. */
    Bounded number(BigDecimal exact, int units) {
      BigDecimal relative = unit.add(DOUBLE.unit.multiply(BigDecimal.valueOf(units)));
      return new Bounded(
          this, exact.round(DIGITS), up(exact.abs().multiply(relative)).add(tiny));
    }

    /** The same with the few units of a short computation. */
    Bounded number(BigDecimal exact) {
      return number(exact, 16);
    }

    private Bounded unknown() {
      return new Bounded(this, null, null);
    }
  }

  private final Type type;
  private final BigDecimal value;
  private final BigDecimal error;

  private Bounded(Type type, BigDecimal value, BigDecimal error) {
    this.type = type;
    this.value = value;
    this.error = error;
  }

  /** Rounds a result, whose arguments' errors come to {@code carried}. */
  private Bounded rounded(BigDecimal exact, BigDecimal carried) {
    BigDecimal result = exact.round(DIGITS);
    BigDecimal size = up(result.abs().add(carried));
    if (size.compareTo(type.most) >= 0) {
      return type.unknown();
    }
    return new Bounded(type, result, up(carried.add(size.multiply(type.unit)).add(type.tiny)));
  }

  private static BigDecimal up(BigDecimal bound) {
    return bound.round(UPWARDS);
  }

  private boolean unknownWith(Bounded other) {
    return value == null || other.value == null;
  }

  Bounded plus(Bounded other) {
    return unknownWith(other)
        ? type.unknown()
        : rounded(value.add(other.value), error.add(other.error));
  }

  Bounded minus(Bounded other) {
    return unknownWith(other) ? type.unknown() : plus(other.negated());
  }

  private Bounded negated() {
    return new Bounded(type, value.negate(), error);
  }

  Bounded times(Bounded other) {
    if (unknownWith(other)) {
      return type.unknown();
    }
    BigDecimal carried = value
        .abs()
        .multiply(other.error)
        .add(other.value.abs().multiply(error))
        .add(error.multiply(other.error));
    return rounded(value.multiply(other.value), up(carried));
  }

  Bounded squared() {
    return times(this);
  }

  Bounded over(Bounded other) {
    if (unknownWith(other) || other.value.abs().compareTo(other.error) <= 0) {
      return type.unknown();
    }
    BigDecimal quotient = value.divide(other.value, DIGITS);
    BigDecimal carried = error
        .add(quotient.abs().multiply(other.error))
        .divide(other.value.abs().subtract(other.error), UPWARDS);
    return rounded(quotient, carried);
  }

  /** The root; of what can only be negative by rounding, of 0. */
  Bounded root() {
    if (value == null || value.compareTo(error.negate()) < 0) {
      return type.unknown();
    }
    BigDecimal root = value.max(BigDecimal.ZERO).sqrt(DIGITS);
    BigDecimal above = value.add(error).sqrt(DIGITS).subtract(root);
    BigDecimal below = root.subtract(value.subtract(error).max(BigDecimal.ZERO).sqrt(DIGITS));
    return rounded(root, up(above.max(below)));
  }

  Bounded maximum(Bounded other) {
    return unknownWith(other)
        ? type.unknown()
        : new Bounded(type, value.max(other.value), error.max(other.error));
  }

  Bounded minimum(Bounded other) {
    return unknownWith(other)
        ? type.unknown()
        : new Bounded(type, value.min(other.value), error.max(other.error));
  }

  Bounded absolute() {
    return value == null ? this : new Bounded(type, value.abs(), error);
  }

  Bounded sign() {
    if (value == null || (value.abs().compareTo(error) <= 0 && error.signum() > 0)) {
      return type.unknown();
    }
    return new Bounded(type, BigDecimal.valueOf(value.signum()), BigDecimal.ZERO);
  }

  boolean isKnown() {
    return value != null;
  }

  /** Whether a result may be this one. Twice the bound leaves room for another order of the same operations. */
  boolean admits(double result) {
    return Double.isFinite(result)
        && new BigDecimal(result)
                .subtract(value)
                .abs()
                .compareTo(error.multiply(BigDecimal.valueOf(2)))
            <= 0;
  }

  @Override
  public String toString() {
    return value == null
        ? "unknown"
        : value.round(new MathContext(20)) + " within " + error.multiply(BigDecimal.valueOf(2));
  }
}
