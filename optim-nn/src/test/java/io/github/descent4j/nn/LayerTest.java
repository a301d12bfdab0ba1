package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Parameter;
import io.github.descent4j.nn.memory.Memory;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What all layers promise alike, and what they refuse. */
class LayerTest {
  private static final DataType FLOAT = DataType.FLOAT;
  private static final DataType DOUBLE = DataType.DOUBLE;

  private static Dense dense() {
    return new Dense("fc", Arrays.random(FLOAT, 1, 5, 12), Arrays.random(FLOAT, 2, 5));
  }

  private static Conv2d conv() {
    return new Conv2d(
        "conv", Arrays.random(FLOAT, 1, 3, 2, 2, 2), Arrays.random(FLOAT, 2, 3), 1, 1);
  }

  /** Each takes [batch, 12] or [batch, 2, 3, 2]. */
  static List<Layer> layers() {
    return List.of(
        dense(),
        conv(),
        new MaxPool2d(2),
        new Flatten(),
        new Relu(),
        new Sigmoid(),
        new Tanh(),
        new BatchNorm("norm", FLOAT, 2),
        new Dropout(0.5, new SplittableRandom(3)));
  }

  private static INDArray input(Layer layer, long batch) {
    return layer instanceof Dense
        ? Arrays.random(FLOAT, batch, batch, 12)
        : Arrays.random(FLOAT, batch, batch, 2, 3, 2);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void everyMemoryOrderGivesTheSameBits(Layer layer) {
    if (layer instanceof Dropout) {
      layer = new Dropout(0, new SplittableRandom(3));
    }
    INDArray x = input(layer, 7);
    INDArray y = layer.forward(x, Mode.TRAINING).dup();
    INDArray dy = Arrays.random(FLOAT, 9, y.shape());
    INDArray dx = layer.backward(dy).dup();
    INDArray wide = Nd4j.create(FLOAT, 2 * x.size(0), x.length() / x.size(0));
    INDArray strided = wide.get(NDArrayIndex.interval(1, 2, 2 * x.size(0)), NDArrayIndex.all());
    strided.assign(x.reshape(x.size(0), -1));
    INDArray stridedInput = layer instanceof Dense ? strided : x.dup('f');

    INDArray again = layer.forward(stridedInput, Mode.TRAINING);
    assertThat(Arrays.values(again)).isEqualTo(Arrays.values(y));
    assertThat(Arrays.values(layer.backward(dy.dup('f')))).isEqualTo(Arrays.values(dx));
  }

  /** The order that the layers for images hand on to each other. */
  private static INDArray channelsLast(INDArray images) {
    return images.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2);
  }

  static Stream<Layer> layersForImages() {
    return layers().stream().filter(layer -> !(layer instanceof Dense || layer instanceof Dropout));
  }

  @ParameterizedTest
  @MethodSource("layersForImages")
  void imagesWithChannelsLastGiveTheSameBits(Layer layer) {
    INDArray x = input(layer, 7);
    INDArray y = layer.forward(x, Mode.TRAINING).dup();
    INDArray dy = Arrays.random(FLOAT, 9, y.shape());
    INDArray dx = layer.backward(dy).dup();
    INDArray again = layer.forward(channelsLast(x), Mode.TRAINING);
    assertThat(Arrays.values(again)).isEqualTo(Arrays.values(y));
    INDArray gradient = dy.rank() == 4 ? channelsLast(dy) : dy.dup();
    assertThat(Arrays.values(layer.backward(gradient))).isEqualTo(Arrays.values(dx));
    assertThat(Arrays.values(layer.forward(x, Mode.TRAINING))).isEqualTo(Arrays.values(y));
    assertThat(Arrays.values(layer.backward(dy))).isEqualTo(Arrays.values(dx));
  }

  /** The layers for images would copy them otherwise. */
  @Test
  void activationsKeepTheOrderOfImages() {
    INDArray planes = Arrays.random(FLOAT, 1, 7, 2, 3, 2);
    for (Layer layer : List.of(new Relu(), new Sigmoid(), new Tanh())) {
      INDArray y = layer.forward(channelsLast(planes), Mode.TRAINING);
      assertThat(Memory.isChannelsLast(y)).isTrue();
      assertThat(Memory.isChannelsLast(layer.backward(planes))).isTrue();
      assertThat(Memory.isDense(layer.forward(planes, Mode.TRAINING))).isTrue();
      assertThat(Memory.isDense(layer.backward(channelsLast(planes)))).isTrue();
    }
  }

