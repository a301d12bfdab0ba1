package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.descent4j.Adam;
import io.github.descent4j.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Two networks that PyTorch computed, in every variant of the files: see golden/README.md. */
class GoldenNetworkTest {
  private static final List<String> FILES = List.of("mlp_6_5_3", "cnn_1x8x8");

  static Stream<Arguments> variants() {
    return FILES.stream()
        .flatMap(file -> IntStream.range(0, read(file).get("results").size())
            .mapToObj(variant -> Arguments.of(file, variant)));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void agrees(String file, int variant) {
    JsonNode golden = read(file);
    JsonNode result = golden.get("results").get(variant);
    JsonNode architectures = golden.get("architecture");
    JsonNode architecture = architectures.get(architectures.size() == 1 ? 0 : variant);
    Tolerance tolerance = new Tolerance(
        golden.get("tolerance").get("rtol").asDouble(),
        golden.get("tolerance").get("atol").asDouble());
    Sequential network = network(architecture, golden.get("parameters"));
    INDArray input = array(golden.get("input"));
    int[] labels = IntStream.range(0, golden.get("labels").size())
        .map(i -> golden.get("labels").get(i).asInt())
        .toArray();
    SoftmaxCrossEntropy loss =
        new SoftmaxCrossEntropy(result.get("variant").get("label_smoothing").asDouble());

    INDArray activation = input;
    JsonNode activations = result.get("activations_after_each_layer");
    assertThat(activations).hasSize(network.layers().size());
    for (int i = 0; i < network.layers().size(); i++) {
      activation = network.layers().get(i).forward(activation, Mode.TRAINING);
      tolerance.check("after layer " + i, activation, activations.get(i));
    }

    INDArray logits = network.forward(input, Mode.TRAINING);
    tolerance.check("logits", logits, result.get("logits"));
    tolerance.check("loss", loss.forward(logits, labels), result.get("loss").asDouble());
    tolerance.check("probabilities", loss.probabilities(), result.get("probabilities"));
    double[] losses = loss.lossPerExample();
    assertThat(result.get("loss_per_example")).hasSize(losses.length);
    for (int i = 0; i < losses.length; i++) {
      tolerance.check(
          "loss " + i, losses[i], result.get("loss_per_example").get(i).asDouble());
    }

    network.backwardParameters(loss.backward());
    assertThat(result.get("gradients")).hasSize(network.parameters().size());
    for (Parameter parameter : network.parameters()) {
      tolerance.check(
          "gradient of " + parameter.name(),
          parameter.gradient(),
          result.get("gradients").get(parameter.name()));
    }

    train(network, input, labels, loss, result.get("training"), tolerance);
  }

  private static void train(
      Sequential network,
      INDArray input,
      int[] labels,
      SoftmaxCrossEntropy loss,
      JsonNode training,
      Tolerance tolerance) {
    JsonNode hyperparameters = training.get("hyperparameters");
    assertThat(training.get("optimizer").asText()).isEqualTo("adam");
    assertThat(hyperparameters.get("weight_decay").asDouble()).isZero();
    Adam adam = Adam.builder()
        .learningRate(hyperparameters.get("lr").asDouble())
        .beta1(hyperparameters.get("beta1").asDouble())
        .beta2(hyperparameters.get("beta2").asDouble())
        .epsilon(hyperparameters.get("eps").asDouble())
        .build();
    int compared = 0;
    for (int step = 1; step <= training.get("steps").asInt(); step++) {
      double before = loss.forward(network.forward(input, Mode.TRAINING), labels);
      tolerance.check(
          "loss", before, training.get("loss_before_step").get(step - 1).asDouble());
      network.backwardParameters(loss.backward());
      adam.step(network.parameters());
      JsonNode expected = training.get("parameters_after_step").get(Integer.toString(step));
      if (expected != null) {
        compared++;
        for (Parameter parameter : network.parameters()) {
          tolerance.check(
              parameter.name() + " after step " + step,
              parameter.value(),
              expected.get(parameter.name()));
        }
      }
    }
    assertThat(compared).isEqualTo(training.get("parameters_after_step").size());
    INDArray logits = network.forward(input, Mode.EVALUATION);
    tolerance.check("last logits", logits, training.get("logits_after_last_step"));
    tolerance.check(
        "last loss",
        loss.forward(logits, labels),
        training.get("loss_after_last_step").asDouble());
  }

  private static Sequential network(JsonNode architecture, JsonNode parameters) {
    List<Layer> layers = new ArrayList<>();
    for (JsonNode layer : architecture) {
      layers.add(layer(layer, parameters));
    }
    return Sequential.of(DataType.DOUBLE, layers.toArray(Layer[]::new));
  }

  private static Layer layer(JsonNode layer, JsonNode parameters) {
    return switch (layer.get("layer").asText()) {
      case "dense" -> {
        String weight = layer.get("weight").asText();
        yield new Dense(
            weight.replace(".weight", ""),
            array(parameters.get(weight)),
            array(parameters.get(layer.get("bias").asText())));
      }
      case "conv2d" -> {
        String weight = layer.get("weight").asText();
        yield new Conv2d(
            weight.replace(".weight", ""),
            array(parameters.get(weight)),
            array(parameters.get(layer.get("bias").asText())),
            layer.get("stride").asInt(),
            layer.get("padding").asInt());
      }
      case "maxpool2d" ->
        new MaxPool2d(layer.get("kernel").asInt(), layer.get("stride").asInt());
      case "flatten" -> new Flatten();
      case "activation" ->
        switch (layer.get("function").asText()) {
          case "relu" -> new Relu();
          case "tanh" -> new Tanh();
          case "sigmoid" -> new Sigmoid();
          default -> throw new AssertionError(layer);
        };
      default -> throw new AssertionError(layer);
    };
  }

  private static INDArray array(JsonNode node) {
    double[] data = new double[node.get("data").size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = node.get("data").get(i).asDouble();
    }
    return Nd4j.create(data, shape(node), 'c');
  }

  private static long[] shape(JsonNode node) {
    return IntStream.range(0, node.get("shape").size())
        .mapToLong(i -> node.get("shape").get(i).asLong())
        .toArray();
  }

  private static JsonNode read(String file) {
    String path = "/golden/networks/" + file + ".json";
    try (InputStream in = GoldenNetworkTest.class.getResourceAsStream(path)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new AssertionError(path, e);
    }
  }

  private record Tolerance(double rtol, double atol) {
    void check(String what, INDArray actual, JsonNode expected) {
      assertThat(actual.shape()).as(what).isEqualTo(shape(expected));
      double[] values = Arrays.values(actual);
      for (int i = 0; i < values.length; i++) {
        check(what + " element " + i, values[i], expected.get("data").get(i).asDouble());
      }
    }

    void check(String what, double actual, double expected) {
      assertThat(actual).as(what).isCloseTo(expected, within(rtol * Math.abs(expected) + atol));
    }
  }
}
