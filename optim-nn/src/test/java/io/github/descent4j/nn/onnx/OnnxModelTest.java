package io.github.descent4j.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.descent4j.Sgd;
import io.github.descent4j.nn.Layer;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ONNX Runtime computes from the file what the network does. */
class OnnxModelTest {
  private static final OrtEnvironment RUNTIME = OrtEnvironment.getEnvironment();

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of("dense", dense(DataType.FLOAT), new long[] {7}),
        Arguments.of("dense in double", dense(DataType.DOUBLE), new long[] {7}),
        Arguments.of(
            "convolutions of odd shapes",
            Sequential.builder(DataType.FLOAT, 1)
                .input(3, 13, 11)
                .conv2d("conv1", 5, 3, 2, 1)
                .tanh()
                .maxPool2d(3, 2)
                .conv2d("conv2", 4, 2, 1, 2)
                .relu()
                .flatten()
                .dense("fc", 3)
                .build(),
            new long[] {3, 13, 11}),
        Arguments.of(
            "batch normalization of images and of features",
            Sequential.builder(DataType.FLOAT, 2)
                .input(2, 6, 6)
                .conv2d("conv", 4, 3)
                .batchNorm("norm1")
                .relu()
                .maxPool2d(2)
                .flatten()
                .dense("fc1", 8)
                .batchNorm("norm2")
                .relu()
                .dropout(0.5)
                .dense("fc2", 3)
                .build(),
            new long[] {2, 6, 6}),
        Arguments.of(
            "no layer that is left",
            Sequential.builder(DataType.FLOAT, 3).input(4).dropout(0.5).build(),
            new long[] {4}));
  }

  private static Sequential dense(DataType type) {
    return Sequential.builder(type, 4)
        .input(7)
        .dense("fc1", 6)
        .sigmoid()
        .dense("fc2", 5)
        .tanh()
        .dense("fc3", 3)
        .build();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void theRuntimeComputesTheSame(String name, Sequential network, long[] example) throws Exception {
    train(network, example);
    INDArray x = random(network.dataType(), 5, batchOf(9, example));
    double[] expected = network.forward(x, Mode.EVALUATION).dup('c').data().asDouble();
    double tolerance = network.dataType() == DataType.DOUBLE ? 1e-12 : 1e-5;

    OnnxModel model = OnnxModel.builder(network, example).build();

    try (OrtSession session = session(model)) {
      assertThat(session.getInputNames()).containsExactly("input");
      assertThat(session.getOutputNames()).containsExactly("output");
      long[] inputShape = ((TensorInfo) session.getInputInfo().get("input").getInfo()).getShape();
      assertThat(inputShape).isEqualTo(batchOf(-1, example));
      assertThat(run(session, x, "output")).containsExactly(expected, within(tolerance));
    }
  }

  @Test
  void normalizationAndSoftmaxAreInTheGraph() throws Exception {
    Sequential network = dense(DataType.FLOAT);
    INDArray raw = random(DataType.FLOAT, 6, 4, 7).muli(100);
    INDArray normalized = raw.sub(33.25).divi(78.5);
    INDArray output = network.forward(normalized, Mode.EVALUATION).dup('c');
    SoftmaxCrossEntropy softmax = new SoftmaxCrossEntropy();
    softmax.forward(output, new int[4]);

    OnnxModel model =
        OnnxModel.builder(network, 7).normalize(33.25, 78.5).softmax().build();

    try (OrtSession session = session(model)) {
      assertThat(session.getOutputNames()).containsExactly("output", "probabilities");
      assertThat(run(session, raw, "output"))
          .containsExactly(output.dup('c').data().asDouble(), within(1e-5));
      double[] probabilities = run(session, raw, "probabilities");
      assertThat(probabilities)
          .containsExactly(softmax.probabilities().dup('c').data().asDouble(), within(1e-5));
      assertThat(probabilities[0] + probabilities[1] + probabilities[2]).isEqualTo(1, within(1e-5));
    }
  }

  @Test
  void aModelKeepsTheWeightsOfItsMomentAndItsMetadata() throws Exception {
    Sequential network = dense(DataType.FLOAT);
    INDArray x = random(DataType.FLOAT, 7, 2, 7);
    double[] before = network.forward(x, Mode.EVALUATION).dup('c').data().asDouble();
    OnnxModel model = OnnxModel.builder(network, 7)
        .metadata("classes", "3")
        .metadata("by", "test")
        .build();
    network.parameters().forEach(parameter -> parameter.value().addi(1));
    try (OrtSession session = session(model)) {
      assertThat(run(session, x, "output")).containsExactly(before, within(1e-5));
      assertThat(session.getMetadata().getCustomMetadata())
          .containsExactlyInAnyOrderEntriesOf(Map.of("classes", "3", "by", "test"));
      assertThat(session.getMetadata().getProducerName()).isEqualTo("descent4j");
    }
  }

  @Test
  void aFileIsReplacedAsAWhole(@TempDir Path folder) throws IOException {
    OnnxModel model = OnnxModel.builder(dense(DataType.FLOAT), 7).build();
    Path file = Files.writeString(folder.resolve("model.onnx"), "something else");
    model.save(file);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes(model));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    Path nowhere = folder.resolve("nowhere").resolve("model.onnx");
    assertThatThrownBy(() -> model.save(nowhere))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("ONNX file " + nowhere + " cannot be written: ");
  }

  @Test
  void aLayerOfOnesOwnIsRefused() {
    Layer doubling = new Layer() {
      @Override
      public INDArray forward(INDArray input, Mode mode) {
        return input.mul(2);
      }

      @Override
      public INDArray backward(INDArray outputGradient) {
        return outputGradient.mul(2);
      }

      @Override
      public String toString() {
        return "Doubling";
      }
    };
    Sequential network = Sequential.builder(DataType.FLOAT, 1)
        .input(2)
        .dense("fc", 2)
        .add(doubling)
        .build();
    OnnxModel.Builder builder = OnnxModel.builder(network, 2);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("layer 2 is Doubling, expected Dense, Conv2d, ")
        .hasMessageEndingWith("InferenceNetwork makes plain layers of DropConnect and gates");
  }

  @Test
  void anExampleHasToFit() {
    OnnxModel.Builder builder = OnnxModel.builder(dense(DataType.FLOAT), 8);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("fc1: input has shape [1, 8], expected [batch, 7]");
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 1, mean",
    "Infinity, 1, mean",
    "0, 0, deviation",
    "0, -1, deviation",
    "0, NaN, deviation"
  })
  void numbersOutOfRangeAreRefused(double mean, double deviation, String name) {
    OnnxModel.Builder builder = OnnxModel.builder(dense(DataType.FLOAT), 7);
    double value = name.equals("mean") ? mean : deviation;
    assertThatThrownBy(() -> builder.normalize(mean, deviation))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(name + " is " + value + ", expected a finite number");
  }

  @Test
  void whatIsGivenTwiceOrNotAtAllIsRefused() {
    OnnxModel.Builder builder = OnnxModel.builder(dense(DataType.FLOAT), 7).metadata("a", "1");
    assertThatThrownBy(() -> builder.metadata("a", "2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metadata name 'a' is given twice, expected distinct names");
    assertThatThrownBy(() -> OnnxModel.builder(dense(DataType.FLOAT)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("exampleShape is [], expected lengths of at least 1");
  }

  @ParameterizedTest
  @ValueSource(longs = {2146435072L, 1L << 40})
  void aFileHasLessThanTwoGibibytes(long bytes) {
    GraphWriter.requireRoom(2146435071L);
    assertThatThrownBy(() -> GraphWriter.requireRoom(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the weights take " + bytes + " bytes, expected at most 2146435071 in one ONNX file");
  }

  /** A few steps, so that neither biases nor running statistics are what they are at the start. */
  private static void train(Sequential network, long[] example) {
    if (network.parameters().size() == 0) {
      return;
    }
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    Sgd optimizer = new Sgd(0.5);
    for (int step = 0; step < 5; step++) {
      INDArray x = random(network.dataType(), 10 + step, batchOf(6, example)).addi(0.5);
      loss.forward(network.forward(x, Mode.TRAINING), new int[] {0, 1, 2, 2, 1, 0});
      network.backwardParameters(loss.backward());
      optimizer.step(network.parameters());
    }
  }

  private static OrtSession session(OnnxModel model) throws OrtException {
    return RUNTIME.createSession(bytes(model));
  }

  private static byte[] bytes(OnnxModel model) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      model.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static double[] run(OrtSession session, INDArray x, String output) throws OrtException {
    double[] values = x.dup('c').data().asDouble();
    try (OnnxTensor input = tensor(x, values);
        OrtSession.Result result = session.run(Map.of("input", input))) {
      OnnxTensor tensor = (OnnxTensor) result.get(output).orElseThrow();
      return x.dataType() == DataType.DOUBLE
          ? doubles(tensor.getDoubleBuffer())
          : doubles(tensor.getFloatBuffer());
    }
  }

  private static OnnxTensor tensor(INDArray x, double[] values) throws OrtException {
    if (x.dataType() == DataType.DOUBLE) {
      return OnnxTensor.createTensor(RUNTIME, DoubleBuffer.wrap(values), x.shape());
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return OnnxTensor.createTensor(RUNTIME, FloatBuffer.wrap(floats), x.shape());
  }

  private static double[] doubles(DoubleBuffer buffer) {
    double[] values = new double[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  private static double[] doubles(FloatBuffer buffer) {
    double[] values = new double[buffer.remaining()];
    Arrays.setAll(values, buffer::get);
    return values;
  }

  private static long[] batchOf(long batch, long[] example) {
    long[] shape = new long[example.length + 1];
    shape[0] = batch;
    System.arraycopy(example, 0, shape, 1, example.length);
    return shape;
  }

  private static INDArray random(DataType type, long seed, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    INDArray array = Nd4j.create(type, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, 2 * random.nextDouble() - 1);
    }
    return array;
  }
}
