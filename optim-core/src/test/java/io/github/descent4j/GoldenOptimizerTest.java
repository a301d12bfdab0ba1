package io.github.descent4j;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.NAdam.MomentumProduct;
import io.github.descent4j.internal.Rules;
import io.github.descent4j.rule.UpdateRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

  /** Golden slot names, in PyTorch's words, to ours: the first that the rule has. */
  private static final Map<String, List<String>> SLOTS = Map.ofEntries(
      entry("exp_avg", List.of("m")),
      entry("exp_avg_sq", List.of("n", "v")),
      entry("exp_avg_diff", List.of("v")),
      entry("pre_grad", List.of("previous")),
      entry("exp_avg_var", List.of("s")),
      entry("max_exp_avg_sq", List.of("vMax")),
      entry("exp_inf", List.of("u")),
      entry("sum", List.of("s", "n")),
      entry("square_avg", List.of("s")),
      entry("grad_avg", List.of("m")),
      entry("acc_delta", List.of("x")),
      entry("ax", List.of("ax")),
      entry("prev", List.of("previous")),
      entry("step_size", List.of("size")),
      entry("last_delta", List.of("change")),
      entry("alpha_z", List.of("z")),
      entry("v_per_tensor", List.of("v")),
      entry("row_mean_sq", List.of("rowMeans")),
      entry("col_mean_sq", List.of("columnMeans")),
      entry("exp_avg_sq_unfactored", List.of("v")),
      entry("s", List.of("s")),
      entry("p0", List.of("p0")),
      entry("x0", List.of("p0")),
      entry("velocity", List.of("v")),
      entry("momentum_buffer", List.of("v", "b")));

  /** Golden names of numbers over all parameters, to ours. */
  private static final Map<String, String> REMEMBERED =
      Map.of("d", "d", "d_max", "dMax", "numerator", "numerator", "g0_norm", "firstNorm");

  /** Of both sets and our own, all but two, which have tests of their own below, and those of wrappers. */
  static List<String> names() {
    List<String> names = new ArrayList<>();
    for (String folder : List.of("optimizers", "wide/optimizers", "own/optimizers")) {
      Golden.names(folder).forEach(name -> names.add(folder + "/" + name));
    }
    names.removeIf(GoldenWrapperTest::isOfWrapper);
    names.remove("optimizers/nesterov_quadratic_lookahead_form");
    names.remove("optimizers/nadam_torch113_single_tensor_bug");
    return names;
  }

  @Test
  void everyRuleHasGoldenFiles() {
    assertThat(names().stream()
            .map(name -> GoldenOptimizers.rule(Golden.read(name + ".json")))
            .distinct())
        .containsExactlyInAnyOrderElementsOf(
            Rules.all().stream().map(Rules.Rule::id).toList());
  }

  @ParameterizedTest
  @MethodSource("names")
  void followsTheTrajectory(String name) {
    JsonNode golden = Golden.read(name + ".json");
    assertThat(golden.get("ill_conditioned").booleanValue()).isFalse();
    Run run = new Run(golden);
    double[] atol = Golden.numbers(golden.at("/tolerance/atol_per_element"));
    double rtol = golden.at("/tolerance/rtol").doubleValue();

    for (int step = 1; step <= run.steps; step++) {
      run.step();
      JsonNode expected = golden.get("parameters_after_step").get(Integer.toString(step));
      if (expected != null) {
        Golden.assertClose(
            "parameter after step " + step,
            run.all(run.values),
            Golden.numbers(expected),
            rtol,
            atol);
      }
      if (golden.has("d_after_step") && expected != null) {
        double d = golden.at("/d_after_step/" + step).doubleValue();
        assertThat(run.remembered("d")).as("d after step %d", step).isCloseTo(d, within(rtol * d));
      }
    }

    // The runs of other libraries in float32 have parameters alone.
    if (golden.has("state_after_last")) {
      assertState(golden, run, rtol);
    }
  }

  /** Those in binary64 without gradients beyond the range of FLOAT's squares. */
  static List<String> namesInFloat() {
    return names().stream()
        .filter(name -> {
          JsonNode golden = Golden.read(name + ".json");
          return golden.get("dtype").textValue().equals("float64")
              && !golden.path("gradient_style").asText().equals("edge");
        })
        .toList();
  }

  /** By the rule of the second set: the first 20 steps, to 2e-4; and to rounding of the largest value that an element had. */
  @ParameterizedTest
  @MethodSource("namesInFloat")
  void followsTheTrajectoryInFloat(String name) {
    JsonNode golden = Golden.read(name + ".json");
    Run run = new Run(golden, DataType.FLOAT);
    JsonNode path = golden.get("parameters_after_step");
    double[] atol = new double[golden.get("initial").size()];
    int compared = 0;
    for (int i = 0; i < atol.length; i++) {
      atol[i] = 1e-6 * Math.abs(Golden.number(golden.get("initial").get(i)));
    }
    for (int step = 1; step <= Math.min(20, run.steps); step++) {
      run.step();
      JsonNode recorded = path.get(Integer.toString(step));
      if (recorded != null) {
        double[] expected = Golden.numbers(recorded);
        for (int i = 0; i < atol.length; i++) {
          atol[i] = Math.max(atol[i], 1e-6 * Math.abs(expected[i]));
        }
        Golden.assertClose(
            "parameter after step " + step, run.all(run.values), expected, 2e-4, atol);
        compared++;
      }
    }
    assertThat(compared).isPositive();
    assertThat(run.values).allMatch(value -> value.dataType() == DataType.FLOAT);
  }

  private static void assertState(JsonNode golden, Run run, double rtol) {
    double stateRtol = golden.at("/tolerance/state_rtol").asDouble(rtol);
    double stateAtol = golden.at("/tolerance/state_atol").asDouble(1e-13);
    // The second set allows for elements that cancel: see its README.
    boolean ofLargest = golden.at("/tolerance/state_note").isTextual();
    Map<String, Integer> slots = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : golden.get("state_after_last").properties()) {
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
      if (entry.getKey().equals("eta") || entry.getKey().equals("mu")) {
        // Those of the next step.
        Asgd rule = (Asgd) run.optimizer;
        double actual = entry.getKey().equals("eta")
            ? rule.learningRate()
            : Asgd.mu(rule.t0(), run.optimizer.steps() + 1);
        assertThat(actual)
            .isCloseTo(entry.getValue().doubleValue(), withinPercentage(100 * stateRtol));
        continue;
      }
      if (entry.getValue().isNumber()) {
        assertThat(run.remembered(REMEMBERED.get(entry.getKey())))
            .as(entry.getKey())
            .isCloseTo(entry.getValue().doubleValue(), withinPercentage(100 * rtol));
        continue;
      }
      double[] expected = Golden.numbers(entry.getValue());
      if (entry.getKey().equals("prev")) {
        // Of the gradient before, Rprop keeps the sign.
        expected = Arrays.stream(expected).map(Math::signum).toArray();
      }
      double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
      double atol = stateAtol + (ofLargest ? stateRtol * 1e-3 * largest : 0);
      Map<String, INDArray> compared = run.slots(entry.getKey());
      Golden.assertClose(
          entry.getKey(), run.all(compared.values()), expected, stateRtol, new double[] {atol});
      compared.keySet().forEach(parameter -> slots.merge(parameter, 1, Integer::sum));
    }
    if (run.needsLoss) {
      INDArray loss = run.optimizer.state().slot("w", "loss");
      assertThat(loss.getDouble(0)).isEqualTo(run.loss);
      slots.merge("w", 1, Integer::sum);
    }
    for (Parameter parameter : run.parameters) {
      assertThat(run.optimizer.state().slots(parameter.name()))
          .as("every slot is compared")
          .hasSize(slots.getOrDefault(parameter.name(), 0));
    }
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
            "theta", run.values.get(0).sub(velocity.mul(mu)), Golden.numbers(theta), 1e-11, atol);
        JsonNode point = golden.get("lookahead_point_after_step").get(key);
        Golden.assertClose("look-ahead", run.values.get(0), Golden.numbers(point), 1e-11, atol);
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
      assertThat(Math.abs(run.values.get(0).getDouble(i) - first[i])).isGreaterThan(1e-6);
    }
    while (run.optimizer.steps() < run.steps) {
      run.step();
    }
    for (String name : List.of("exp_avg", "exp_avg_sq")) {
      double[] expected = Golden.numbers(golden.at("/state_after_last/" + name));
      Golden.assertClose(
          name, run.all(run.slots(name).values()), expected, 1e-12, new double[] {1e-13});
    }
  }

  static List<String> lookahead() {
    return List.of("nesterov_quadratic_lookahead_form");
  }

  /** One golden run, step by step. */
  private static final class Run {
    final Optimizer optimizer;
    final List<INDArray> values = new ArrayList<>();
    final Parameters parameters;
    final int steps;
    private final JsonNode gradients;

    /** Whether every step is given the loss ahead of it. */
    final boolean needsLoss;

    double loss;

    Run(JsonNode golden) {
      this(
          golden,
          golden.get("dtype").textValue().equals("float32") ? DataType.FLOAT : DataType.DOUBLE);
    }

    Run(JsonNode golden, DataType type) {
      gradients = golden.get("gradients");
      steps = golden.get("steps").intValue();
      List<Parameter> all = new ArrayList<>();
      double[] initial = Golden.numbers(golden.get("initial"));
      int from = 0;
      for (Map.Entry<String, long[]> tensor : tensors(golden).entrySet()) {
        long[] shape = tensor.getValue();
        int to = from + TestArrays.length(shape);
        values.add(Golden.array(type, shape, Arrays.copyOfRange(initial, from, to)));
        all.add(
            Parameter.of(tensor.getKey(), values.get(values.size() - 1), Nd4j.create(type, shape)));
        from = to;
      }
      assertThat(from).isEqualTo(initial.length);
      parameters = Parameters.of(all);
      Optimizer plain = GoldenOptimizers.create(golden);
      needsLoss = golden.at("/hyperparameters/variant").asText().equals("iRprop+");
      JsonNode rates = golden.get("lr_per_step");
      optimizer = rates == null
          ? plain
          : plain.scheduled(step -> Golden.number(rates.get(Math.toIntExact(step))));
    }

    /** Shapes by name: one "w", unless the file says otherwise. */
    private static Map<String, long[]> tensors(JsonNode golden) {
      Map<String, long[]> shapes = new LinkedHashMap<>();
      if (golden.has("tensors")) {
        golden
            .get("tensors")
            .forEach(tensor ->
                shapes.put(tensor.get("name").textValue(), Golden.shape(tensor.get("shape"))));
      } else {
        shapes.put("w", Golden.shape(golden.get("shape")));
      }
      return shapes;
    }

    void step() {
      double[] numbers = gradients.isArray()
          ? Golden.numbers(gradients.get((int) optimizer.steps()))
          : GoldenOptimizers.gradient(gradients, Golden.numbers(all(values)));
      int from = 0;
      for (Parameter parameter : parameters) {
        INDArray gradient = parameter.gradient();
        int to = from + (int) gradient.length();
        gradient.assign(Golden.array(
            gradient.dataType(), gradient.shape(), Arrays.copyOfRange(numbers, from, to)));
        from = to;
      }
      if (needsLoss) {
        loss = GoldenOptimizers.value(gradients, Golden.numbers(all(values)));
        ((Rprop) optimizer).loss(loss);
      }
      optimizer.step(parameters);
    }

    /** A number over all parameters. */
    double remembered(String name) {
      return ((UpdateRule) optimizer).remembered().get(name);
    }

    /** A slot, by its golden name, of every parameter that has it: a vector has not those of a matrix. */
    Map<String, INDArray> slots(String goldenName) {
      OptimizerState state = optimizer.state();
      Map<String, INDArray> slots = new LinkedHashMap<>();
      for (Parameter parameter : parameters) {
        String name = parameter.name();
        SLOTS.get(goldenName).stream()
            .filter(state.slots(name)::contains)
            .findFirst()
            .ifPresent(own -> slots.put(name, state.slot(name, own)));
      }
      assertThat(slots).as("slots for golden '%s'", goldenName).isNotEmpty();
      return slots;
    }

    /** One after the other, as in the file. */
    INDArray all(Collection<INDArray> arrays) {
      return Nd4j.toFlattened('c', arrays);
    }
  }
}
