package io.github.descent4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Factors by blocks: sizes below, at and above a block and several. */
class CholeskyTest {

  private static double[] flat(double[][] rows) {
    int n = rows.length;
    double[] flat = new double[n * n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(rows[i], 0, flat, i * n, n);
    }
    return flat;
  }

  /**
   * By hand: L = (1, 0; 2, 1), D = (4, 3), so A = (4, 8; 8, 19). A (1, -1) = (-4, -11). The upper half is not read, the shift is part of the
   * diagonal.
   */
  @Test
  void factorsAndSolvesByHand() {
    Cholesky cholesky = new Cholesky(2);
    assertThat(cholesky.factor(new double[] {3.5, Double.NaN, 8, 18.5}, 0.5)).isTrue();
    double[] v = {-4, -11};
    cholesky.solve(v);
    assertThat(v).isEqualTo(new double[] {1, -1});
    // 4 * 15 - 8^2 is below 0.
    assertThat(cholesky.factor(new double[] {4, 8, 8, 15}, 0)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 32, 33, 64, 65, 100, 131})
  void solvesWhatTheMatrixTimesASolutionIs(int n) {
    double[][] a = Problem.quadratic(n, n, 100).a;
    double[] solution = new double[n];
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      solution[i] = 1 + i % 7;
    }
    for (int i = 0; i < n; i++) {
      v[i] = Vectors.dot(a[i], solution) + 3 * solution[i];
    }
    Cholesky cholesky = new Cholesky(n);
    // What is left of another matrix is overwritten.
    assertThat(cholesky.factor(flat(Problem.quadratic(n, 7, 10).a), 0)).isTrue();
    assertThat(cholesky.factor(flat(a), 3)).isTrue();
    cholesky.solve(v);
    for (int i = 0; i < n; i++) {
      assertThat(v[i]).as("element %d", i).isCloseTo(solution[i], Offset.offset(1e-11));
    }
  }

  /** One pivot that is not positive, in any block: the diagonal is n but for that. */
  @ParameterizedTest
  @ValueSource(ints = {0, 31, 32, 40, 63, 64, 99})
  void noticesWhatIsNotPositiveDefinite(int bad) {
    int n = 100;
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a[i][j] = i == j ? n : 1;
      }
    }
    Cholesky cholesky = new Cholesky(n);
    assertThat(cholesky.factor(flat(a), 0)).isTrue();
    for (double element : new double[] {-1, 0, Double.NaN, Double.POSITIVE_INFINITY}) {
      a[bad][bad] = element;
      assertThat(cholesky.factor(flat(a), 0)).as("%s", element).isFalse();
    }
  }
}
