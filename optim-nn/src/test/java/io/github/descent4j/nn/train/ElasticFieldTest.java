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
    float[] kernel = ElasticField.kernel(6, 2);
    double sum = 0;
    for (float weight : kernel) {
      sum += weight;
    }
    assertThat(sum).isCloseTo(1, within(1e-6));
    assertThat(kernel).hasSize(13);
    for (int d = 1; d <= 6; d++) {
      assertThat(kernel[6 + d]).isEqualTo(kernel[6 - d]);
      assertThat(kernel[6 + d] / kernel[6])
          .isCloseTo((float) Math.exp(-d * d / 8.0), within(1e-6f));
    }
  }

  /** Against the definition, with distances that run over the border to the other side. */
  @ParameterizedTest
  @CsvSource({"7, 5, 0.8", "5, 9, 1.5", "4, 3, 4"})
  void isTheConvolutionOfTheNoise(int height, int width, double sigma) {
    float[] field = new float[height * width];
    new ElasticField(height, width, sigma).draw(new SplittableRandom(3), field);
    double[] noise = new double[height * width];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < noise.length; i++) {
      long bits = random.nextLong();
      noise[i] = (int) bits * 0x1p-31;
      if (++i < noise.length) {
        noise[i] = (int) (bits >>> 32) * 0x1p-31;
      }
    }
    int radius = (int) Math.ceil(3 * sigma);
    float[] kernel = ElasticField.kernel(radius, sigma);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (int dy = -radius; dy <= radius; dy++) {
          for (int dx = -radius; dx <= radius; dx++) {
            int row = Math.floorMod(y + dy, height);
            int column = Math.floorMod(x + dx, width);
            sum += kernel[radius + dy] * kernel[radius + dx] * noise[row * width + column];
          }
        }
        assertThat((double) field[x * height + y]).isCloseTo(sum, within(1e-6));
      }
    }
  }

  /** Over many fields, at a corner and inside: 1 / (2 sigma sqrt(3 pi)), and neighbours that hardly differ. */
  @ParameterizedTest
  @ValueSource(doubles = {2, 4})
  void hasTheStatedDeviationAndIsSmooth(double sigma) {
    ElasticField source = new ElasticField(28, 28, sigma);
    SplittableRandom random = new SplittableRandom(11);
    float[] field = new float[28 * 28];
    double corner = 0;
    double inside = 0;
    double steps = 0;
    int fields = 4000;
    for (int i = 0; i < fields; i++) {
      source.draw(random, field);
      corner += field[0] * field[0];
      inside += field[14 * 28 + 14] * field[14 * 28 + 14];
      double step = field[15 * 28 + 14] - field[14 * 28 + 14];
      steps += step * step;
    }
    double deviation = 1 / (2 * sigma * Math.sqrt(3 * Math.PI));
    assertThat(Math.sqrt(corner / fields)).isCloseTo(deviation, within(0.05 * deviation));
    assertThat(Math.sqrt(inside / fields)).isCloseTo(deviation, within(0.05 * deviation));
    double step = deviation * Math.sqrt(2 * (1 - Math.exp(-1 / (4 * sigma * sigma))));
    assertThat(Math.sqrt(steps / fields)).isCloseTo(step, within(0.08 * step));
  }
}
