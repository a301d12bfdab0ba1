package io.github.descent4j.batch;

/**
 * Arithmetic of flat vectors. Sums have four parts, element i in part i mod 4, whatever the machine: the same bits on any number of
 * cores.
 */
final class Vectors {

  private Vectors() {}

  static double dot(double[] a, double[] b) {
    return dot(a, 0, b, 0, a.length);
  }

  /** Of stretches of two vectors, such as rows of matrices. */
  static double dot(double[] a, int fromA, double[] b, int fromB, int length) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int whole = length & ~3;
    for (int i = 0; i < whole; i += 4) {
      s0 += a[fromA + i] * b[fromB + i];
      s1 += a[fromA + i + 1] * b[fromB + i + 1];
      s2 += a[fromA + i + 2] * b[fromB + i + 2];
      s3 += a[fromA + i + 3] * b[fromB + i + 3];
    }
    for (int i = whole; i < length; i++) {
      s0 += a[fromA + i] * b[fromB + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Over the elements that are free alone; all of them if there is no mask. */
  static double dot(double[] a, double[] b, boolean[] free) {
    if (free == null) {
      return dot(a, b);
    }
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      if (free[i]) {
        sum += a[i] * b[i];
      }
    }
    return sum;
  }

  static double maxNorm(double[] a) {
    double max = 0;
    for (double element : a) {
      // Math.max keeps a NaN.
      max = Math.max(max, Math.abs(element));
    }
    return max;
  }

  static double oneNorm(double[] a) {
    double sum = 0;
    for (double element : a) {
      sum += Math.abs(element);
    }
    return sum;
  }

  /** Without overflow or underflow of the squares. */
  static double twoNorm(double[] a) {
    double squares = dot(a, a);
    if (squares > Double.MIN_NORMAL && squares < Double.POSITIVE_INFINITY) {
      return Math.sqrt(squares);
    }
    double max = maxNorm(a);
    if (max == 0 || !Double.isFinite(max)) {
      return max;
    }
    double sum = 0;
    for (double element : a) {
      sum += (element / max) * (element / max);
    }
    return max * Math.sqrt(sum);
  }

  static boolean isFinite(double[] a) {
    for (double element : a) {
      if (!Double.isFinite(element)) {
        return false;
      }
    }
    return true;
  }

  /** to = a + factor b. */
  static void move(double[] to, double[] a, double factor, double[] b) {
    for (int i = 0; i < to.length; i++) {
      to[i] = a[i] + factor * b[i];
    }
  }

  /** to += factor a. */
  static void add(double[] to, double factor, double[] a) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * a[i];
    }
  }

  static void scale(double[] to, double factor) {
    for (int i = 0; i < to.length; i++) {
      to[i] *= factor;
    }
  }

  /** to = -a. */
  static void negate(double[] to, double[] a) {
    for (int i = 0; i < to.length; i++) {
      to[i] = -a[i];
    }
  }

  /** to = a - b. */
  static void subtract(double[] to, double[] a, double[] b) {
    for (int i = 0; i < to.length; i++) {
      to[i] = a[i] - b[i];
    }
  }

  static void copy(double[] from, double[] to) {
    System.arraycopy(from, 0, to, 0, from.length);
  }
}
