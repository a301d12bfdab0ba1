package io.github.descent4j.constraint;

import java.util.Arrays;

/** Some elements of an array, at equal distances: what has one norm. */
final class Unit {
  private final double[] x;
  private final int from;
  private final int stride;
  private final int length;

  /**
   * Of an array.
   *
   * @param from the first element
   * @param stride from one element to the next
   * @param length how many
   */
  Unit(double[] x, int from, int stride, int length) {
    this.x = x;
    this.from = from;
    this.stride = stride;
    this.length = length;
  }

  /** All elements. */
  Unit(double[] x) {
    this(x, 0, 1, x.length);
  }

  private double at(int i) {
    return x[from + i * stride];
  }

  boolean isFinite() {
    for (int i = 0; i < length; i++) {
      if (!Double.isFinite(at(i))) {
        return false;
      }
    }
    return true;
  }

  void scale(double factor) {
    for (int i = 0; i < length; i++) {
      x[from + i * stride] *= factor;
    }
  }

  void clear() {
    for (int i = 0; i < length; i++) {
      x[from + i * stride] = 0;
    }
  }

  double largest() {
    double largest = 0;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, Math.abs(at(i)));
    }
    return largest;
  }

  /** Scales to an L2 norm of at most a limit. */
  void limitTwoNorm(double limit) {
    double[] norm = twoNorm();
    // The norm itself may be out of the range of double.
    double allowed = limit / norm[0];
    if (norm[1] > allowed) {
      if (limit == 0) {
        clear();
      } else {
        scale(allowed / norm[1]);
      }
    }
  }

  /** Takes an amount off the L2 norm; what has no more than that becomes 0. */
  void shrinkTwoNorm(double amount) {
    double[] norm = twoNorm();
    double off = amount / norm[0];
    if (norm[1] <= off) {
      clear();
    } else {
      scale((norm[1] - off) / norm[1]);
    }
  }

  /** Takes an amount off every absolute value; what has no more than that becomes 0. */
  void soften(double amount) {
    for (int i = 0; i < length; i++) {
      double element = at(i);
      if (element > amount) {
        x[from + i * stride] = element - amount;
      } else if (element < -amount) {
        x[from + i * stride] = element + amount;
      } else if (Math.abs(element) <= amount) {
        // A NaN stays.
        x[from + i * stride] = 0;
      }
    }
  }

  /** To the nearest point whose L1 norm is at most a limit. */
  void limitOneNorm(double limit) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Math.abs(at(i));
    }
    if (sum > limit) {
      double largest = largest();
      double[] below = belowLargest(largest);
      double threshold = threshold(below, limit);
      for (int i = 0; i < length; i++) {
        x[from + i * stride] = Math.copySign(Math.max(0, below[i] - threshold), at(i)) + 0.0;
      }
    }
  }

  /** Cuts the largest absolute values, all to the same, by a sum. */
  void cutLargest(double sum) {
    double norm = 0;
    for (int i = 0; i < length; i++) {
      norm += Math.abs(at(i));
    }
    if (norm <= sum) {
      clear();
    } else if (sum > 0) {
      double largest = largest();
      double limit = largest + threshold(belowLargest(largest), sum);
      for (int i = 0; i < length; i++) {
        x[from + i * stride] = Math.abs(at(i)) > limit ? Math.copySign(limit, at(i)) : at(i);
      }
    }
  }

  private double[] belowLargest(double largest) {
    double[] below = new double[length];
    for (int i = 0; i < length; i++) {
      below[i] = Math.abs(at(i)) - largest;
    }
    return below;
  }

  /** To the nearest point that has no element below 0, and a sum. */
  void toSimplex(double total) {
    double sum = 0;
    double largest = Double.NEGATIVE_INFINITY;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      sum += at(i);
      largest = Math.max(largest, at(i));
      least = Math.min(least, at(i));
    }
    // A difference that is all rounding would move points of the simplex.
    if (least >= 0 && Math.abs(sum - total) <= 0x1p-53 * length * total) {
      return;
    }
    double[] below = new double[length];
    for (int i = 0; i < length; i++) {
      below[i] = at(i) - largest;
    }
    double threshold = threshold(below, total);
    for (int i = 0; i < length; i++) {
      x[from + i * stride] = Math.max(0, below[i] - threshold);
    }
  }

  /** The L2 norm as the product of two numbers, the first not 0. */
  private double[] twoNorm() {
    double squares = 0;
    for (int i = 0; i < length; i++) {
      squares += at(i) * at(i);
    }
    if (squares > 0x1p-900 && squares < Double.POSITIVE_INFINITY) {
      return new double[] {1, Math.sqrt(squares)};
    }
    double largest = largest();
    if (largest == 0) {
      return new double[] {1, 0};
    }
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += at(i) / largest * (at(i) / largest);
    }
    return new double[] {largest, Math.sqrt(sum)};
  }

  /**
   * What to take off each number, negative results cut to 0, to have a sum (Duchi, Shalev-Shwartz, Singer and Chandra 2008, figure
   * 1).
   *
   * @param numbers at most 0, the largest is 0: with larger ones the differences would lose their digits
   */
  static double threshold(double[] numbers, double sum) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    double excess = -sum;
    double threshold = -sum;
    for (int i = sorted.length - 1; i >= 0; i--) {
      excess += sorted[i];
      double candidate = excess / (sorted.length - i);
      if (sorted[i] <= candidate) {
        break;
      }
      threshold = candidate;
    }
    return threshold;
  }
}
