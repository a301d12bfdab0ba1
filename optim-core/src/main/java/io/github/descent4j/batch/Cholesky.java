package io.github.descent4j.batch;

/**
 * The factors of a positive definite matrix A = L D L', L with ones on its diagonal, where D stands. No square roots, and so none of
 * their roundings.
 *
 * <p>Block after block of columns, each finished for all rows and subtracted from the columns to its right (right-looking; Golub and Van
 * Loan, <i>Matrix Computations</i>, section 4.2): so a row is read and written once for a block, and not once for each row below it. All loops
 * go along rows, in arrays with the same index, which is what the JVM makes vector instructions of.
 */
final class Cholesky {
  private static final int BLOCK = 32;

  private final int n;

  /** Row i has i + 1 elements. */
  private final double[][] l;

  /** The columns of a block, below it. */
  private final double[][] columns;

  Cholesky(int n) {
    this.n = n;
    l = new double[n][];
    for (int i = 0; i < n; i++) {
      l[i] = new double[i + 1];
    }
    columns = new double[BLOCK][n];
  }

  /**
   * Factors the lower half of A + shift I.
   *
   * @param a row after row
   * @return false if it is not positive definite
   */
  boolean factor(double[] a, double shift) {
    for (int i = 0; i < n; i++) {
      System.arraycopy(a, i * n, l[i], 0, i + 1);
      l[i][i] += shift;
    }
    for (int from = 0; from < n; from += BLOCK) {
      int to = Math.min(from + BLOCK, n);
      for (int i = from; i < n; i++) {
        double[] row = l[i];
        int end = Math.min(i, to);
        // First L D, which is divided by D when nothing needs it any more.
        for (int j = from; j < end; j++) {
          row[j] -= Vectors.dot(row, from, l[j], from, j - from);
        }
        if (i >= to) {
          subtract(row, from, to, i);
        }
        for (int j = from; j < end; j++) {
          double scaled = row[j];
          row[j] = scaled / l[j][j];
          row[i] -= scaled * row[j];
        }
        if (i >= to) {
          for (int j = from; j < to; j++) {
            columns[j - from][i] = row[j];
          }
        } else if (!(row[i] > 0 && row[i] < Double.POSITIVE_INFINITY)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Subtracts the block from the columns between it and the diagonal. */
  private void subtract(double[] row, int from, int to, int diagonal) {
    for (int k = 0; k < BLOCK; k += 4) {
      double w0 = row[from + k];
      double w1 = row[from + k + 1];
      double w2 = row[from + k + 2];
      double w3 = row[from + k + 3];
      double[] c0 = columns[k];
      double[] c1 = columns[k + 1];
      double[] c2 = columns[k + 2];
      double[] c3 = columns[k + 3];
      for (int j = to; j < diagonal; j++) {
        row[j] -= (w0 * c0[j] + w1 * c1[j]) + (w2 * c2[j] + w3 * c3[j]);
      }
    }
  }

  /** v = A^-1 v. */
  void solve(double[] v) {
    for (int i = 0; i < n; i++) {
      v[i] -= Vectors.dot(l[i], 0, v, 0, i);
    }
    for (int i = 0; i < n; i++) {
      v[i] /= l[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      // Column i of L' is row i of L: read along the memory.
      double[] row = l[i];
      double factor = v[i];
      for (int k = 0; k < i; k++) {
        v[k] -= row[k] * factor;
      }
    }
  }
}
