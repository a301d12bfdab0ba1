package io.github.descent4j.batch;

/**
 * Arithmetic of flat vectors. Sums over elements have four parts, element i in part i mod 4 (those of the last, incomplete four in part
 * 0), whatever the machine: the same bits on any number of cores.
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
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int whole = a.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      s0 += free[i] ? a[i] * b[i] : 0;
      s1 += free[i + 1] ? a[i + 1] * b[i + 1] : 0;
      s2 += free[i + 2] ? a[i + 2] * b[i + 2] : 0;
      s3 += free[i + 3] ? a[i + 3] * b[i + 3] : 0;
    }
    for (int i = whole; i < a.length; i++) {
      s0 += free[i] ? a[i] * b[i] : 0;
    }
    return (s0 + s1) + (s2 + s3);
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
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int whole = a.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      s0 += Math.abs(a[i]);
      s1 += Math.abs(a[i + 1]);
      s2 += Math.abs(a[i + 2]);
      s3 += Math.abs(a[i + 3]);
    }
    for (int i = whole; i < a.length; i++) {
      s0 += Math.abs(a[i]);
    }
    return (s0 + s1) + (s2 + s3);
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
    double[] scaled = a.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] /= max;
    }
    return max * Math.sqrt(dot(scaled, scaled));
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
