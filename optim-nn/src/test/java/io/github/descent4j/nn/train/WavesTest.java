package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WavesTest {

  @Test
  void theKernelIsAGaussianOfSumOne() {
    double[] kernel = Waves.kernel(6, 2);
    double sum = 0;
    for (double weight : kernel) {
      sum += weight;
    }
    assertThat(sum).isCloseTo(1, within(1e-15));
    assertThat(kernel).hasSize(13);
    for (int d = 1; d <= 6; d++) {
      assertThat(kernel[6 + d]).isEqualTo(kernel[6 - d]);
      assertThat(kernel[6 + d] / kernel[6]).isCloseTo(Math.exp(-d * d / 8.0), within(1e-15));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "28, 4, 7",
    "28, 2, 13",
    "28, 100, 1",
    "7, 1.2, 5",
    "6, 0.9, 6",
    "1, 4, 1",
    "2, 0.1, 2"
  })
  void areOrthogonalAndAsLongAsTheGaussianLeavesThem(int length, double sigma, int count) {
    Waves waves = new Waves(length, sigma);
    assertThat(waves.count()).isEqualTo(count);
    int cosines = count / 2 + 1;
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < i; j++) {
        assertThat(product(waves, i, j, length)).isCloseTo(0, within(1e-7));
      }
      int waveNumber = i < cosines ? i : i - cosines + 1;
      double norm = Math.sqrt(product(waves, i, i, length));
      double expected = left((double) waveNumber / length, sigma) / left(0, sigma);
      assertThat(norm).isCloseTo(expected, within(2e-5));
    }
  }

  /** By Poisson's sum: a Gaussian at whole distances leaves of a wave what a continuous one does, and of all waves that look like it there. */
  private static double left(double frequency, double sigma) {
    double sum = 0;
    for (int alias = -30; alias <= 30; alias++) {
      sum += Math.exp(-2 * Math.pow(Math.PI * sigma * (frequency + alias), 2));
    }
    return sum;
  }

  private static double product(Waves waves, int a, int b, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (double) waves.value(a, i) * waves.value(b, i);
    }
    return sum;
  }

  /** Of lengths that are even and odd, and of no sines and more of both kinds than are added at a time. */
  @ParameterizedTest
  @CsvSource({"28, 4", "28, 1", "7, 1.2", "6, 0.9", "3, 0.5", "2, 0.1", "1, 4", "9, 100"})
  void sumsAreThoseOfAllValues(int length, double sigma) {
    Waves waves = new Waves(length, sigma);
    SplittableRandom random = new SplittableRandom(length);
    float[][] terms = new float[waves.count()][5];
    for (float[] term : terms) {
      for (int j = 0; j < term.length; j++) {
        term[j] = (float) random.nextDouble(-1, 1);
      }
    }
    float[][] sums = new float[length][5];
    for (float[] sum : sums) {
      Arrays.fill(sum, 9);
    }
    waves.sums(terms, sums);
    for (int i = 0; i < length; i++) {
      for (int j = 0; j < 5; j++) {
        double expected = 0;
        for (int k = 0; k < terms.length; k++) {
          expected += (double) waves.value(k, i) * terms[k][j];
        }
        assertThat((double) sums[i][j]).isCloseTo(expected, within(1e-6));
      }
    }
  }
}
