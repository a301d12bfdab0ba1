package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A convolution against its definition, element by element in double, over batches that are unfolded in several groups with a
 * last one that is smaller: 2^18 elements of receptive fields make a group, 2^16 with one channel. With stride 1 images of 32 pixels and more
 * are unfolded by rows of the kernel, one at a time, if such a row has 24 elements; large ones are not unfolded, and of them and their results 2^15 elements make a group.
 */
class ConvolutionReferenceTest {

  @ParameterizedTest
  @CsvSource({
    "FLOAT, 70, 2, 3, 20, 20, 3, 3, 1, 0",
    "DOUBLE, 70, 2, 3, 20, 20, 3, 3, 1, 0",
    "FLOAT, 150, 3, 2, 21, 18, 3, 2, 2, 1",
    "DOUBLE, 150, 3, 2, 21, 18, 3, 2, 2, 1",
    "FLOAT, 37, 1, 3, 20, 20, 3, 3, 1, 0",
    "DOUBLE, 37, 1, 3, 20, 20, 3, 3, 1, 0",
    "FLOAT, 75, 1, 2, 27, 25, 3, 5, 2, 0",
    "FLOAT, 75, 1, 2, 27, 25, 3, 5, 2, 1",
    "DOUBLE, 75, 1, 2, 27, 25, 3, 5, 2, 1",
    "FLOAT, 150, 1, 2, 26, 29, 4, 3, 3, 2",
    "DOUBLE, 150, 1, 2, 26, 29, 4, 3, 3, 2",
    "FLOAT, 3, 1, 2, 7, 8, 2, 3, 4, 3",
    "FLOAT, 77, 3, 2, 14, 15, 3, 3, 1, 1",
    "DOUBLE, 77, 3, 2, 14, 15, 3, 3, 1, 1",
    "DOUBLE, 21, 2, 5, 20, 23, 2, 3, 1, 1",
    "DOUBLE, 21, 2, 3, 30, 30, 5, 5, 1, 2",
    "DOUBLE, 21, 2, 2, 25, 24, 3, 3, 1, 0",
    "DOUBLE, 3, 2, 3, 12, 13, 2, 2, 1, 1",
    "DOUBLE, 600, 3, 2, 5, 4, 3, 3, 1, 1",
    "DOUBLE, 4, 3, 1, 7, 6, 3, 3, 2, 1",
    "DOUBLE, 2, 3, 2, 30, 30, 2, 2, 1, 2",
    "FLOAT, 3, 5, 5, 12, 12, 5, 5, 1, 0",
    "DOUBLE, 3, 5, 5, 12, 12, 5, 5, 1, 0",
    "DOUBLE, 3, 8, 3, 11, 9, 5, 3, 1, 1",
    "DOUBLE, 3, 8, 7, 9, 9, 2, 3, 1, 2",
    "DOUBLE, 3, 5, 4, 9, 12, 1, 5, 1, 0",
    "DOUBLE, 3, 2, 5, 12, 12, 5, 5, 1, 0",
  })
  void forwardAndBackward(
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
    Conv2d layer = new Conv2d("conv", weight, bias, stride, padding);
    INDArray y = layer.forward(x, Mode.TRAINING);
    int oh = (height + 2 * padding - kh) / stride + 1;
    int ow = (width + 2 * padding - kw) / stride + 1;
    assertThat(y.shape()).containsExactly(batch, out, oh, ow);
    INDArray dy = Arrays.random(type, 4, y.shape());

    Sums outputs = new Sums(y.shape());
    Sums weightGradients = new Sums(weight.shape());
    Sums biasGradients = new Sums(bias.shape());
    Sums inputGradients = new Sums(x.shape());
    double[] xs = Arrays.values(x);
    double[] ws = Arrays.values(weight);
    double[] bs = Arrays.values(bias);
    double[] dys = Arrays.values(dy);
    for (int n = 0; n < batch; n++) {
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < oh; i++) {
          for (int j = 0; j < ow; j++) {
            int at = ((n * out + o) * oh + i) * ow + j;
            outputs.add(at, bs[o]);
            biasGradients.add(o, dys[at]);
            for (int c = 0; c < in; c++) {
              for (int k = 0; k < kh; k++) {
                for (int l = 0; l < kw; l++) {
                  int row = i * stride + k - padding;
                  int column = j * stride + l - padding;
                  if (row >= 0 && row < height && column >= 0 && column < width) {
                    int pixel = ((n * in + c) * height + row) * width + column;
                    int tap = ((o * in + c) * kh + k) * kw + l;
                    outputs.add(at, ws[tap] * xs[pixel]);
                    weightGradients.add(tap, dys[at] * xs[pixel]);
                    inputGradients.add(pixel, dys[at] * ws[tap]);
                  }
                }
              }
            }
          }
        }
      }
    }

    outputs.compare("output", y);
    inputGradients.compare("input's gradient", layer.backward(dy));
    for (int pass = 0; pass < 2; pass++) {
      weightGradients.compare(
          "weight's gradient", layer.parameters().get("conv.weight").gradient());
      biasGradients.compare(
          "bias's gradient", layer.parameters().get("conv.bias").gradient());
      layer.parameters().forEach(parameter -> parameter.gradient().assign(9));
      layer.backwardParameters(dy);
    }
  }

  /** The images lie one behind the other, and products run over the places between them. */
  @Test
  void anImageThatIsNotFiniteLeavesTheOthersAlone() {
    INDArray x = Arrays.random(DataType.FLOAT, 1, 5, 3, 14, 15);
    INDArray weight = Arrays.random(DataType.FLOAT, 2, 2, 3, 3, 3);
    Conv2d layer = new Conv2d("conv", weight, Arrays.random(DataType.FLOAT, 3, 2), 1, 1);
    INDArray expected = layer.forward(x, Mode.TRAINING).dup();
    INDArray dy = Arrays.random(DataType.FLOAT, 4, expected.shape());
    INDArray expectedGradient = layer.backward(dy).dup();
    x.slice(1).assign(Double.NaN);
    dy.slice(1).assign(Double.POSITIVE_INFINITY);
    INDArray y = layer.forward(x, Mode.TRAINING);
    INDArray dx = layer.backward(dy);
    for (int image : new int[] {0, 2, 3, 4}) {
      assertThat(Arrays.values(y.slice(image))).isEqualTo(Arrays.values(expected.slice(image)));
      assertThat(Arrays.values(dx.slice(image)))
          .isEqualTo(Arrays.values(expectedGradient.slice(image)));
    }
    assertThat(Arrays.values(y.slice(1))).containsOnly(Double.NaN);
    // What it has left behind is not read again.
    x.slice(1).assign(1);
    layer.forward(x.get(NDArrayIndex.interval(0, 2)), Mode.TRAINING);
    layer.backward(Nd4j.ones(DataType.FLOAT, 2, 2, 14, 15));
    double[] gradient = Arrays.values(layer.parameters().get(0).gradient());
    assertThat(DoubleStream.of(gradient).allMatch(Double::isFinite)).isTrue();
  }

  /** Sums in double, and what rounding may do to them: of n terms, each partial sum once, in any order. */
  private static final class Sums {
    private final double[] sums;
    private final double[] sizes;
    private final int[] terms;

    Sums(long[] shape) {
      int length = 1;
      for (long size : shape) {
        length *= (int) size;
      }
      sums = new double[length];
      sizes = new double[length];
      terms = new int[length];
    }

    void add(int at, double term) {
      sums[at] += term;
      sizes[at] += Math.abs(term);
      terms[at]++;
    }

    void compare(String name, INDArray actual) {
      double unit = actual.dataType() == DataType.FLOAT ? 0x1p-24 : 0x1p-53;
      double[] values = Arrays.values(actual);
      assertThat(values).hasSameSizeAs(sums);
      for (int i = 0; i < sums.length; i++) {
        assertThat(values[i])
            .as("%s, element %d", name, i)
            .isCloseTo(sums[i], within(2 * (terms[i] + 1) * unit * sizes[i]));
      }
    }
  }
}
