package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.descent4j.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Files of numbers that PyTorch computed. */
public final class Golden {
  private Golden() {}

  /** Of an architecture without random layers. */
  public static Sequential network(JsonNode architecture, JsonNode parameters) {
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

  public static INDArray array(JsonNode node) {
    double[] data = new double[node.get("data").size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = node.get("data").get(i).asDouble();
    }
    return Nd4j.create(data, shape(node), 'c');
  }

  static long[] shape(JsonNode node) {
    return IntStream.range(0, node.get("shape").size())
        .mapToLong(i -> node.get("shape").get(i).asLong())
        .toArray();
  }

  public static int[] labels(JsonNode file) {
    return IntStream.range(0, file.get("labels").size())
        .map(i -> file.get("labels").get(i).asInt())
        .toArray();
  }

  public static Tolerance tolerance(JsonNode file) {
    JsonNode tolerance = file.get("tolerance");
    return new Tolerance(tolerance.get("rtol").asDouble(), tolerance.get("atol").asDouble());
  }

  public static JsonNode read(String file) {
    String path = "/golden/networks/" + file + ".json";
    try (InputStream in = Golden.class.getResourceAsStream(path)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new AssertionError(path, e);
    }
  }

  /** How far from a number of the file another one may be. */
  public record Tolerance(double rtol, double atol) {
    /** The gradients of all parameters of a network. */
    public void checkGradients(String what, Sequential network, JsonNode expected) {
      for (Parameter parameter : network.parameters()) {
        check(
            what + " of " + parameter.name(), parameter.gradient(), expected.get(parameter.name()));
      }
    }

    public void check(String what, INDArray actual, JsonNode expected) {
      assertThat(actual.shape()).as(what).isEqualTo(shape(expected));
      double[] values = Arrays.values(actual);
      for (int i = 0; i < values.length; i++) {
        check(what + " element " + i, values[i], expected.get("data").get(i).asDouble());
      }
    }

    public void check(String what, double actual, double expected) {
      assertThat(actual).as(what).isCloseTo(expected, within(rtol * Math.abs(expected) + atol));
    }
  }
}
