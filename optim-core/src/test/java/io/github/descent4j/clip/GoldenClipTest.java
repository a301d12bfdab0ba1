package io.github.descent4j.clip;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Golden;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.decorator.ClippedOptimizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Clipped gradients, seen through an Sgd of rate 1 that starts at 0, against PyTorch's. */
class GoldenClipTest {
  private static final double[] ATOL = {1e-15};

  static List<String> names() {
    return Golden.names("clipping");
  }

  @ParameterizedTest
  @MethodSource("names")
  void agreesWithPyTorch(String name) {
    JsonNode golden = Golden.read("clipping/" + name + ".json");
    JsonNode settings = golden.get("parameters");
    if (golden.get("function").textValue().equals("clip_by_value")) {
      double bound = settings.get("clip_value").doubleValue();
      assertClips(golden, GradientClip.byValue(-bound, bound), "gradients_out");
      assertClips(golden, GradientClip.byValue(bound), "gradients_out");
      return;
    }
    double maxNorm = settings.get("max_norm").doubleValue();
    Norm norm = switch (settings.get("norm_type").asText()) {
      case "1.0" -> Norm.L1;
      case "2.0" -> Norm.L2;
      case "Infinity" -> Norm.MAX;
      default -> throw new AssertionError(settings.toString());
    };
    double total =
        assertClips(golden, GradientClip.byGlobalNorm(maxNorm, norm, 1e-6), "gradients_out");
    assertThat(Double.toString(total)).isEqualTo(golden.get("total_norm").asText());
    String textbook = "gradients_out_without_1e-6";
    assertClips(
        golden,
        GradientClip.byGlobalNorm(maxNorm, norm),
        golden.has(textbook) ? textbook : "gradients_out");
  }

  /** Returns the norm ahead of clipping. */
  private static double assertClips(JsonNode golden, GradientClip clip, String expected) {
    List<Parameter> parameters = new ArrayList<>();
    for (JsonNode tensor : golden.get("gradients_in")) {
      long[] shape = Golden.shape(tensor.get("shape"));
      INDArray gradient = Golden.array(DataType.DOUBLE, shape, Golden.numbers(tensor.get("data")));
      String name = "p" + parameters.size();
      parameters.add(Parameter.of(name, Nd4j.zeros(DataType.DOUBLE, shape), gradient));
    }
    ClippedOptimizer optimizer = new Sgd(1).clipped(clip);
    optimizer.step(Parameters.of(parameters));
    for (int i = 0; i < parameters.size(); i++) {
      double[] out = Golden.numbers(golden.get(expected).get(i).get("data"));
      Golden.assertClose(
          "gradient " + i, parameters.get(i).value().neg(), unsignedZeros(out), 1e-12, ATOL);
    }
    return optimizer.lastNorm();
  }

  /** 0 - (+-0) is +0, so the sign of a zero does not show in a parameter. */
  private static double[] unsignedZeros(double[] numbers) {
    double[] unsigned = numbers.clone();
    for (int i = 0; i < unsigned.length; i++) {
      unsigned[i] = unsigned[i] == 0 ? 0 : unsigned[i];
    }
    return unsigned;
  }
}
