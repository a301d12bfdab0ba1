package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElasticFieldTest {

  /** Against the definition: noise of the same coefficients, and distances that run over the border to the other side. */
  @ParameterizedTest
  @CsvSource({"7, 5, 0.8", "5, 8, 1.1", "4, 3, 4", "28, 28, 4"})
  void isTheConvolutionOfTheNoise(int height, int width, double sigma) {
    int images = 3;
    ElasticField source = new ElasticField(height, width, sigma, images);
    for (int image = 0; image < images; image++) {
      source.draw(image, new SplittableRandom(image));
    }
    source.compute();
    for (int field = 0; field < 2 * images; field++) {
      SplittableRandom random = new SplittableRandom(field % images);
      double[] noise = noise(height, width, sigma, random, field < images ? 0 : 32);
      double[] expected = convolved(noise, height, width, sigma);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          assertThat((double) source.row(y)[field * width + x])
              .isCloseTo(expected[y * width + x], within(2e-6));
        }
      }
    }
  }

  /** Waves of norm 1, as many as are drawn, by four bytes of each number from one of its bits on. */
  private static double[] noise(
      int height, int width, double sigma, SplittableRandom random, int bit) {
    int ofRows = new Waves(height, sigma).count();
    int ofColumns = new Waves(width, sigma).count();
    double[] noise = new double[height * width];
    for (int column = 0; column < ofColumns; column++) {
      for (int row = 0; row < ofRows; row++) {
        long bits = random.nextLong();
        double coefficient = 0;
        for (int i = bit; i < bit + 32; i += 8) {
          coefficient += ((bits >>> i & 255) - 127.5) / 256;
        }
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            noise[y * width + x] +=
                coefficient * wave(row, ofRows, y, height) * wave(column, ofColumns, x, width);
          }
        }
      }
    }
    return noise;
  }

  private static double wave(int number, int count, int at, int length) {
    int cosines = count / 2 + 1;
    int frequency = number < cosines ? number : number - cosines + 1;
    double angle = 2 * Math.PI * frequency * at / length;
    double norm = Math.sqrt((2 * frequency % length == 0 ? 1.0 : 2.0) / length);
    return norm * (number < cosines ? Math.cos(angle) : Math.sin(angle));
  }

  private static double[] convolved(double[] noise, int height, int width, double sigma) {
    int radius = (int) Math.ceil(5 * sigma);
    double[] kernel = Waves.kernel(radius, sigma);
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
    int images = 2000;
    int fields = 2 * images;
    ElasticField source = new ElasticField(28, 28, sigma, images);
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < images; i++) {
      source.draw(i, random);
    }
    source.compute();
    double corner = 0;
    double inside = 0;
    double steps = 0;
    for (int i = 0; i < fields; i++) {
      corner += Math.pow(source.row(0)[i * 28], 2);
      inside += Math.pow(source.row(14)[i * 28 + 14], 2);
      steps += Math.pow(source.row(14)[i * 28 + 15] - source.row(14)[i * 28 + 14], 2);
    }
    double deviation = 1 / (2 * sigma * Math.sqrt(3 * Math.PI));
    assertThat(Math.sqrt(corner / fields)).isCloseTo(deviation, within(0.05 * deviation));
    assertThat(Math.sqrt(inside / fields)).isCloseTo(deviation, within(0.05 * deviation));
    double step = deviation * Math.sqrt(2 * (1 - Math.exp(-1 / (4 * sigma * sigma))));
    assertThat(Math.sqrt(steps / fields)).isCloseTo(step, within(0.08 * step));
  }
}
