package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GradientTest {
  private static final DataType DOUBLE = DataType.DOUBLE;

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 5, 3", "7, 5, 3", "4, 1, 6", "4, 6, 1", "33, 17, 9"})
  void dense(int batch, int inputs, int outputs) {
    INDArray weight = Arrays.random(DOUBLE, 1, outputs, inputs);
    INDArray bias = Arrays.random(DOUBLE, 2, outputs);
    GradientCheck.check(
        () -> new Dense("fc", weight, bias), Arrays.random(DOUBLE, 3, batch, inputs));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 5, 5, 3, 3, 1, 0",
    "3, 2, 4, 6, 5, 3, 2, 1, 0",
    "3, 2, 4, 6, 5, 3, 2, 1, 1",
    "2, 3, 2, 5, 6, 3, 3, 1, 2",
    "2, 3, 2, 7, 6, 3, 3, 2, 0",
    "2, 3, 2, 7, 6, 3, 3, 2, 1",
    "2, 1, 2, 7, 8, 2, 3, 3, 1",
    "2, 2, 3, 4, 4, 1, 1, 1, 0",
    "2, 2, 3, 4, 5, 1, 1, 2, 0",
    "2, 2, 3, 4, 4, 4, 4, 1, 0",
    "2, 1, 1, 1, 1, 3, 3, 1, 1",
    "2, 1, 2, 2, 2, 5, 5, 1, 4",
    "2, 1, 2, 1, 1, 9, 9, 1, 4",
    "2, 1, 2, 3, 3, 3, 3, 4, 3",
    "19, 1, 2, 4, 5, 3, 2, 2, 1",
    "3, 2, 2, 3, 20, 2, 3, 1, 1",
    "3, 1, 2, 3, 36, 2, 3, 2, 1",
  })
  void conv2d(
      int batch, int in, int out, int height, int width, int kh, int kw, int stride, int padding) {
    INDArray weight = Arrays.random(DOUBLE, 1, out, in, kh, kw);
    INDArray bias = Arrays.random(DOUBLE, 2, out);
    GradientCheck.check(
        () -> new Conv2d("conv", weight, bias, stride, padding),
        Arrays.random(DOUBLE, 3, batch, in, height, width));
  }

  @ParameterizedTest
  @CsvSource({"4, 4, 2, 2", "5, 7, 2, 2", "6, 5, 3, 1", "7, 7, 3, 2", "5, 6, 2, 3", "3, 4, 1, 1"})
  void maxPool2d(int height, int width, int size, int stride) {
    GradientCheck.check(() -> new MaxPool2d(size, stride), Arrays.distinct(3, 2, 3, height, width));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 1000})
  void activations(int features) {
    INDArray x = Arrays.random(DOUBLE, 3, 3, features).muli(3);
    GradientCheck.check(Relu::new, x);
    GradientCheck.check(Sigmoid::new, x);
    GradientCheck.check(Tanh::new, x);
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 1, 1", "5, 3, 1, 1", "1, 2, 3, 2", "3, 4, 5, 3", "2, 600, 2, 1", "9, 3, 13, 5"
  })
  void batchNorm(int batch, int channels, int height, int width) {
    INDArray weight = Arrays.random(DOUBLE, 1, channels);
    INDArray bias = Arrays.random(DOUBLE, 2, channels);
    INDArray x =
        Arrays.random(DOUBLE, 3, batch, channels, height, width).muli(2).addi(1);
    Supplier<Layer> layers = () -> new BatchNorm(
        "norm", weight, bias, Nd4j.zeros(DOUBLE, channels), Nd4j.ones(DOUBLE, channels), 0.1, 1e-2);
    GradientCheck.check(layers, x);
    if (height * width == 1) {
      GradientCheck.check(layers, x.reshape(batch, channels));
    }
  }

  @Test
  void flatten() {
    GradientCheck.check(Flatten::new, Arrays.random(DOUBLE, 3, 2, 3, 2, 2));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 0.9})
  void dropout(double rate) {
    GradientCheck.check(
        () -> new Dropout(rate, new SplittableRandom(5)), Arrays.random(DOUBLE, 3, 4, 25));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.9})
  void softmaxCrossEntropy(double labelSmoothing) {
    INDArray logits = Arrays.random(DOUBLE, 3, 5, 4).muli(4);
    int[] labels = {0, 3, 1, 1, 2};
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(labelSmoothing);
    loss.forward(logits, labels);
    INDArray gradient = loss.backward().dup();
    GradientCheck.compare("logits", logits, gradient, () -> loss.forward(logits, labels));
  }

  @Test
  void perceptron() {
    Sequential network = Sequential.builder(DOUBLE, 11)
        .input(9)
        .initializer(Initializers.xavierNormal())
        .dense("fc1", 8)
        .tanh()
        .dense("fc2", 7)
        .sigmoid()
        .dense("fc3", 6)
        .relu()
        .dense("fc4", 4)
        .build();
    checkNetwork(network, Arrays.random(DOUBLE, 12, 6, 9), new int[] {0, 3, 1, 1, 2, 0});
  }

  @Test
  void convolutional() {
    Sequential network = Sequential.builder(DOUBLE, 11)
        .input(2, 9, 8)
        .conv2d("conv1", 3, 3, 1, 1)
        .tanh()
        .maxPool2d(2)
        .conv2d("conv2", 4, 2, 2, 1)
        .sigmoid()
        .flatten()
        .dense("fc1", 6)
        .relu()
        .dense("fc2", 3)
        .build();
    checkNetwork(network, Arrays.random(DOUBLE, 12, 5, 2, 9, 8), new int[] {0, 2, 1, 1, 2});
  }

  private static void checkNetwork(Sequential network, INDArray input, int[] labels) {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0.1);
    loss.forward(network.forward(input, Mode.TRAINING), labels);
    INDArray inputGradient = network.backward(loss.backward());
    GradientCheck.compare(
        "input", input, inputGradient.dup(), () -> lossOf(network, input, labels));
    for (Parameter parameter : network.parameters()) {
      GradientCheck.compare(
          parameter.name(),
          parameter.value(),
          parameter.gradient(),
          () -> lossOf(network, input, labels));
    }
  }

  private static double lossOf(Sequential network, INDArray input, int[] labels) {
    INDArray logits = network.forward(input, Mode.EVALUATION);
    return new SoftmaxCrossEntropy(0.1).forward(logits, labels);
  }
}
