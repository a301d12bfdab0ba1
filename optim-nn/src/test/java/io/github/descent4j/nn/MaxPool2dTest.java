package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Maxima and their gradients against the definition, element by element; what is tied is in {@link TiesTest}. */
class MaxPool2dTest {
  private static final float INFINITE = Float.POSITIVE_INFINITY;

  /** Rows of windows that are compared at once: some, one, or all, and fewer at the end. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT, 2, 2, 2, 24, 24, 16",
    "DOUBLE, 3, 2, 2, 25, 31, 5",
    "FLOAT, 2, 3, 2, 40, 41, 3",
    "FLOAT, 2, 2, 1, 9, 150, 4",
    "FLOAT, 3, 2, 3, 70, 20, 1",
    "DOUBLE, 2, 5, 5, 5, 5, 7",
    "FLOAT, 4, 1, 1, 3, 4, 2"
  })
  void isTheMaximumOfEachWindowAndPassesItsGradientThere(
      DataType type, int batch, int size, int stride, int height, int width, int channels) {
    SplittableRandom random = new SplittableRandom(8);
    int rows = (height - size) / stride + 1;
    int columns = (width - size) / stride + 1;
    double[] x = new double[batch * channels * height * width];
    for (int i = 0; i < x.length; i++) {
      // Few different values, so that there are ties.
      x[i] = random.nextInt(-9, 9);
    }
    double[] y = new double[batch * channels * rows * columns];
    double[] dy = new double[y.length];
    double[] dx = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      int corner = i / (rows * columns) * height * width
          + i / columns % rows * stride * width
          + i % columns * stride;
      int first = corner;
      for (int place = 0; place < size * size; place++) {
        int at = corner + place / size * width + place % size;
        first = x[at] > x[first] ? at : first;
      }
      y[i] = x[first];
      dy[i] = random.nextInt(-9, 9);
      dx[first] += dy[i];
    }

    MaxPool2d pool = new MaxPool2d(size, stride);
    INDArray input = Arrays.of(type, x, batch, channels, height, width);
    INDArray output = pool.forward(input, Mode.TRAINING);
    assertThat(output.shape()).containsExactly(batch, channels, rows, columns);
    assertThat(Arrays.values(output)).isEqualTo(y);
    input.assign(0); // The backward pass needs it no more.
    INDArray gradient = pool.backward(Arrays.of(type, dy, batch, channels, rows, columns));
    assertThat(Arrays.values(gradient)).isEqualTo(dx);
    assertThat(Arrays.values(
            pool.forward(Arrays.of(type, x, batch, channels, height, width), Mode.EVALUATION)))
        .isEqualTo(y);
  }

  @Test
  void aMaximumThatIsNotFiniteHasNoGradient() {
    assertThat(gradient(1, 1, 2, INFINITE, 3)).containsExactly(Double.NaN, 0, 0, 0);
    assertThat(gradient(1, 1, Float.NaN, 2, 3)).containsExactly(Double.NaN, 0, 0, 0);
    assertThat(gradient(1, -INFINITE, -INFINITE, -INFINITE, -INFINITE))
        .containsExactly(Double.NaN, 0, 0, 0);
  }

  @Test
  void aMaximumThatIsNotFiniteLeavesTheNextImageAlone() {
    MaxPool2d pool = new MaxPool2d(2);
    double[] x = {1, 2, INFINITE, 3, 1, 2, 4, 3};
    pool.forward(Arrays.of(DataType.FLOAT, x, 2, 1, 2, 2), Mode.TRAINING);
    double[] dy = {1, 1};
    assertThat(Arrays.values(pool.backward(Arrays.of(DataType.FLOAT, dy, 2, 1, 1, 1))))
        .containsExactly(Double.NaN, 0, 0, 0, 0, 0, 1, 0);
  }

  @Test
  void aGradientThatIsNotFiniteGoesToTheMaximumAlone() {
    assertThat(gradient(INFINITE, 1, 2, -INFINITE, 2)).containsExactly(0, INFINITE, 0, 0);
    assertThat(gradient(Float.NaN, 1, 2, 4, 3)).containsExactly(0, 0, Double.NaN, 0);
  }

  private static double[] gradient(double dy, double... x) {
    MaxPool2d pool = new MaxPool2d(2);
    pool.forward(Arrays.of(DataType.FLOAT, x, 1, 1, 2, 2), Mode.TRAINING);
    return Arrays.values(pool.backward(Arrays.of(DataType.FLOAT, new double[] {dy}, 1, 1, 1, 1)));
  }
}
