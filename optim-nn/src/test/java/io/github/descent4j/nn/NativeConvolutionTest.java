package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** Convolution and pooling against libnd4j's own, in both types and over several groups of images. */
class NativeConvolutionTest {

  @ParameterizedTest
  @CsvSource({
    "FLOAT, 40, 1, 16, 28, 28, 5, 5, 1, 0",
    "FLOAT, 20, 16, 32, 12, 12, 5, 5, 1, 0",
    "FLOAT, 1, 3, 4, 9, 7, 3, 2, 1, 1",
    "DOUBLE, 5, 3, 4, 9, 7, 3, 3, 2, 1",
    "DOUBLE, 5, 3, 4, 10, 11, 2, 3, 3, 2",
    "DOUBLE, 70, 8, 8, 20, 20, 3, 3, 1, 1",
  })
  void conv2d(
      DataType type,
      int batch,
      int in,
      int out,
      int height,
      int width,
      int kh,
      int kw,
      int stride,
      int padding) {
    INDArray x = Arrays.random(type, 1, batch, in, height, width);
    INDArray weight = Arrays.random(type, 2, out, in, kh, kw);
    INDArray bias = Arrays.random(type, 3, out);
    Conv2DConfig config = Conv2DConfig.builder()
        .kH(kh)
        .kW(kw)
        .sH(stride)
        .sW(stride)
        .pH(padding)
        .pW(padding)
        .paddingMode(PaddingMode.VALID)
        .weightsFormat(WeightsFormat.OIYX)
        .build();

    INDArray expected = Nd4j.cnn().conv2d(x, weight, bias, config);
    INDArray actual = new Conv2d("conv", weight, bias, stride, padding).forward(x, Mode.EVALUATION);

    double rounding = in * kh * kw * (type == DataType.FLOAT ? 1e-7 : 1e-15);
    compare(actual, expected, 1e-15 + rounding);
  }

  @ParameterizedTest
  @CsvSource({"130, 16, 24, 24, 2, 2", "3, 2, 7, 9, 3, 2", "3, 2, 6, 5, 3, 1"})
  void maxPool2d(int batch, int channels, int height, int width, int size, int stride) {
    INDArray x = Arrays.random(DataType.FLOAT, 1, batch, channels, height, width);
    Pooling2DConfig config = Pooling2DConfig.builder()
        .kH(size)
        .kW(size)
        .sH(stride)
        .sW(stride)
        .paddingMode(PaddingMode.VALID)
        .build();

    INDArray expected = Nd4j.cnn().maxPooling2d(x, config);
    INDArray actual = new MaxPool2d(size, stride).forward(x, Mode.EVALUATION);

    compare(actual, expected, 0);
  }

  private static void compare(INDArray actual, INDArray expected, double tolerance) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double[] a = Arrays.values(actual);
    double[] e = Arrays.values(expected);
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).as("element %d", i).isCloseTo(e[i], within(tolerance));
    }
  }
}
