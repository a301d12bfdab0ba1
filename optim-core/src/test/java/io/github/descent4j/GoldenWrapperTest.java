package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.decorator.AveragingOptimizer;
import io.github.descent4j.decorator.Lookahead;
import io.github.descent4j.decorator.Sam;
import io.github.descent4j.decorator.ScheduleFree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What wraps optimizers against trajectories of implementations that we did not write: parameters and every slot. */
class GoldenWrapperTest {
  /** The beginnings of the names of their files, without underlines. */
  static final List<String> WRAPPERS = List.of("lookahead", "sam", "schedulefree");

  private static final String FOLDER = "wide/optimizers";

  static boolean isOfWrapper(String name) {
    String plain = name.substring(name.lastIndexOf('/') + 1).replace("_", "");
    return WRAPPERS.stream().anyMatch(plain::startsWith);
  }

  private static List<String> names(String beginning) {
    return Golden.names(FOLDER).stream()
        .filter(name -> name.startsWith(beginning))
        .toList();
  }

  static List<String> lookahead() {
    return names("lookahead_");
  }

  @ParameterizedTest
  @MethodSource
  void lookahead(String name) {
    Run run = new Run(name);
    Optimizer rule = run.text("inner").equals("adam")
        ? Adam.builder()
            .learningRate(run.number("lr"))
            .beta1(run.number("beta1"))
            .beta2(run.number("beta2"))
            .epsilon(run.number("eps"))
            .build()
        : Momentum.builder()
            .learningRate(run.number("lr"))
            .momentum(run.number("momentum"))
            .build();
    Lookahead optimizer = rule.lookahead((int) run.number("k"), run.number("alpha"));
    for (int step = 1; step <= run.steps; step++) {
      run.computeGradients(step);
      optimizer.step(run.parameters);
      run.assertParameters("parameters", step);
    }
    run.assertSlot("slow", optimizer::slow);
    OptimizerState state = optimizer.state();
    if (rule instanceof Adam) {
      run.assertSlot("exp_avg", parameter -> state.slot(parameter, "m"));
      run.assertSlot("exp_avg_sq", parameter -> state.slot(parameter, "v"));
    } else {
      run.assertSlot("momentum_buffer", parameter -> state.slot(parameter, "v"));
    }
    run.assertAllStateIsCompared();
  }

  static List<String> sam() {
    return names("sam_");
  }

  @ParameterizedTest
  @MethodSource
  void sam(String name) {
    Run run = new Run(name);
    assertThat(run.number("eps")).isEqualTo(1e-12);
    Sam optimizer = Momentum.builder()
        .learningRate(run.number("lr"))
        .momentum(run.number("momentum"))
        .weightDecay(WeightDecay.coupled(run.number("weight_decay")))
        .build()
        .sharpnessAware(run.number("rho"));
    for (int step = 1; step <= run.steps; step++) {
      int now = step;
      run.computeGradients(now);
      optimizer.step(run.parameters, () -> run.computeGradients(now));
      run.assertParameters("parameters", step);
    }
    OptimizerState state = optimizer.state();
    run.assertSlot("momentum_buffer", parameter -> state.slot(parameter, "v"));
    run.assertAllStateIsCompared();
  }

  static List<String> scheduleFree() {
    return names("schedule_free_");
  }

  /** Parameters where gradients are taken and, in the scope that swaps them in, the averages. */
  @ParameterizedTest
  @MethodSource
  void scheduleFree(String name) {
    Run run = new Run(name);
    ScheduleFree optimizer = name.startsWith("schedule_free_sgd")
        ? run.configure(ScheduleFree.sgd().beta(run.number("momentum")))
        : run.configure(ScheduleFree.adamW()
            .beta(run.number("beta1"))
            .beta2(run.number("beta2"))
            .epsilon(run.number("eps")));
    for (int step = 1; step <= run.steps; step++) {
      run.computeGradients(step);
      optimizer.step(run.parameters);
      run.assertParameters("parameters", step);
      try (AveragingOptimizer.Applied average = optimizer.applied(run.parameters)) {
        assertThat(average).isNotNull();
        run.assertParameters("eval_parameters", step);
      }
      run.assertParameters("parameters", step);
    }
    // The runs of other libraries in float32 have parameters alone.
    if (run.golden.has("state_after_last")) {
      OptimizerState state = optimizer.state();
      run.assertSlot("x", parameter -> state.slot(parameter, "x"));
      run.assertSlot("z", parameter -> state.slot(parameter, "z"));
      if (name.startsWith("schedule_free_adamw")) {
        run.assertSlot("exp_avg_sq", parameter -> state.slot(parameter, "v"));
      }
      run.assertState("weight_sum", Nd4j.scalar(optimizer.weightSum()));
      run.assertState("lr_max", Nd4j.scalar(optimizer.largestRate()));
      run.assertAllStateIsCompared();
    }
  }

