package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Tag("slow")
class DropConnectTest {
  private static final DataType DOUBLE = DataType.DOUBLE;

  private static DropConnect layer(
      DropConnect.Form form, NoiseScope scope, double rate, long seed) {
    return new DropConnect(
        "fc",
        Arrays.random(DOUBLE, 1, 3, 4),
        Arrays.random(DOUBLE, 2, 3),
        rate,
        form,
        scope,
        new SplittableRandom(seed));
  }

  static Stream<Arguments> variants() {
    return Stream.of("dropconnect_mlp_relu", "dropconnect_mlp_tanh")
        .flatMap(file -> IntStream.range(0, 4).mapToObj(i -> Arguments.of(file, i)));
  }

  /** Given masks: PyTorch's numbers. */
  @ParameterizedTest
  @MethodSource("variants")
  void agrees(String file, int variant) {
    JsonNode golden = Golden.read(file);
    JsonNode result = golden.get("results").get(variant);
    Golden.Tolerance tolerance = Golden.tolerance(golden);
    DropConnect fc1 = masked("fc1", golden, result);
    DropConnect fc2 = masked("fc2", golden, result);
    Layer activation = file.endsWith("relu") ? new Relu() : new Tanh();
    Sequential network = Sequential.of(DOUBLE, fc1, activation, fc2);
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();

    INDArray logits = network.forward(Golden.array(golden.get("input")), Mode.TRAINING);
    tolerance.check("logits", logits, result.get("logits"));
    tolerance.check(
        "loss", loss.forward(logits, Golden.labels(golden)), result.get("loss").asDouble());
    INDArray gradient = network.backward(loss.backward());
    tolerance.check("input gradient", gradient, result.get("input_gradient"));
    tolerance.checkGradients("gradient", network, result.get("gradients"));

    network.forward(Golden.array(golden.get("input")), Mode.TRAINING);
    network.parameters().forEach(parameter -> parameter.gradient().assign(9));
    network.backwardParameters(loss.backward());
    tolerance.checkGradients("gradient alone", network, result.get("gradients"));
  }

