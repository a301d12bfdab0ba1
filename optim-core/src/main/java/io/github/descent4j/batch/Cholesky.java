package io.github.descent4j.batch;

/**
 * The factors of a positive definite matrix A = L D L', L with ones on its diagonal, where D stands; row after row. No square roots, and so
 * none of their roundings.
 */
final class Cholesky {

  private Cholesky() {}

  /**
   * Factors the lower half of A + shift I into another array.
   *
   * @return false if it is not positive definite
   */
  static boolean factor(double[] a, double shift, int n, double[] l) {
    for (int i = 0; i < n; i++) {
      int row = i * n;
      // First L D, which is divided by D when the row is complete.
      for (int j = 0; j < i; j++) {
        l[row + j] = a[row + j] - Vectors.dot(l, row, l, j * n, j);
      }
      double pivot = a[row + i] + shift;
      for (int j = 0; j < i; j++) {
        double scaled = l[row + j];
        l[row + j] = scaled / l[j * n + j];
        pivot -= scaled * l[row + j];
      }
      if (!(pivot > 0 && pivot < Double.POSITIVE_INFINITY)) {
        return false;
      }
      l[row + i] = pivot;
    }
    return true;
  }

  /** v = A^-1 v. */
  static void solve(double[] l, int n, double[] v) {
    for (int i = 0; i < n; i++) {
      v[i] -= Vectors.dot(l, i * n, v, 0, i);
    }
    for (int i = 0; i < n; i++) {
      v[i] /= l[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
      // Column i of L' is row i of L: read along the memory.
      for (int k = 0; k < i; k++) {
        v[k] -= l[i * n + k] * v[i];
      }
    }
  }
}
