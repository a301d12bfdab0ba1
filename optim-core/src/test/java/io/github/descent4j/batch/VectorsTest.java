package io.github.descent4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All sums are in the same four parts: where they are of the same terms they have the same bits. */
class VectorsTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 5, 8, 1023})
  void sumsOfTheSameTermsHaveTheSameBits(int n) {
    double[] a = new SplittableRandom(n).doubles(n, -1, 1).toArray();
    double[] b = new SplittableRandom(n + 1).doubles(n, -1, 1).toArray();
    double[] ones = new double[n];
    double[] absolute = new double[n];
    boolean[] all = new boolean[n];
    boolean[] some = new boolean[n];
    double[] masked = new double[n];
    Arrays.fill(ones, 1);
    Arrays.fill(all, true);
    double[] parts = new double[4];
    for (int i = 0; i < n; i++) {
      absolute[i] = Math.abs(a[i]);
      some[i] = i % 3 > 0;
      masked[i] = some[i] ? a[i] : 0;
      parts[i < (n & ~3) ? i % 4 : 0] += a[i] * b[i];
    }
    double dot = (parts[0] + parts[1]) + (parts[2] + parts[3]);
    assertThat(Vectors.dot(a, b)).isEqualTo(dot);
    assertThat(Vectors.dot(a, b, all)).isEqualTo(dot);
    assertThat(Vectors.dot(a, b, some)).isEqualTo(Vectors.dot(masked, b));
    assertThat(Vectors.oneNorm(a)).isEqualTo(Vectors.dot(absolute, ones));
  }

  /** What is not free may be anything. */
  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void aMaskLeavesOutWhatIsNoNumber(double element) {
    double[] a = {1, element, 3, 4, 5, element};
    boolean[] free = {true, false, true, true, true, false};
    assertThat(Vectors.dot(a, new double[] {1, 1, 1, 1, 1, 1}, free)).isEqualTo(13.0);
  }

  /** 3, 4 and 12 make 13. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0x1p600, 0x1p-600, 0x1p-1060})
  void lengthsNeitherOverflowNorUnderflow(double scale) {
    double[] a = {3 * scale, -4 * scale, 0, 0, 0, 12 * scale};
    assertThat(Vectors.twoNorm(a) / scale).isCloseTo(13, Offset.offset(1e-14));
    assertThat(a).isEqualTo(new double[] {3 * scale, -4 * scale, 0, 0, 0, 12 * scale});
  }
}