  /** Of a layer that has computed nothing else before. */
  @ParameterizedTest
  @EnumSource(NoiseScope.class)
  void gradientsOfTheParametersAloneAreThoseOfAWholePass(NoiseScope scope) {
    INDArray x = Arrays.random(DOUBLE, 3, 5, 4);
    INDArray dy = Arrays.random(DOUBLE, 4, 5, 3);
    DropConnect whole = layer(DropConnect.Form.SCALED, scope, 0.5, 7);
    whole.forward(x, Mode.TRAINING);
    whole.backward(dy);
    DropConnect alone = layer(DropConnect.Form.SCALED, scope, 0.5, 7);
    alone.forward(x, Mode.TRAINING);
    alone.backwardParameters(dy);
    for (int i = 0; i < 2; i++) {
      assertThat(alone.parameters().get(i).gradient())
          .isEqualTo(whole.parameters().get(i).gradient());
    }
    assertThat(whole.parameters().get(0).gradient().norm1Number().doubleValue()).isPositive();
    assertThatThrownBy(() -> alone.backwardParameters(Arrays.random(DOUBLE, 4, 5, 2)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static DropConnect masked(String name, JsonNode golden, JsonNode result) {
    JsonNode variant = result.get("variant");
    boolean paper = variant.get("bias_masked").asBoolean();
    assertThat(variant.get("scale_by_1_over_keep").asBoolean()).isEqualTo(!paper);
    boolean perExample = variant.get("per_example").asBoolean();
    JsonNode weights = result.get("masks").get(name + ".weight").get("data");
    JsonNode biases = paper ? result.get("masks").get(name + ".bias").get("data") : null;
    INDArray weight = Golden.array(golden.get("parameters").get(name + ".weight"));
    INDArray bias = Golden.array(golden.get("parameters").get(name + ".bias"));
    int count = (int) weight.length();
    int outputs = (int) bias.length();
    return new DropConnect(
        name,
        weight,
        bias,
        1 - golden.get("keep").asDouble(),
        paper ? DropConnect.Form.PAPER : DropConnect.Form.SCALED,
        perExample ? NoiseScope.EXAMPLE : NoiseScope.BATCH,
        new SplittableRandom(1),
        (seed, example) -> new BooleanSupplier() {
          private int drawn;

          @Override
          public boolean getAsBoolean() {
            int i = drawn++;
            return i < count
                ? weights.get(example * count + i).asInt() == 1
                : biases.get(example * outputs + i - count).asInt() == 1;
          }
        });
  }

  /** The moments of the paper's inference; those of the scaled form by hand. */
  @ParameterizedTest
  @ValueSource(strings = {"dropconnect_mlp_relu", "dropconnect_mlp_tanh"})
  void moments(String file) {
    JsonNode golden = Golden.read(file);
    JsonNode expected = golden.get("inference_moments_first_layer");
    Golden.Tolerance tolerance = Golden.tolerance(golden);
    double keep = golden.get("keep").asDouble();
    INDArray weight = Golden.array(golden.get("parameters").get("fc1.weight"));
    INDArray bias = Golden.array(golden.get("parameters").get("fc1.bias"));
    INDArray input = Golden.array(golden.get("input"));
    DropConnect paper = new DropConnect(
        "fc1",
        weight,
        bias,
        1 - keep,
        DropConnect.Form.PAPER,
        NoiseScope.BATCH,
        new SplittableRandom(1));
    tolerance.check("mean", paper.moments(input).mean(), expected.get("mean"));
    tolerance.check("variance", paper.moments(input).variance(), expected.get("variance"));
    tolerance.check("evaluation", paper.forward(input, Mode.EVALUATION), expected.get("mean"));
  }

  @ParameterizedTest
  @EnumSource
  void momentsAreThoseOfManyDraws(DropConnect.Form form) {
    DropConnect layer = layer(form, NoiseScope.BATCH, 0.3, 6);
    INDArray x = Arrays.random(DOUBLE, 3, 2, 4);
    DropConnect.Moments moments = layer.moments(x);
    int draws = 40_000;
    INDArray sum = Nd4j.zeros(DOUBLE, 2, 3);
    INDArray squares = Nd4j.zeros(DOUBLE, 2, 3);
    for (int i = 0; i < draws; i++) {
      INDArray deviation = layer.forward(x, Mode.TRAINING).sub(moments.mean());
      sum.addi(deviation);
      squares.addi(deviation.mul(deviation));
    }
    for (int i = 0; i < sum.length(); i++) {
      double variance = moments.variance().getDouble(i);
      assertThat(sum.getDouble(i) / draws).isCloseTo(0, within(5 * Math.sqrt(variance / draws)));
      assertThat(squares.getDouble(i) / draws).isCloseTo(variance, within(0.05 * variance));
    }
    assertThat(layer.forward(x, Mode.EVALUATION)).isEqualTo(moments.mean());
  }

  static Stream<Arguments> kinds() {
    return Stream.of(DropConnect.Form.values())
        .flatMap(form -> Stream.of(NoiseScope.values()).map(scope -> Arguments.of(form, scope)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void gradients(DropConnect.Form form, NoiseScope scope) {
    INDArray weight = Arrays.random(DOUBLE, 1, 3, 4);
    INDArray bias = Arrays.random(DOUBLE, 2, 3);
    GradientCheck.check(
        () -> new DropConnect("fc", weight, bias, 0.4, form, scope, new SplittableRandom(5)),
        Arrays.random(DOUBLE, 3, 5, 4));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void masksFollowFromTheSeed(DropConnect.Form form, NoiseScope scope) {
    INDArray x = Arrays.random(DOUBLE, 3, 5, 4);
    DropConnect layer = layer(form, scope, 0.5, 7);
    INDArray first = layer.forward(x, Mode.TRAINING).dup();
    INDArray second = layer.forward(x, Mode.TRAINING).dup();
    assertThat(second).isNotEqualTo(first);
    DropConnect again = layer(form, scope, 0.5, 7);
    assertThat(again.forward(x, Mode.TRAINING)).isEqualTo(first);
    assertThat(again.forward(x, Mode.TRAINING)).isEqualTo(second);
    layer.reseed(3);
    INDArray reseeded = layer.forward(x, Mode.TRAINING).dup();
    again.reseed(3);
    assertThat(again.forward(x, Mode.TRAINING)).isEqualTo(reseeded);
  }

  @Test
  void examplesHaveMasksOfTheirOwnIfTheyShould() {
    INDArray ones = Nd4j.ones(DOUBLE, 20, 4);
    INDArray ofBatch =
        layer(DropConnect.Form.SCALED, NoiseScope.BATCH, 0.5, 7).forward(ones, Mode.TRAINING);
    INDArray ofExamples =
        layer(DropConnect.Form.SCALED, NoiseScope.EXAMPLE, 0.5, 7).forward(ones, Mode.TRAINING);
    assertThat(ofBatch.getRow(1)).isEqualTo(ofBatch.getRow(0));
    assertThat(ofExamples.getRow(1)).isNotEqualTo(ofExamples.getRow(0));
    assertThat(ofExamples.getRow(0)).isEqualTo(ofBatch.getRow(0));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void copiesDrawOthersWhateverTheirNumber(DropConnect.Form form, NoiseScope scope) {
    INDArray x = Arrays.random(DOUBLE, 3, 5, 4);
    DropConnect layer = layer(form, scope, 0.5, 7);
    DropConnect same = layer(form, scope, 0.5, 7);
    Layer first = layer.split();
    Layer second = layer.split();
    same.split();
    assertThat(first.parameters().get("fc.weight").value())
        .isSameAs(layer.parameters().get("fc.weight").value());
    assertThat(first.parameters().get("fc.bias").value())
        .isSameAs(layer.parameters().get("fc.bias").value());
    INDArray own = layer.forward(x, Mode.TRAINING);
    assertThat(same.forward(x, Mode.TRAINING)).isEqualTo(own);
    INDArray ofFirst = first.forward(x, Mode.TRAINING);
    assertThat(ofFirst).isNotEqualTo(own);
    assertThat(second.forward(x, Mode.TRAINING)).isNotEqualTo(own).isNotEqualTo(ofFirst);
  }

  @ParameterizedTest
  @EnumSource
  void theLayerOfAnEvaluationComputesTheSame(DropConnect.Form form) {
    INDArray x = Arrays.random(DOUBLE, 3, 5, 4);
    DropConnect layer = layer(form, NoiseScope.BATCH, 0.25, 7);
    double[] expected = Arrays.values(layer.forward(x, Mode.EVALUATION));
    Dense evaluated = layer.evaluated();
    assertThat(Arrays.values(evaluated.forward(x, Mode.EVALUATION)))
        .containsExactly(expected, within(1e-15));
    evaluated.parameters().forEach(parameter -> parameter.value().assign(9));
    assertThat(Arrays.values(layer.forward(x, Mode.EVALUATION))).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aRateOfZeroDropsNothing(DropConnect.Form form, NoiseScope scope) {
    INDArray x = Arrays.random(DOUBLE, 3, 5, 4);
    DropConnect layer = layer(form, scope, 0, 7);
    double[] expected = Arrays.values(layer.forward(x, Mode.EVALUATION));
    assertThat(Arrays.values(layer.forward(x, Mode.TRAINING)))
        .containsExactly(expected, within(1e-15));
    assertThat(layer).hasToString("DropConnect fc [3, 4] rate 0.0");
  }

  /** A batch that is cut in two gives the same numbers, whatever computes the parts. */
  @Test
  void aLargeBatchFollowsFromTheSeed() {
    INDArray x = Arrays.random(DataType.FLOAT, 3, 600, 4);
    INDArray[] outputs = new INDArray[2];
    for (int i = 0; i < 2; i++) {
      Sequential network = Sequential.builder(DataType.FLOAT, 1)
          .input(4)
          .dropConnect("fc1", 8, 0.5)
          .relu()
          .dense("fc2", 2)
          .build();
      network.reseed(11);
      outputs[i] = network.forward(x, Mode.TRAINING).dup();
      network.reseed(12);
      assertThat(network.forward(x, Mode.TRAINING)).isNotEqualTo(outputs[i]);
    }
    assertThat(outputs[1]).isEqualTo(outputs[0]);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void refusesARate(double rate) {
    assertThatThrownBy(() -> layer(DropConnect.Form.SCALED, NoiseScope.BATCH, rate, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rate is " + rate + ", expected a value in [0, 1)");
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatDoesNotFit(NoiseScope scope) {
    DropConnect layer = layer(DropConnect.Form.SCALED, scope, 0.5, 1);
    assertThatThrownBy(() -> layer.backward(Nd4j.zeros(DOUBLE, 2, 3)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("fc: backward was called, expected forward in training mode before it");
    assertThatThrownBy(() -> layer.forward(Nd4j.zeros(DOUBLE, 2, 5), Mode.TRAINING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("fc: input has shape [2, 5], expected [batch, 4]");
    layer.forward(Nd4j.zeros(DOUBLE, 2, 4), Mode.EVALUATION);
    assertThatThrownBy(() -> layer.backwardParameters(Nd4j.zeros(DOUBLE, 2, 3)))
        .isInstanceOf(IllegalStateException.class);
  }
}
