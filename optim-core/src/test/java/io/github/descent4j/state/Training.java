package io.github.descent4j.state;

import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.Accumulation;
import io.github.descent4j.decorator.AdjustableOptimizer;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.WeightAverage;
import io.github.descent4j.schedule.ReduceOnPlateau;
import io.github.descent4j.schedule.Schedules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A training that can be interrupted: gradients and metrics depend on the step alone. Its main
 * method goes on with trainings that another JVM has saved.
 */
final class Training {
  static final int STEPS = 7;

  /** Every rule has these. */
  private static final Set<String> SWEPT = Set.of("plain", "all", "groups");

  /** The one that rules with options have: they keep what the rule keeps. */
  private static final String OF_OPTIONS = "all";

  /** All decorators; those that remember something must be here. */
  private static final Map<String, BiFunction<Supplier<Optimizer>, ReduceOnPlateau, Optimizer>>
      DECORATIONS = new LinkedHashMap<>();

  static {
    DECORATIONS.put("plain", (rule, plateau) -> rule.get());
    DECORATIONS.put(
        "scheduled", (rule, plateau) -> rule.get().scheduled(Schedules.cosine(0.1, 12)));
    DECORATIONS.put(
        "plateau", (rule, plateau) -> rule.get().scheduled(plateau.schedule().scaled(0.5)));
    DECORATIONS.put(
        "adjustable",
        (rule, plateau) -> rule.get().scheduled(Schedules.cosine(0.1, 12)).adjustable());
    DECORATIONS.put(
        "clipped", (rule, plateau) -> rule.get().clipped(GradientClip.byGlobalNorm(0.5)));
    DECORATIONS.put(
        "clipped adaptively",
        (rule, plateau) -> rule.get().clippedAdaptively(AdaptiveClip.of(0.1)));
    DECORATIONS.put("guarded", (rule, plateau) -> rule.get().guarded(NonFinite.SKIP));
    // Interrupted after 2 of 5.
    DECORATIONS.put("accumulated", (rule, plateau) -> rule.get().accumulated(5));
    DECORATIONS.put(
        "accumulated sum",
        (rule, plateau) ->
            rule.get().accumulated(5, Accumulation.SUM).scheduled(Schedules.cosine(0.1, 12)));
    DECORATIONS.put("lookahead", (rule, plateau) -> rule.get().lookahead(3, 0.5));
    DECORATIONS.put("ema", (rule, plateau) -> rule.get().averaged(WeightAverage.ema(0.9)));
    DECORATIONS.put(
        "equal average",
        (rule, plateau) ->
            rule.get().averaged(WeightAverage.equal().startingAfter(2).every(3)));
    DECORATIONS.put(
        "all",
        (rule, plateau) -> rule.get()
            .guarded(NonFinite.SKIP)
            .clippedAdaptively(AdaptiveClip.of(0.1))
            .averaged(WeightAverage.equal())
            .scheduled(Schedules.linearWarmup(3, 0.1).then(plateau.schedule()))
            .accumulated(4)
            .clipped(GradientClip.byNorm(0.5))
            .guarded(NonFinite.SKIP)
            .averaged(WeightAverage.ema(0.9)));
    DECORATIONS.put(
        "groups",
        (rule, plateau) -> Optimizer.groups()
            .group(
                "small",
                parameter -> parameter.value().rank() < 2,
                rule.get().averaged(WeightAverage.equal()).accumulated(3),
                0.5)
            .otherwise(rule.get()
                .averaged(WeightAverage.warmedUpEma(0.9))
                .scheduled(plateau.schedule())
                .guarded(NonFinite.SKIP))
            .build()
            .averaged(WeightAverage.biasCorrectedEma(0.8).every(2)));
    DECORATIONS.put(
        "groups and a plateau",
        (rule, plateau) -> Optimizer.groups()
            .group("small", parameter -> parameter.value().rank() < 2, rule.get(), 0.5)
            .otherwise(rule.get())
            .build()
            .scheduled(plateau.schedule())
            .adjustable());
  }

