package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.descent4j.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class BatchNormTest {
  private static final DataType DOUBLE = DataType.DOUBLE;
  private static final DataType FLOAT = DataType.FLOAT;

  static Stream<Arguments> cases() throws IOException {
    try (InputStream in =
        BatchNormTest.class.getResourceAsStream("/golden/networks/batch_norm.json")) {
      JsonNode cases = new ObjectMapper().readTree(in).get("cases");
      return IntStream.range(0, cases.size())
          .mapToObj(cases::get)
          .map(golden -> Arguments.of(golden.get("name").asText(), golden));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void agreesWithPyTorch(String name, JsonNode golden) {
    INDArray weight = array(golden.get("weight"));
    int channels = (int) weight.length();
    BatchNorm norm = new BatchNorm(
        "norm",
        weight,
        array(golden.get("bias")),
        Nd4j.zeros(DOUBLE, channels),
        Nd4j.ones(DOUBLE, channels),
        golden.get("momentum").asDouble(),
        golden.get("epsilon").asDouble());
    assertThat(golden.get("steps")).hasSizeGreaterThan(1);
    for (JsonNode step : golden.get("steps")) {
      INDArray x = array(step.get("input"));
      compare(norm.forward(x, Mode.TRAINING), step.get("output"));
      compare(norm.backward(array(step.get("output_gradient"))), step.get("input_gradient"));
      compare(norm.parameters().get("norm.weight").gradient(), step.get("weight_gradient"));
      compare(norm.parameters().get("norm.bias").gradient(), step.get("bias_gradient"));
      compare(norm.buffers().get("norm.runningMean"), step.get("running_mean"));
      compare(norm.buffers().get("norm.runningVariance"), step.get("running_variance"));
      compare(norm.forward(x, Mode.EVALUATION), step.get("evaluated"));
    }
  }

  private static void compare(INDArray actual, JsonNode expected) {
    INDArray array = array(expected);
    assertThat(actual.shape()).isEqualTo(array.shape());
    assertThat(Arrays.values(actual)).containsExactly(Arrays.values(array), within(1e-12));
  }

  private static INDArray array(JsonNode node) {
    double[] data = IntStream.range(0, node.get("data").size())
        .mapToDouble(i -> node.get("data").get(i).asDouble())
        .toArray();
    long[] shape = IntStream.range(0, node.get("shape").size())
        .mapToLong(i -> node.get("shape").get(i).asLong())
        .toArray();
    return Nd4j.create(data, shape, 'c');
  }

  /** Rows that fill no tile, several groups of tiles and their remainders; the definition in double, one loop after another. */
  @ParameterizedTest
  @CsvSource({"3, 5", "600, 2", "16384, 1", "40, 16", "1024, 16", "1025, 16", "2000, 33", "7, 700"})
  void agreesWithTheDefinition(int batch, int channels) {
    for (double offset : new double[] {0, 1e4}) {
      INDArray x = Arrays.random(DOUBLE, 1, batch, channels).addi(offset);
      INDArray dy = Arrays.random(DOUBLE, 2, batch, channels);
      check(new BatchNorm("norm", DOUBLE, channels), x, dy, 1e-10);
      check(
          new BatchNorm("norm", FLOAT, channels),
          x.castTo(FLOAT),
          dy.castTo(FLOAT),
          offset == 0 ? 1e-5 : 2e-5);
    }
  }

  private static void check(BatchNorm norm, INDArray x, INDArray dy, double tolerance) {
    int n = (int) x.size(0);
    double[] y = Arrays.values(norm.forward(x, Mode.TRAINING));
    double[] dx = Arrays.values(norm.backward(dy));
    double[] dGamma = Arrays.values(norm.parameters().get("norm.weight").gradient());
    double[] variance = Arrays.values(norm.buffers().get("norm.runningVariance"));
    for (int c = 0; c < x.size(1); c += 1 + (int) x.size(1) / 7) {
      double[] inputs = column(x, c);
      double[] gradients = column(dy, c);
      double mean = 0;
      double meanGradient = 0;
      for (int i = 0; i < n; i++) {
        mean += inputs[i] / n;
        meanGradient += gradients[i] / n;
      }
      double squares = 0;
      double products = 0;
      for (int i = 0; i < n; i++) {
        squares += (inputs[i] - mean) * (inputs[i] - mean);
        products += (inputs[i] - mean) * gradients[i];
      }
      double deviation = Math.sqrt(squares / n + 1e-5);
      assertThat(variance[c]).isCloseTo(0.9 + 0.1 * squares / (n - 1), within(tolerance));
      assertThat(dGamma[c]).isCloseTo(products / deviation, within(tolerance * Math.sqrt(n)));
      for (int i = 0; i < n; i++) {
        double normal = (inputs[i] - mean) / deviation;
        double gradient =
            (gradients[i] - meanGradient - normal * products / deviation / n) / deviation;
        int at = i * (int) x.size(1) + c;
        assertThat(y[at]).isCloseTo(normal, within(tolerance));
        assertThat(dx[at]).isCloseTo(gradient, within(tolerance));
      }
    }
  }

  private static double[] column(INDArray array, int c) {
    double[] values = Arrays.values(array);
    int columns = (int) array.size(1);
    return IntStream.range(0, (int) array.size(0))
        .mapToDouble(i -> values[i * columns + c])
        .toArray();
  }

  @Test
  void aChannelOfOneValueBecomesTheBias() {
    BatchNorm norm = new BatchNorm("norm", FLOAT, 2);
    norm.parameters().get("norm.bias").value().assign(3);
    INDArray y = norm.forward(Nd4j.valueArrayOf(new long[] {5, 2}, 1e6f), Mode.TRAINING);
    assertThat(Arrays.values(y)).containsOnly(3);
    assertThat(Arrays.values(norm.buffers().get("norm.runningVariance")))
        .containsOnly((double) 0.9f);
  }

  /** Deviations are taken from a mean that FLOAT has, and corrected: here it is as far off as they are large. */
  @Test
  void aMeanBetweenTwoFloatsHasTheRightVariance() {
    INDArray x = Nd4j.valueArrayOf(new long[] {1024, 1}, 0x1p24f);
    x.get(NDArrayIndex.interval(512, 1024), NDArrayIndex.all()).assign(0x1p24f + 2);
    BatchNorm norm = new BatchNorm("norm", FLOAT, 1);
    norm.forward(x, Mode.TRAINING);
    double[] variance = Arrays.values(norm.buffers().get("norm.runningVariance"));
    assertThat(variance[0]).isCloseTo(0.9 + 0.1 * 1024 / 1023, within(1e-6));
  }

  /** With no evaluation between: 0.1 10, then 0.9 of that and 0.1 20. The variance of each batch is 2. */
  @Test
  void runningStatisticsFollowFromBatchToBatch() {
    BatchNorm norm = new BatchNorm("norm", DOUBLE, 1);
    for (double mean : new double[] {10, 20}) {
      norm.forward(Nd4j.createFromArray(new double[][] {{mean - 1}, {mean + 1}}), Mode.TRAINING);
    }
    assertThat(norm.buffers().get("norm.runningMean").getDouble(0)).isCloseTo(2.9, within(1e-12));
    assertThat(norm.buffers().get("norm.runningVariance").getDouble(0))
        .isCloseTo(1.19, within(1e-12));
  }

  @Test
  void aBatchThatIsNotFiniteLeavesTheOutputOfTheNextOneAlone() {
    BatchNorm norm = new BatchNorm("norm", DOUBLE, 1);
    norm.forward(Nd4j.createFromArray(new double[][] {{Double.NaN}, {1}}), Mode.TRAINING);
    INDArray y = norm.forward(Nd4j.createFromArray(new double[][] {{-1}, {1}}), Mode.TRAINING);
    assertThat(Arrays.values(y)).containsExactly(new double[] {-1, 1}, within(1e-5));
  }

  @Test
  void backwardParametersWritesTheSameGradients() {
    BatchNorm norm = new BatchNorm("norm", DOUBLE, 3);
    INDArray dy = Arrays.random(DOUBLE, 2, 5, 3);
    norm.forward(Arrays.random(DOUBLE, 1, 5, 3), Mode.TRAINING);
    norm.backward(dy);
    for (Parameter parameter : norm.parameters()) {
      double[] gradient = Arrays.values(parameter.gradient());
      parameter.gradient().assign(9);
      norm.backwardParameters(dy);
      assertThat(Arrays.values(parameter.gradient())).isEqualTo(gradient);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1})
  void takesTheEndsOfTheRangeOfMomenta(double momentum) {
    BatchNorm norm = new BatchNorm(
        "norm",
        Nd4j.ones(FLOAT, 4),
        Nd4j.ones(FLOAT, 4),
        Nd4j.ones(FLOAT, 4),
        Nd4j.ones(FLOAT, 4),
        momentum,
        1e-3);
    assertThat(norm.epsilon()).isEqualTo(1e-3);
  }

  @Test
  void evaluationUsesTheRunningStatisticsAndChangesNothing() {
    INDArray mean = Nd4j.createFromArray(1.0, -2.0);
    INDArray variance = Nd4j.createFromArray(4.0, 9.0);
    BatchNorm norm = new BatchNorm(
        "norm",
        Nd4j.createFromArray(2.0, 1.0),
        Nd4j.createFromArray(0.0, 5.0),
        mean,
        variance,
        0.1,
        1e-300);
    INDArray y = norm.forward(Nd4j.createFromArray(new double[][] {{3, 1}}), Mode.EVALUATION);
    assertThat(Arrays.values(y)).containsExactly(new double[] {2, 6}, within(1e-15));
    assertThat(Arrays.values(mean)).containsExactly(1, -2);
    assertThat(Arrays.values(variance)).containsExactly(4, 9);
  }

  @Test
  void buffersAreTheArraysThatItUses() {
    BatchNorm norm = new BatchNorm("norm", DOUBLE, 1);
    assertThat(norm.buffers().keySet()).containsExactly("norm.runningMean", "norm.runningVariance");
    norm.buffers().get("norm.runningMean").assign(7);
    INDArray y = norm.forward(Nd4j.createFromArray(new double[][] {{7}}), Mode.EVALUATION);
    assertThat(y.getDouble(0)).isZero();
  }

  @Test
  void aNetworkJoinsTheBuffersOfItsLayers() {
    Sequential network = Sequential.builder(FLOAT, 1)
        .input(1, 4, 4)
        .conv2d("conv1", 3, 3)
        .batchNorm("norm1")
        .flatten()
        .batchNorm("norm2")
        .build();
    assertThat(network.buffers().keySet())
        .containsExactly(
            "norm1.runningMean",
            "norm1.runningVariance",
            "norm2.runningMean",
            "norm2.runningVariance");
    assertThat(network.buffers().get("norm1.runningMean").shape()).containsExactly(3);
    assertThat(network.buffers().get("norm2.runningMean").shape()).containsExactly(12);
    assertThat(network.layers().get(1)).hasToString("BatchNorm norm1 [3]");
  }

  @Test
  void refusesBuffersOfOneName() {
    Layer first = new Named();
    Layer second = new Named();
    assertThatThrownBy(() -> Sequential.of(FLOAT, first, second))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("buffer 'seen' is there twice, expected distinct names");
  }

  private static final class Named implements Layer {
    @Override
    public INDArray forward(INDArray input, Mode mode) {
      return input;
    }

    @Override
    public INDArray backward(INDArray outputGradient) {
      return outputGradient;
    }

    @Override
    public Map<String, INDArray> buffers() {
      return Map.of("seen", Nd4j.zeros(FLOAT, 1));
    }
  }

  @Test
  void refusesInputsThatDoNotFit() {
    BatchNorm norm = new BatchNorm("norm", FLOAT, 3);
    assertThatThrownBy(() -> norm.forward(Nd4j.create(FLOAT, 2, 4), Mode.TRAINING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("norm: input has shape [2, 4], expected [batch, 3]");
    assertThatThrownBy(() -> norm.forward(Nd4j.create(FLOAT, 2, 4, 3, 3), Mode.EVALUATION))
        .hasMessage("norm: input has shape [2, 4, 3, 3], expected [batch, 3, any, any]");
    assertThatThrownBy(() -> norm.forward(Nd4j.create(FLOAT, 2, 3, 3), Mode.EVALUATION))
        .hasMessage("norm: input has shape [2, 3, 3], expected [batch, 3, any, any]");
    assertThatThrownBy(() -> norm.forward(Nd4j.create(DOUBLE, 2, 3), Mode.TRAINING))
        .hasMessage("norm: input is of type DOUBLE, expected FLOAT");
  }

  @Test
  void oneElementHasNoVarianceToTrainWith() {
    BatchNorm norm = new BatchNorm("norm", FLOAT, 3);
    assertThatThrownBy(() -> norm.forward(Nd4j.create(FLOAT, 1, 3), Mode.TRAINING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "norm: a channel has 1 element in this batch, expected at least 2 in training mode");
    assertThat(Arrays.values(norm.buffers().get("norm.runningVariance"))).containsOnly(1);
    assertThat(norm.forward(Nd4j.create(FLOAT, 1, 3), Mode.EVALUATION).shape())
        .containsExactly(1, 3);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void refusesMomenta(double momentum) {
    assertThatThrownBy(() -> norm(momentum, 1e-5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("momentum is " + momentum + ", expected a value in [0, 1]");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.POSITIVE_INFINITY, Double.NaN})
  void refusesEpsilons(double epsilon) {
    assertThatThrownBy(() -> norm(0.1, epsilon))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("epsilon is " + epsilon + ", expected a finite number above 0");
  }

  private static BatchNorm norm(double momentum, double epsilon) {
    INDArray four = Nd4j.ones(FLOAT, 4);
    return new BatchNorm("norm", four, four, four, four, momentum, epsilon);
  }

  @Test
  void refusesArraysThatDoNotFit() {
    INDArray four = Nd4j.ones(FLOAT, 4);
    INDArray five = Nd4j.ones(FLOAT, 5);
    assertThatThrownBy(() -> new BatchNorm("norm", FLOAT, 0))
        .hasMessage("channels is 0, expected at least 1");
    assertThatThrownBy(() -> new BatchNorm("norm", DataType.INT32, 1))
        .hasMessage("dataType is INT, expected FLOAT or DOUBLE");
    assertThatThrownBy(
            () -> new BatchNorm("norm", Nd4j.ones(FLOAT, 4, 1), four, four, four, 0.1, 1e-5))
        .hasMessage("norm.weight has shape [4, 1], expected 1 dimensions, none of length 0");
    assertThatThrownBy(() -> new BatchNorm("norm", four, five, four, four, 0.1, 1e-5))
        .hasMessage("norm.bias has 5 elements, expected 4");
    assertThatThrownBy(() -> new BatchNorm("norm", four, four, five, four, 0.1, 1e-5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("norm.runningMean has 5 elements, expected 4");
    assertThatThrownBy(
            () -> new BatchNorm("norm", four, four, four, four.castTo(DOUBLE), 0.1, 1e-5))
        .hasMessage("norm.runningVariance: array is of type DOUBLE, expected FLOAT");
  }
}