  /** A golden file, and parameters that follow it. */
  private static final class Run {
    final Parameters parameters;
    final int steps;
    private final JsonNode golden;
    private final List<INDArray> values = new ArrayList<>();
    private final List<String> compared = new ArrayList<>();

    Run(String name) {
      golden = Golden.read(FOLDER + "/" + name + ".json");
      assertThat(golden.get("ill_conditioned").booleanValue()).isFalse();
      steps = golden.get("steps").intValue();
      DataType type =
          golden.get("dtype").textValue().equals("float32") ? DataType.FLOAT : DataType.DOUBLE;
      double[] initial = Golden.numbers(golden.get("initial"));
      List<Parameter> all = new ArrayList<>();
      int from = 0;
      for (int i = 0; i < Math.max(1, golden.path("tensors").size()); i++) {
        JsonNode tensor = golden.has("tensors") ? golden.get("tensors").get(i) : golden;
        long[] shape = Golden.shape(tensor.get("shape"));
        int to = from + TestArrays.length(shape);
        values.add(Golden.array(type, shape, Arrays.copyOfRange(initial, from, to)));
        all.add(Parameter.of(
            golden.has("tensors") ? tensor.get("name").textValue() : "w",
            values.get(i),
            Nd4j.create(type, shape)));
        from = to;
      }
      assertThat(from).isEqualTo(initial.length);
      parameters = Parameters.of(all);
    }

    ScheduleFree configure(ScheduleFree.Builder<?> builder) {
      builder.learningRate(number("lr"));
      builder.decayInUpdate(number("weight_decay"));
      builder.warmupSteps((long) number("warmup_steps"));
      builder.r(number("r"));
      return builder.weightLrPower(number("weight_lr_power")).build();
    }

    double number(String hyperparameter) {
      return golden.at("/hyperparameters/" + hyperparameter).doubleValue();
    }

    String text(String hyperparameter) {
      return golden.at("/hyperparameters/" + hyperparameter).textValue();
    }

    /** Those of the file for a step, or those of its function at the values as they are. */
    void computeGradients(int step) {
      JsonNode gradients = golden.get("gradients");
      double[] numbers = gradients.isArray()
          ? Golden.numbers(gradients.get(step - 1))
          : gradient(gradients, Golden.numbers(flat(values)));
      int from = 0;
      for (Parameter parameter : parameters) {
        INDArray gradient = parameter.gradient();
        int to = from + (int) gradient.length();
        gradient.assign(Golden.array(
            gradient.dataType(), gradient.shape(), Arrays.copyOfRange(numbers, from, to)));
        from = to;
      }
    }

    private static double[] gradient(JsonNode function, double[] x) {
      if (!function.get("kind").textValue().equals("beale")) {
        return GoldenOptimizers.gradient(function, x);
      }
      double[] g = new double[2];
      double[] constants = {1.5, 2.25, 2.625};
      for (int power = 1; power <= 3; power++) {
        double residual = constants[power - 1] - x[0] + x[0] * Math.pow(x[1], power);
        g[0] += 2 * residual * (Math.pow(x[1], power) - 1);
        g[1] += 2 * residual * x[0] * power * Math.pow(x[1], power - 1);
      }
      return g;
    }

    /** The values now against "parameters" or "eval_parameters" after a step, where the file has it. */
    void assertParameters(String what, int step) {
      JsonNode expected = golden.get(what + "_after_step").get(Integer.toString(step));
      if (expected != null) {
        Golden.assertClose(
            what + " after step " + step,
            flat(values),
            Golden.numbers(expected),
            golden.at("/tolerance/rtol").doubleValue(),
            Golden.numbers(golden.at("/tolerance/atol_per_element")));
      }
    }

    void assertSlot(String goldenName, Function<String, INDArray> slot) {
      List<INDArray> actual = new ArrayList<>();
      parameters.forEach(parameter -> actual.add(slot.apply(parameter.name())));
      assertState(goldenName, flat(actual));
    }

    private void assertState(String goldenName, INDArray actual) {
      JsonNode node = golden.get("state_after_last").get(goldenName);
      double[] expected = node.isArray() ? Golden.numbers(node) : new double[] {node.doubleValue()};
      double rtol = golden
          .at("/tolerance/state_rtol")
          .asDouble(golden.at("/tolerance/rtol").doubleValue());
      double atol = golden.at("/tolerance/state_atol").asDouble(1e-13);
      double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
      Golden.assertClose(
          goldenName, actual, expected, rtol, new double[] {atol + rtol * 1e-3 * largest});
      compared.add(goldenName);
    }

    void assertAllStateIsCompared() {
      List<String> all = new ArrayList<>();
      golden.get("state_after_last").properties().forEach(entry -> all.add(entry.getKey()));
      assertThat(compared).containsExactlyInAnyOrderElementsOf(all);
    }

    private static INDArray flat(List<INDArray> arrays) {
      return Nd4j.toFlattened('c', arrays);
    }
  }
}