  /** From one batch to the next, the channels are others, the pixels, the type, or nothing. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void imagesMayBecomeOthers(boolean channelsLast) {
    List<INDArray> batches = List.of(
        Arrays.random(FLOAT, 1, 3, 2, 4, 6),
        Arrays.random(FLOAT, 2, 3, 3, 4, 6),
        Arrays.random(FLOAT, 3, 3, 3, 4, 4),
        Arrays.random(DOUBLE, 4, 3, 3, 4, 4),
        Arrays.random(DOUBLE, 5, 3, 3, 4, 4));
    for (Splittable layer : List.of(new MaxPool2d(2), new Flatten(), new Tanh())) {
      for (INDArray batch : batches) {
        INDArray x = channelsLast ? channelsLast(batch) : batch;
        Splittable fresh = layer.split();
        INDArray y = layer.forward(x, Mode.TRAINING);
        assertThat(y).isEqualTo(fresh.forward(x, Mode.TRAINING));
        INDArray dy = Arrays.random(y.dataType(), 9, y.shape());
        assertThat(layer.backward(dy)).isEqualTo(fresh.backward(dy));
      }
    }
  }

  @Test
  void matricesMayHaveAnyOrder() {
    INDArray x = Arrays.random(FLOAT, 1, 7, 6);
    for (Layer layer : List.of(new Relu(), new Sigmoid(), new Tanh(), new Flatten())) {
      INDArray y = layer.forward(x, Mode.EVALUATION).dup();
      assertThat(layer.forward(x.dup('f'), Mode.EVALUATION)).isEqualTo(y);
    }
  }

  @Test
  void flattenReturnsAViewWhereItCan() {
    Flatten flatten = new Flatten();
    INDArray oneChannel = Nd4j.ones(FLOAT, 3, 1, 4, 5);
    INDArray y = flatten.forward(oneChannel, Mode.TRAINING);
    oneChannel.assign(7);
    assertThat(Arrays.values(y)).containsOnly(7);
    flatten.forward(channelsLast(Nd4j.ones(FLOAT, 3, 2, 4, 5)), Mode.TRAINING);
    INDArray dx = flatten.backward(Nd4j.ones(FLOAT, 3, 40));
    assertThat(Memory.isChannelsLast(dx)).isTrue();
  }

  @Test
  void flattenReturnsTheLastGradientWhateverTheOrderOfTheImages() {
    Flatten flatten = new Flatten();
    for (int width : new int[] {2, 5}) {
      INDArray images = Arrays.random(FLOAT, 1, 3, 2, 3, width);
      INDArray other = channelsLast(Arrays.random(FLOAT, 2, 3, 2, 3, width));
      INDArray first = Arrays.random(FLOAT, 3, 3, 6L * width);
      INDArray second = Arrays.random(FLOAT, 4, 3, 6L * width);
      flatten.forward(images, Mode.TRAINING);
      flatten.backward(first);
      assertThat(Arrays.values(flatten.forward(other, Mode.TRAINING)))
          .isEqualTo(Arrays.values(other));
      assertThat(Arrays.values(flatten.backward(second))).isEqualTo(Arrays.values(second));
      flatten.forward(images, Mode.TRAINING);
      assertThat(Arrays.values(flatten.backward(second))).isEqualTo(Arrays.values(second));
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void smallerAndLargerBatchesFollowOneAnother(Layer layer) {
    if (layer instanceof Dropout) {
      layer = new Dropout(0, new SplittableRandom(3));
    }
    for (long batch : new long[] {4, 9, 2, 4, 1, 9}) {
      INDArray x = input(layer, batch);
      INDArray y = layer.forward(x, Mode.TRAINING);
      assertThat(y.size(0)).isEqualTo(batch);
      INDArray dy = Arrays.random(FLOAT, 9, y.shape());
      INDArray dx = layer.backward(dy);
      assertThat(dx.shape()).isEqualTo(x.shape());
      Layer fresh = freshCopy(layer);
      assertThat(Arrays.values(fresh.forward(x, Mode.TRAINING))).isEqualTo(Arrays.values(y));
      assertThat(Arrays.values(fresh.backward(dy))).isEqualTo(Arrays.values(dx));
      for (Parameter parameter : layer.parameters()) {
        assertThat(Arrays.values(fresh.parameters().get(parameter.name()).gradient()))
            .isEqualTo(Arrays.values(parameter.gradient()));
      }
    }
  }

  private static Layer freshCopy(Layer layer) {
    return layer instanceof Dropout
        ? new Dropout(0, new SplittableRandom(3))
        : layers().stream()
            .filter(other -> other.getClass() == layer.getClass())
            .findFirst()
            .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("layers")
  void arraysAreReused(Layer layer) {
    INDArray x = input(layer, 3);
    INDArray y = layer.forward(x, Mode.TRAINING);
    INDArray dy = Arrays.random(FLOAT, 9, y.shape());
    INDArray dx = layer.backward(dy);
    assertThat(layer.forward(x, Mode.TRAINING)).isSameAs(y);
    assertThat(layer.backward(dy)).isSameAs(dx);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void backwardNeedsForwardInTrainingMode(Layer layer) {
    INDArray x = input(layer, 3);
    assertThatThrownBy(() -> layer.backward(x))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith(": backward was called, expected forward in training mode before it");
    layer.forward(x, Mode.TRAINING);
    INDArray y = layer.forward(x, Mode.EVALUATION);
    assertThatThrownBy(() -> layer.backward(y)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void backwardRefusesAnotherShapeOrType(Layer layer) {
    INDArray y = layer.forward(input(layer, 3), Mode.TRAINING);
    INDArray wrongShape = Nd4j.create(FLOAT, 3, 4711);
    assertThatThrownBy(() -> layer.backward(wrongShape))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(": output gradient has shape [3, 4711], expected "
            + java.util.Arrays.toString(y.shape()));
    INDArray wrongType = Nd4j.create(DataType.DOUBLE, y.shape());
    assertThatThrownBy(() -> layer.backward(wrongType))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(": output gradient is of type DOUBLE, expected FLOAT");
  }

  /** The layers do it on a way of their own. */
  @ParameterizedTest
  @MethodSource("layers")
  void backwardParametersRefusesWhatBackwardRefuses(Layer layer) {
    assertThatThrownBy(() -> layer.backwardParameters(input(layer, 3)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith(": backward was called, expected forward in training mode before it");
    INDArray y = layer.forward(input(layer, 3), Mode.TRAINING);
    INDArray wrongShape = Nd4j.create(FLOAT, 3, 4711);
    assertThatThrownBy(() -> layer.backwardParameters(wrongShape))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(": output gradient has shape [3, 4711], expected "
            + java.util.Arrays.toString(y.shape()));
    INDArray wrongType = Nd4j.create(DOUBLE, y.shape());
    assertThatThrownBy(() -> layer.backwardParameters(wrongType))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(": output gradient is of type DOUBLE, expected FLOAT");
  }

  @Test
  void forwardRefusesAnotherShape() {
    assertThatThrownBy(() -> dense().forward(Nd4j.create(FLOAT, 2, 11), Mode.TRAINING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("fc: input has shape [2, 11], expected [batch, 12]");
    assertThatThrownBy(() -> dense().forward(Nd4j.create(FLOAT, 2, 3, 4), Mode.TRAINING))
        .hasMessage("fc: input has shape [2, 3, 4], expected [batch, 12]");
    assertThatThrownBy(() -> conv().forward(Nd4j.create(FLOAT, 2, 1, 4, 4), Mode.TRAINING))
        .hasMessage("conv: input has shape [2, 1, 4, 4], expected [batch, 2, any, any]");
    assertThatThrownBy(() -> new MaxPool2d(2).forward(Nd4j.create(FLOAT, 2, 4), Mode.TRAINING))
        .hasMessage(
            "MaxPool2d 2x2 stride 2: input has shape [2, 4], expected [batch, any, any, any]");
    assertThatThrownBy(() -> new Relu().forward(Nd4j.create(FLOAT, 4), Mode.TRAINING))
        .hasMessage("Relu: input has shape [4], expected [batch, ...] with at least one example");
    assertThatThrownBy(() -> new Relu().forward(null, Mode.TRAINING))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("input");
  }

  @ParameterizedTest
  @EnumSource
  void layersOfAnyShapeRefuseWhatIsNoBatch(Mode mode) {
    String expected = ": input has shape [4], expected [batch, ...] with at least one example";
    for (Layer layer : List.of(
        new Flatten(), new Sigmoid(), new Tanh(), new Dropout(0.5, new SplittableRandom(3)))) {
      assertThatThrownBy(() -> layer.forward(Nd4j.create(FLOAT, 4), mode))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(layer + expected);
    }
    assertThat(new Flatten()).hasToString("Flatten");
    assertThat(new Dropout(0.5, new SplittableRandom(3))).hasToString("Dropout 0.5");
  }

  @Test
  void forwardRefusesAnotherType() {
    assertThatThrownBy(() -> dense().forward(Nd4j.create(DataType.DOUBLE, 2, 12), Mode.TRAINING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("fc: input is of type DOUBLE, expected FLOAT");
    assertThatThrownBy(() -> new Relu().forward(Nd4j.create(DataType.INT32, 2, 12), Mode.TRAINING))
        .hasMessage("Relu: input is of type INT, expected FLOAT or DOUBLE");
  }

  @Test
  void windowsHaveToFit() {
    assertThatThrownBy(() -> new MaxPool2d(3).forward(input(conv(), 1), Mode.TRAINING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "MaxPool2d 3x3 stride 3: padded image is 3 x 2, expected at least 3 x 3, the window");
    assertThatThrownBy(() -> new MaxPool2d(3).outputShape(new long[] {1, 3, 2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(": padded image is 3 x 2, expected at least 3 x 3, the window");
    assertThat(new MaxPool2d(3, 2).size()).isEqualTo(3);
    assertThat(new MaxPool2d(3, 2).stride()).isEqualTo(2);
    Conv2d large = new Conv2d("conv", Nd4j.create(FLOAT, 1, 2, 6, 2), Nd4j.create(FLOAT, 1), 1, 1);
    assertThatThrownBy(() -> large.forward(input(large, 1), Mode.TRAINING))
        .hasMessage("conv: padded image is 5 x 4, expected at least 6 x 2, the window");
  }

  @Test
  void parametersHaveToFit() {
    INDArray weight = Nd4j.create(FLOAT, 5, 12);
    INDArray bias = Nd4j.create(FLOAT, 5);
    assertThatThrownBy(() -> new Dense("fc", bias, bias))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("fc.weight has shape [5], expected 2 dimensions, none of length 0");
    assertThatThrownBy(() -> new Dense("fc", weight, Nd4j.create(FLOAT, 4)))
        .hasMessage("fc.bias has 4 elements, expected 5");
    assertThatThrownBy(() -> new Dense("fc", weight, Nd4j.create(DataType.DOUBLE, 5)))
        .hasMessage("fc.bias: array is of type DOUBLE, expected FLOAT");
    assertThatThrownBy(() -> new Dense("fc", weight, Nd4j.create(FLOAT, 1, 5)))
        .hasMessage("fc.bias has shape [1, 5], expected 1 dimensions, none of length 0");
    assertThatThrownBy(() -> new Dense("fc", Nd4j.create(DataType.INT32, 5, 12), bias))
        .hasMessage("fc.weight: array is of type INT, expected FLOAT or DOUBLE");
    assertThatThrownBy(() -> new Dense("fc", weight.dup('f'), bias))
        .hasMessage("fc.weight has strides [1, 5], expected 'c' order without gaps");
    INDArray kernel = Nd4j.create(FLOAT, 5, 1, 2, 2);
    assertThatThrownBy(() -> new Conv2d("conv", weight, bias, 1, 0))
        .hasMessage("conv.weight has shape [5, 12], expected 4 dimensions, none of length 0");
    assertThatThrownBy(() -> new Conv2d("conv", kernel, Nd4j.create(FLOAT, 4), 1, 0))
        .hasMessage("conv.bias has 4 elements, expected 5");
    assertThatThrownBy(() -> new Conv2d("conv", kernel, bias, 0, 0))
        .hasMessage("stride is 0, expected at least 1");
    assertThatThrownBy(() -> new Conv2d("conv", kernel, bias, 1, -1))
        .hasMessage("padding is -1, expected at least 0");
    assertThatThrownBy(() -> new MaxPool2d(0)).hasMessage("size is 0, expected at least 1");
  }

  @Test
  void aViewWithAnOffsetServesAsWeight() {
    INDArray room = Nd4j.create(FLOAT, 7, 12);
    INDArray weight = room.get(NDArrayIndex.interval(2, 7), NDArrayIndex.all());
    weight.assign(Arrays.random(FLOAT, 1, 5, 12));
    Dense layer = new Dense("fc", weight, Arrays.random(FLOAT, 2, 5));
    INDArray x = input(layer, 3);
    assertThat(layer.forward(x, Mode.EVALUATION)).isEqualTo(dense().forward(x, Mode.EVALUATION));
  }

  @Test
  void activationsTakeBothTypesInTurn() {
    Relu relu = new Relu();
    INDArray floats = Nd4j.createFromArray(new float[][] {{-1, 2}});
    INDArray doubles = Nd4j.createFromArray(new double[][] {{3, -4}});
    assertThat(Arrays.values(relu.forward(floats, Mode.TRAINING))).containsExactly(0, 2);
    assertThat(Arrays.values(relu.forward(doubles, Mode.TRAINING))).containsExactly(3, 0);
  }

  @Test
  void nanPassesThroughReluAndMaxPool() {
    INDArray x = Nd4j.createFromArray(new float[] {1, Float.NaN, 3, 2}).reshape(1, 1, 2, 2);
    assertThat(new Relu().forward(x, Mode.EVALUATION).getDouble(1)).isNaN();
    assertThat(new MaxPool2d(2).forward(x, Mode.EVALUATION).getDouble(0)).isNaN();
  }

  @Test
  void theFirstOfEqualMaximaGetsTheGradient() {
    MaxPool2d pool = new MaxPool2d(2);
    pool.forward(Nd4j.ones(FLOAT, 1, 1, 2, 2), Mode.TRAINING);
    INDArray dx = pool.backward(Nd4j.ones(FLOAT, 1, 1, 1, 1));
    assertThat(Arrays.values(dx)).containsExactly(1, 0, 0, 0);
  }

  /** The same number of pixels in another shape, too: in place, unfolded as rows, and as columns. */
  @ParameterizedTest
  @CsvSource({"3, 1", "3, 0", "1, 1"})
  void aConvolutionTakesImagesOfAnySize(int channels, int padding) {
    INDArray weight = Arrays.random(DOUBLE, 1, 2, channels, 3, 3);
    Conv2d layer = new Conv2d("conv", weight, Arrays.random(DOUBLE, 2, 2), 1, padding);
    for (int height : new int[] {14, 15, 6, 14}) {
      INDArray x = Arrays.random(DOUBLE, height, 3, channels, height, 210 / height);
      Conv2d fresh = layer.with(weight, layer.parameters().get(1).value());
      INDArray y = layer.forward(x, Mode.TRAINING);
      assertThat(y).isEqualTo(fresh.forward(x, Mode.TRAINING));
      INDArray dy = Arrays.random(DOUBLE, 9, y.shape());
      assertThat(layer.backward(dy)).isEqualTo(fresh.backward(dy));
      assertThat(layer.parameters().get(0).gradient())
          .isEqualTo(fresh.parameters().get(0).gradient());
    }
    assertThat(layer.stride()).isOne();
    assertThat(layer.padding()).isEqualTo(padding);
  }

  /** Batches that are unfolded in several groups, the last one smaller: with weights at every place of the input and with less. */
  @ParameterizedTest
  @CsvSource({"3, 4, 1", "3, 4, 0", "2, 9, 0", "1, 4, 1"})
  void aConvolutionOfManyImagesIsThatOfEach(int channels, int outputs, int padding) {
    INDArray weight = Arrays.random(DOUBLE, 1, outputs, channels, 3, 3);
    INDArray bias = Arrays.random(DOUBLE, 2, outputs);
    INDArray x = Arrays.random(DOUBLE, 3, 5, channels, 70, 60);
    Conv2d all = new Conv2d("conv", weight, bias, 1, padding);
    INDArray dy = Arrays.random(DOUBLE, 4, all.forward(x, Mode.TRAINING).shape());
    double[] dx = Arrays.values(all.backward(dy));
    double[] weightSum = new double[(int) weight.length()];
    double[] biasSum = new double[outputs];
    Conv2d one = new Conv2d("conv", weight, bias, 1, padding);
    for (int i = 0; i < 5; i++) {
      one.forward(x.get(NDArrayIndex.interval(i, i + 1)), Mode.TRAINING);
      double[] part = Arrays.values(one.backward(dy.get(NDArrayIndex.interval(i, i + 1))));
      assertThat(java.util.Arrays.copyOfRange(dx, i * part.length, (i + 1) * part.length))
          .containsExactly(part, within(1e-12));
      add(weightSum, Arrays.values(one.parameters().get("conv.weight").gradient()));
      add(biasSum, Arrays.values(one.parameters().get("conv.bias").gradient()));
    }
    assertThat(Arrays.values(all.parameters().get("conv.weight").gradient()))
        .containsExactly(weightSum, within(1e-9));
    assertThat(Arrays.values(all.parameters().get("conv.bias").gradient()))
        .containsExactly(biasSum, within(1e-9));
  }

  private static void add(double[] sum, double[] part) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += part[i];
    }
  }
}
