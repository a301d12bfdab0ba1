package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.NAdam.MomentumProduct;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Parameters and every slot against trajectories of implementations that we did not write. */
class GoldenOptimizerTest {

  /** Golden slot names, in PyTorch's words, to ours. */
  private static final Map<String, String> SLOTS = Map.of(
      "exp_avg", "m",
      "exp_avg_sq", "v",
      "max_exp_avg_sq", "vMax",
      "exp_inf", "u",
      "sum", "s",
      "square_avg", "s",
      "grad_avg", "m",
      "acc_delta", "x",
      "velocity", "v");

  /** All but two, which have tests of their own below. */
  static List<String> names() {
    return Golden.names("optimizers").stream()
        .filter(name -> !name.equals("nesterov_quadratic_lookahead_form"))
        .filter(name -> !name.equals("nadam_torch113_single_tensor_bug"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("names")
  void followsTheTrajectory(String name) {
    JsonNode golden = Golden.read("optimizers/" + name + ".json");
    assertThat(golden.get("ill_conditioned").booleanValue()).isFalse();
    Run run = new Run(golden);
    double[] atol = Golden.numbers(golden.at("/tolerance/atol_per_element"));
    double rtol = golden.at("/tolerance/rtol").doubleValue();

    for (int step = 1; step <= run.steps; step++) {
      run.step();
      JsonNode expected = golden.get("parameters_after_step").get(Integer.toString(step));
      if (expected != null) {
        Golden.assertClose(
            "parameter after step " + step, run.value, Golden.numbers(expected), rtol, atol);
      }
    }

    JsonNode state = golden.get("state_after_last");
    double stateRtol = golden.at("/tolerance/state_rtol").asDouble(rtol);
    double stateAtol = golden.at("/tolerance/state_atol").asDouble(1e-13);
    int slots = 0;
    for (Map.Entry<String, JsonNode> entry : state.properties()) {
      if (entry.getKey().equals("step")) {
        assertThat(run.optimizer.steps()).isEqualTo(entry.getValue().asLong());
        continue;
      }
      if (entry.getKey().equals("mu_product")) {
        NAdam rule = (NAdam) run.optimizer;
        assertThat(new MomentumProduct(rule.beta1(), rule.momentumDecay()).product(run.steps))
            .isCloseTo(entry.getValue().doubleValue(), withinPercentage(100 * stateRtol));
        continue;
      }
      INDArray slot = run.optimizer.state().slot("w", slotName(golden, entry.getKey()));
      Golden.assertClose(
          entry.getKey(), slot, Golden.numbers(entry.getValue()), stateRtol, new double[] {stateAtol
          });
      slots++;
    }
    assertThat(run.optimizer.state().slots("w")).as("every slot is compared").hasSize(slots);
  }

  /** Sutskever's theta and velocity follow from our look-ahead point and outside velocity. */
  @ParameterizedTest
  @MethodSource("lookahead")
  void nesterovIsTheLookaheadForm(String name) {
    JsonNode golden = Golden.read("optimizers/" + name + ".json");
    Run run = new Run(golden);
    double mu = golden.at("/hyperparameters/momentum").doubleValue();
    double lr = golden.at("/hyperparameters/lr").doubleValue();
    double[] atol = {1e-13};
    for (int step = 1; step <= run.steps; step++) {
      run.step();
      INDArray velocity = run.optimizer.state().slot("w", "v").mul(-lr);
      String key = Integer.toString(step);
      JsonNode theta = golden.get("parameters_after_step").get(key);
      if (theta != null) {
        Golden.assertClose(
            "theta", run.value.sub(velocity.mul(mu)), Golden.numbers(theta), 1e-11, atol);
        JsonNode point = golden.get("lookahead_point_after_step").get(key);
        Golden.assertClose("look-ahead", run.value, Golden.numbers(point), 1e-11, atol);
      }
    }
    double[] velocity = Golden.numbers(golden.at("/state_after_last/velocity"));
    Golden.assertClose(
        "velocity", run.optimizer.state().slot("w", "v").mul(-lr), velocity, 1e-11, atol);
  }

  /** PyTorch 1.13, one tensor at a time: its moments are ours, its steps have a mu_t too many. */
  @Test
  void nAdamDoesNotRepeatTheMistakeOfTorch113() {
    JsonNode golden = Golden.read("optimizers/nadam_torch113_single_tensor_bug.json");
    Run run = new Run(golden);
    JsonNode mistaken = golden.get("parameters_after_step");
    run.step();
    double[] first = Golden.numbers(mistaken.get("1"));
    for (int i = 0; i < first.length; i++) {
      assertThat(Math.abs(run.value.getDouble(i) - first[i])).isGreaterThan(1e-6);
    }
    while (run.optimizer.steps() < run.steps) {
      run.step();
    }
    for (String name : List.of("exp_avg", "exp_avg_sq")) {
      double[] expected = Golden.numbers(golden.at("/state_after_last/" + name));
      INDArray slot = run.optimizer.state().slot("w", slotName(golden, name));
      Golden.assertClose(name, slot, expected, 1e-12, new double[] {1e-13});
    }
  }

  static List<String> lookahead() {
    return List.of("nesterov_quadratic_lookahead_form");
  }

  private static String slotName(JsonNode golden, String torchName) {
    if (torchName.equals("momentum_buffer")) {
      return golden.get("optimizer").textValue().equals("rmsprop") ? "b" : "v";
    }
    return SLOTS.get(torchName);
  }

  /** One golden run, step by step. */
  private static final class Run {
    final Optimizer optimizer;
    final INDArray value;
    final int steps;
    private final JsonNode gradients;
    private final INDArray gradient;
    private final Parameters parameters;

    Run(JsonNode golden) {
      DataType type =
          golden.get("dtype").textValue().equals("float32") ? DataType.FLOAT : DataType.DOUBLE;
      long[] shape = Golden.shape(golden.get("shape"));
      value = Golden.array(type, shape, Golden.numbers(golden.get("initial")));
      gradient = Nd4j.create(type, shape);
      gradients = golden.get("gradients");
      steps = golden.get("steps").intValue();
      parameters = Parameters.of(Parameter.of("w", value, gradient));
      Optimizer plain = GoldenOptimizers.create(golden);
      JsonNode rates = golden.get("lr_per_step");
      optimizer = rates == null
          ? plain
          : plain.scheduled(step -> Golden.number(rates.get(Math.toIntExact(step))));
    }

    void step() {
      double[] numbers = gradients.isArray()
          ? Golden.numbers(gradients.get((int) optimizer.steps()))
          : GoldenOptimizers.gradient(gradients, Golden.numbers(value));
      gradient.assign(Golden.array(value.dataType(), value.shape(), numbers));
      optimizer.step(parameters);
    }
  }
}
