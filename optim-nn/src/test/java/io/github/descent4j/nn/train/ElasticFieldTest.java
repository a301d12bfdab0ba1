package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElasticFieldTest {

  @Test
  void theKernelIsAGaussianOfSumOne() {
    double[] kernel = ElasticField.kernel(6, 2);
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
    "28, 4, 9",
    "28, 2, 17",
    "28, 100, 1",
    "7, 1.2, 7",
    "6, 0.9, 6",
    "1, 4, 1",
    "2, 0.1, 2"
  })
  void wavesAreOrthogonalAndAsLongAsTheGaussianLeavesThem(int length, double sigma, int count) {
    double[][] waves = ElasticField.basis(length, sigma);
    assertThat(waves).hasNumberOfRows(count);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < i; j++) {
        assertThat(product(waves[i], waves[j])).isCloseTo(0, within(1e-12));
      }
      int waveNumber = (i + 1) / 2;
      double frequency = (double) waveNumber / length;
      double norm = Math.sqrt(product(waves[i], waves[i]));
      assertThat(norm).isCloseTo(left(frequency, sigma) / left(0, sigma), within(2e-5));
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

  private static double product(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Against the definition: noise of the same coefficients, and distances that run over the border to the other side. */
  @ParameterizedTest
  @CsvSource({"7, 5, 0.8", "5, 8, 1.1", "4, 3, 4", "28, 28, 4"})
  void isTheConvolutionOfTheNoise(int height, int width, double sigma) {
    ElasticField source = new ElasticField(height, width, sigma, 3);
    for (int field = 0; field < 3; field++) {
      source.draw(field, new SplittableRandom(field));
    }
    source.compute();
    for (int field = 0; field < 3; field++) {
      double[] expected =
          convolved(noise(height, width, sigma, new SplittableRandom(field)), height, width, sigma);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          assertThat((double) source.row(y)[source.begin(field) + x])
              .isCloseTo(expected[y * width + x], within(2e-6));
        }
      }
    }
  }

  /** Waves of norm 1, as many as are drawn. */
  private static double[] noise(int height, int width, double sigma, SplittableRandom random) {
    int ofRows = ElasticField.basis(height, sigma).length;
    int ofColumns = ElasticField.basis(width, sigma).length;
    double[] noise = new double[height * width];
    for (int column = 0; column < ofColumns; column++) {
      for (int row = 0; row < ofRows; row++) {
        long bits = random.nextLong();
        double coefficient = 2 * 0x1p-16;
        for (int i = 0; i < 64; i += 16) {
          coefficient += (short) (bits >> i) * 0x1p-16;
        }
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            noise[y * width + x] += coefficient * wave(row, y, height) * wave(column, x, width);
          }
        }
      }
    }
    return noise;
  }

  private static double wave(int number, int at, int length) {
    int frequency = (number + 1) / 2;
    double angle = 2 * Math.PI * frequency * at / length;
    double norm = Math.sqrt((2 * frequency % length == 0 ? 1.0 : 2.0) / length);
    return norm * (number % 2 == 1 || number == 0 ? Math.cos(angle) : Math.sin(angle));
  }

  private static double[] convolved(double[] noise, int height, int width, double sigma) {
    int radius = (int) Math.ceil(5 * sigma);
    double[] kernel = ElasticField.kernel(radius, sigma);
    double[] result = new double[noise.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int dy = -radius; dy <= radius; dy++) {
          for (int dx = -radius; dx <= radius; dx++) {
            int row = Math.floorMod(y + dy, height);
            int column = Math.floorMod(x + dx, width);
            result[y * width + x] +=
                kernel[radius + dy] * kernel[radius + dx] * noise[row * width + column];
          }
        }
      }
    }
    return result;
  }

  /** Over many fields, at a corner and inside: 1 / (2 sigma sqrt(3 pi)), and neighbours that hardly differ. */
  @ParameterizedTest
  @ValueSource(doubles = {2, 4})
  void hasTheStatedDeviationAndIsSmooth(double sigma) {
    int fields = 4000;
    ElasticField source = new ElasticField(28, 28, sigma, fields);
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < fields; i++) {
      source.draw(i, random);
    }
    source.compute();
    double corner = 0;
    double inside = 0;
    double steps = 0;
    for (int i = 0; i < fields; i++) {
      int begin = source.begin(i);
      corner += Math.pow(source.row(0)[begin], 2);
      inside += Math.pow(source.row(14)[begin + 14], 2);
      steps += Math.pow(source.row(14)[begin + 15] - source.row(14)[begin + 14], 2);
    }
    double deviation = 1 / (2 * sigma * Math.sqrt(3 * Math.PI));
    assertThat(Math.sqrt(corner / fields)).isCloseTo(deviation, within(0.05 * deviation));
    assertThat(Math.sqrt(inside / fields)).isCloseTo(deviation, within(0.05 * deviation));
    double step = deviation * Math.sqrt(2 * (1 - Math.exp(-1 / (4 * sigma * sigma))));
    assertThat(Math.sqrt(steps / fields)).isCloseTo(step, within(0.08 * step));
  }
}
