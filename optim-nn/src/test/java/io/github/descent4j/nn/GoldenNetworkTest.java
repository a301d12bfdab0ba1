package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Adam;
import io.github.descent4j.Parameter;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Two networks that PyTorch computed, in every variant of the files: see golden/README.md. */
class GoldenNetworkTest {
  private static final List<String> FILES = List.of("mlp_6_5_3", "cnn_1x8x8");

  static Stream<Arguments> variants() {
    return FILES.stream()
        .flatMap(file -> IntStream.range(0, Golden.read(file).get("results").size())
            .mapToObj(variant -> Arguments.of(file, variant)));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void agrees(String file, int variant) {
    JsonNode golden = Golden.read(file);
    JsonNode result = golden.get("results").get(variant);
    JsonNode architectures = golden.get("architecture");
    JsonNode architecture = architectures.get(architectures.size() == 1 ? 0 : variant);
    Golden.Tolerance tolerance = Golden.tolerance(golden);
    Sequential network = Golden.network(architecture, golden.get("parameters"));
    INDArray input = Golden.array(golden.get("input"));
    int[] labels = Golden.labels(golden);
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
      Golden.Tolerance tolerance) {
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
}
