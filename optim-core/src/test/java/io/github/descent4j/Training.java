package io.github.descent4j;

import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.schedule.ReduceOnPlateau;
import io.github.descent4j.schedule.Schedules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A training that can be interrupted: gradients and metrics depend on the step alone. Its main
 * method goes on with trainings that another JVM has saved.
 */
final class Training {
  static final int STEPS = 7;

  /** All decorators; those that remember something must be here. */
  private static final Map<String, BiFunction<Optimizer, ReduceOnPlateau, Optimizer>> DECORATIONS =
      new LinkedHashMap<>();

  static {
    DECORATIONS.put("plain", (optimizer, plateau) -> optimizer);
    DECORATIONS.put(
        "scheduled", (optimizer, plateau) -> optimizer.scheduled(Schedules.cosine(0.1, 12)));
    DECORATIONS.put(
        "plateau",
        (optimizer, plateau) -> optimizer.scheduled(plateau.schedule().scaled(0.5)));
    DECORATIONS.put(
        "clipped", (optimizer, plateau) -> optimizer.clipped(GradientClip.byGlobalNorm(0.5)));
    DECORATIONS.put("guarded", (optimizer, plateau) -> optimizer.guarded(NonFinite.SKIP));
    DECORATIONS.put(
        "all",
        (optimizer, plateau) -> optimizer
            .guarded(NonFinite.SKIP)
            .scheduled(Schedules.linearWarmup(3, 0.1).then(plateau.schedule()))
            .clipped(GradientClip.byNorm(0.5))
            .guarded(NonFinite.SKIP));
  }

  final Optimizer optimizer;
  final Parameters parameters;
  private final ReduceOnPlateau plateau =
      ReduceOnPlateau.builder().learningRate(0.1).patience(1).cooldown(1).build();
  private final List<Parameter> all = new ArrayList<>();

  private Training(OptimizerCase optimizer, String decoration) {
    this.optimizer = DECORATIONS.get(decoration).apply(optimizer.create().get(), plateau);
    add("layer1/weight", DataType.FLOAT, Layout.STRIDED_VIEW, 5, 3);
    add("..", DataType.DOUBLE, Layout.F_ORDER, 2, 4);
    add("λ", DataType.BFLOAT16, Layout.C_ORDER, 9);
    add("scalar", DataType.DOUBLE, Layout.C_ORDER);
    add("late", DataType.FLOAT, Layout.F_ORDER, 2, 3);
    parameters = Parameters.of(all);
  }

  /** Every optimizer plain and with all decorators, one with each. */
  static Map<String, Training> trainings() {
    Map<String, Training> trainings = new LinkedHashMap<>();
    for (OptimizerCase optimizer : OptimizerCase.all()) {
      for (String decoration : DECORATIONS.keySet()) {
        boolean sweep = decoration.equals("plain") || decoration.equals("all");
        if (sweep || optimizer.name().equals("RAdam")) {
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
