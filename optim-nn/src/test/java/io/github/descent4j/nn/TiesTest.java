package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where several are the greatest, the first is it, in both types: every pattern of equal values is tried. */
class TiesTest {

  @ParameterizedTest
  @CsvSource({
    "FLOAT, 2, 2",
    "DOUBLE, 2, 2",
    "FLOAT, 2, 1",
    "DOUBLE, 2, 1",
    "FLOAT, 3, 3",
    "DOUBLE, 3, 3"
  })
  void poolingGivesTheGradientToTheFirst(DataType type, int size, int stride) {
    int side = size + 1;
    int patterns = 1 << (side * side);
    // All patterns of a 3 x 3 image; of a 4 x 4 one every 37th.
    int step = side == 3 ? 1 : 37;
    int batch = (patterns + step - 1) / step;
    double[] x = new double[batch * side * side];
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < side * side; i++) {
        x[n * side * side + i] = ((n * step) >> i) & 1;
      }
    }
    int outputs = (side - size) / stride + 1;
    double[] dy = new double[batch * outputs * outputs];
    double[] expected = new double[x.length];
    for (int n = 0, at = 0; n < batch; n++) {
      for (int oy = 0; oy < outputs; oy++) {
        for (int ox = 0; ox < outputs; ox++, at++) {
          dy[at] = 1 + at % 5;
          int first = -1;
          for (int place = 0; place < size * size; place++) {
            int row = oy * stride + place / size;
            int pixel = (n * side + row) * side + ox * stride + place % size;
            first = first < 0 || x[pixel] > x[first] ? pixel : first;
          }
          expected[first] += dy[at];
        }
      }
    }
    MaxPool2d pool = new MaxPool2d(size, stride);
    pool.forward(Arrays.of(type, x, batch, 1, side, side), Mode.TRAINING);
    INDArray dx = pool.backward(Arrays.of(type, dy, batch, 1, outputs, outputs));
    assertThat(Arrays.values(dx)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void theFirstOfTheGreatestLogitsIsThePrediction(DataType type) {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    for (int pattern = 1; pattern < 32; pattern++) {
      double[] logits = new double[5];
      for (int k = 0; k < 5; k++) {
        logits[k] = (pattern >> k) & 1;
      }
      for (int label = 0; label < 5; label++) {
        loss.forward(Arrays.of(type, logits, 1, 5), new int[] {label});
        assertThat(loss.correct())
            .as("pattern %d, label %d", pattern, label)
            .isEqualTo(label == Integer.numberOfTrailingZeros(pattern) ? 1 : 0);
      }
    }
  }
}