  final Optimizer optimizer;
  final Parameters parameters;
  private final ReduceOnPlateau plateau =
      ReduceOnPlateau.builder().learningRate(0.1).patience(1).cooldown(1).build();
  private final List<Parameter> all = new ArrayList<>();

  private Training(OptimizerCase optimizer, String decoration) {
    this.optimizer = DECORATIONS.get(decoration).apply(optimizer.create(), plateau);
    add("layer1/weight", DataType.FLOAT, Layout.STRIDED_VIEW, 5, 3);
    add("..", DataType.DOUBLE, Layout.F_ORDER, 2, 4);
    boolean anyShape = optimizer.takes(2);
    add("λ", DataType.BFLOAT16, Layout.C_ORDER, anyShape ? new long[] {9} : new long[] {9, 1});
    add("scalar", DataType.DOUBLE, Layout.C_ORDER, anyShape ? new long[] {} : new long[] {1, 1});
    add("late", DataType.FLOAT, Layout.F_ORDER, 2, 3);
    parameters = Parameters.of(all);
  }

  /** Every rule plain, with all decorators and in groups, its options with all decorators, one rule with each. */
  static Map<String, Training> trainings() {
    Map<String, Training> trainings = new LinkedHashMap<>();
    for (OptimizerCase optimizer : OptimizerCase.allOnMatrices()) {
      boolean defaults = OptimizerCase.defaultsOnMatrices().contains(optimizer);
      for (String decoration : DECORATIONS.keySet()) {
        if (decoration.equals(OF_OPTIONS)
            || (defaults && SWEPT.contains(decoration))
            || optimizer.name().equals("RAdam")) {
          String name = optimizer.name() + " " + decoration;
          trainings.put(name, new Training(optimizer, decoration));
        }
      }
    }
    return trainings;
  }

  private void add(String name, DataType type, Layout layout, long... shape) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    double[] numbers = TestArrays.uniform(random, TestArrays.length(shape));
    INDArray value = TestArrays.lay(TestArrays.create(type, shape, numbers), layout);
    all.add(Parameter.of(name, value, value.dup()));
  }

  /** The steps from one to another; one gradient is not finite, one parameter joins late. */
  void run(int from, int to) {
    for (int step = from; step < to; step++) {
      SplittableRandom random = new SplittableRandom(step);
      for (Parameter parameter : all) {
        long[] shape = parameter.gradient().shape();
        double[] numbers = TestArrays.uniform(random, TestArrays.length(shape));
        parameter
            .gradient()
            .assign(TestArrays.create(parameter.gradient().dataType(), shape, numbers));
      }
      if (step == 3 && optimizer instanceof AdjustableOptimizer adjustable) {
        adjustable.learningRate(0.7 * adjustable.learningRate());
      }
      boolean guarded = optimizer.toString().contains("guarded");
      if (guarded && (step == 2 || step == STEPS + 2)) {
        all.get(0).gradient().assign(Double.NaN);
      }
      optimizer.step(step < STEPS - 2 ? Parameters.of(all.subList(0, 4)) : parameters);
      plateau.update(step % 3);
    }
  }

  /** Wipes what loading must bring back. */
  private void forget() {
    all.forEach(parameter -> parameter.value().assign(-77));
  }

  static Path stateFile(Path folder, String name) {
    return folder.resolve(name + ".state.npz");
  }

  static Path valuesFile(Path folder, String name) {
    return folder.resolve(name + ".values.npz");
  }

  void save(Path folder, String name) {
    optimizer.state().save(stateFile(folder, name));
    parameters.save(valuesFile(folder, name));
  }

  /**
   * Loads every training from a folder, takes as many steps again, and saves it into another.
   *
   * @param arguments the two folders
   */
  public static void main(String[] arguments) {
    Path from = Path.of(arguments[0]);
    Path to = Path.of(arguments[1]);
    trainings().forEach((name, training) -> {
      training.forget();
      training.optimizer.state().load(stateFile(from, name), training.parameters);
      training.parameters.load(valuesFile(from, name));
      training.run(STEPS, 2 * STEPS);
      training.save(to, name);
    });
  }
}
