package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static io.github.descent4j.state.LoadOption.ALLOW_EXTRA_PARAMETERS;
import static io.github.descent4j.state.LoadOption.ALLOW_MISSING_PARAMETERS;
import static io.github.descent4j.state.LoadOption.ALLOW_OTHER_DECORATORS;
import static io.github.descent4j.state.LoadOption.ALLOW_OTHER_HYPERPARAMETERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.schedule.ReduceOnPlateau;
import io.github.descent4j.state.LoadOption;
import io.github.descent4j.state.StateFileException;
import io.github.descent4j.state.StateFileTest;
import io.github.descent4j.state.StateFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What decorators keep in state files, above all their arrays. */
class DecoratorStateTest {
  private static final int STEPS = 5;

  @TempDir
  private Path folder;

  private Path file;

  @BeforeEach
  void nameAFile() {
    file = folder.resolve("state.npz");
  }

  /** By their number of slots: the decorators' own arrays do not depend on the rule. */
  static List<OptimizerCase> representatives() {
    Map<Integer, OptimizerCase> bySlots = new TreeMap<>();
    OptimizerCase.defaults()
        .forEach(optimizer -> bySlots.putIfAbsent(optimizer.slots().size(), optimizer));
    return List.copyOf(bySlots.values());
  }

  /** Loaded into optimizers that are in the middle of other work. */
  @ParameterizedTest
  @MethodSource("representatives")
  void kStepsALoadAndKStepsAre2kSteps(OptimizerCase optimizer) {
    Parameters parameters = everyLayout();
    Optimizer saved = decorated(optimizer);
    run(saved, parameters, 0);
    saved.state().save(file);
    Path values = folder.resolve("values.npz");
    parameters.save(values);

    Parameters others = everyLayout();
    Optimizer loaded = decorated(optimizer);
    run(loaded, others, 70);
    loaded.step(others);
    loaded.state().load(file, others);
    others.load(values);
    run(saved, parameters, STEPS);
    run(loaded, others, STEPS);

    assertSameValues(others, parameters);
    saved.state().save(file);
    Path again = folder.resolve("again.npz");
    loaded.state().save(again);
    assertThat(again).hasSameBinaryContentAs(file);
  }

  private static Optimizer decorated(OptimizerCase optimizer) {
    return optimizer
        .create()
        .get()
        .averaged(WeightAverage.equal())
        .lookahead(2, 0.5)
        .clippedAdaptively(AdaptiveClip.of(0.1))
        .accumulated(3)
        .averaged(WeightAverage.warmedUpEma(0.9))
        .adjustable();
  }

  private static Parameters everyLayout() {
    List<Parameter> parameters = new ArrayList<>();
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16)) {
      for (Layout layout : Layout.values()) {
        for (long[] shape : TestArrays.SHAPES) {
          INDArray value = TestArrays.lay(Nd4j.ones(type, shape), layout);
          parameters.add(Parameter.of("p" + parameters.size(), value, value.dup()));
        }
      }
    }
    INDArray none = Nd4j.empty(DataType.FLOAT);
    parameters.add(Parameter.of("none", none, Nd4j.empty(DataType.FLOAT)));
    return Parameters.of(parameters);
  }

  private static void run(Optimizer optimizer, Parameters parameters, int from) {
    for (int step = from; step < from + STEPS; step++) {
      SplittableRandom random = new SplittableRandom(step);
      for (Parameter parameter : parameters) {
        if (!parameter.gradient().isEmpty()) {
          parameter.gradient().assign(random.nextDouble(-1, 1));
        }
      }
      optimizer.step(parameters);
    }
  }

  @Test
  void nestedDecoratorsOfOneKindKeepTheirArraysApart() {
    WeightAverage average = WeightAverage.ema(0.5);
    AveragedOptimizer inner = new Momentum().averaged(average);
    AveragedOptimizer outer = inner.accumulated(2).averaged(average);
    for (int step = 0; step < 5; step++) {
      outer.step(model("w", "a/b"));
    }
    outer.state().save(file);
    assertThat(StateFiles.entries(file).keySet())
        .contains(
            "w/averaged.average.npy",
            "w/averaged.2.average.npy",
            "w/accumulated.sum.npy",
            "a%2Fb/accumulated.sum.npy",
            "w/v.npy")
        .hasSize(1 + 2 * 4);

    AveragedOptimizer loadedInner = new Momentum().averaged(average);
    AccumulatedOptimizer window = loadedInner.accumulated(2);
    AveragedOptimizer loaded = window.averaged(average);
    loaded.state().load(file, model("w", "a/b"));
    assertSameBits("outer", loaded.average("w"), outer.average("w"));
    assertSameBits("inner", loadedInner.average("w"), inner.average("w"));
    assertThat(loadedInner.averagedSteps("w")).isEqualTo(2);
    assertThat(window.pendingMicroSteps()).isEqualTo(1);
    StateFileTest.assertSameState(loaded, outer);
  }

  @Test
  void aDecoratorThatIsLeftOutTakesItsArraysAlong() {
    AveragedOptimizer saved = new Sgd(1).averaged(WeightAverage.ema(0.5));
    Optimizer outer = Optimizer.groups().otherwise(saved).build().averaged(WeightAverage.equal());
    Parameters parameters = model("w");
    for (int step = 0; step < 3; step++) {
      outer.step(parameters);
    }
    outer.state().save(file);
    AveragedOptimizer loaded = new Sgd(1).averaged(WeightAverage.ema(0.5));
    Optimizer.groups().otherwise(loaded).build().state().load(file, ALLOW_OTHER_DECORATORS);
    assertSameBits("average", loaded.average("w"), saved.average("w"));
  }

  @Test
  void aFlushAfterALoadHasTheRateOfTheWindow() {
    INDArray[] results = new INDArray[2];
    for (int i = 0; i < 2; i++) {
      AccumulatedOptimizer window = new Sgd(99).accumulated(3);
      Optimizer optimizer =
          Optimizer.groups().otherwise(window, 0.5).build().scheduled(step -> 0.25);
      Parameters parameters = model("w");
      if (i == 0) {
        optimizer.step(parameters);
        optimizer.state().save(file);
      } else {
        optimizer.state().load(file, parameters);
      }
      window.flush(parameters);
      results[i] = parameters.get("w").value();
      assertThat(window.pendingMicroSteps()).isZero();
    }
    assertThat(results[0].getDouble(0)).isEqualTo(1 - 0.25 * 0.5 * 0.5);
    assertSameBits("w", results[1], results[0]);
  }

  @Test
  void onlyTheWindowsOwnParametersAreSaved() {
    AccumulatedOptimizer optimizer = new Sgd(1).accumulated(2);
    optimizer.step(model("w", "b"));
    optimizer.step(model("w", "b"));
    optimizer.step(model("b"));
    optimizer.state().save(file);
    assertThat(StateFiles.entries(file).keySet())
        .containsExactly(StateFiles.JSON, "b/accumulated.sum.npy");
    optimizer.discard();
    optimizer.state().save(file);
    assertThat(StateFiles.entries(file).keySet()).containsExactly(StateFiles.JSON);
  }

  @Test
  void aWindowGoesOnWithoutAnExtraParameter() {
    AccumulatedOptimizer saved = new Sgd(1).accumulated(2);
    saved.step(model("w", "b"));
    saved.state().save(file);
    AccumulatedOptimizer loaded = new Sgd(1).accumulated(2);
    assertRefused(loaded, "has a parameter 'b' that the model has not", model("w"));
    loaded.state().load(file, model("w"), ALLOW_EXTRA_PARAMETERS);
    loaded.step(model("w"));
    assertThat(loaded.steps()).isEqualTo(1);
    assertThat(loaded.state().parameters()).containsExactly("w");
  }

  @Test
  void loadingForgetsParametersThatTheFileHasNot() {
    Path again = folder.resolve("again.npz");
    for (UnaryOperator<Optimizer> decoration : List.<UnaryOperator<Optimizer>>of(
        inner -> inner.accumulated(2), inner -> inner.averaged(WeightAverage.equal()))) {
      Optimizer saved = decoration.apply(new Sgd(1));
      saved.step(model("w"));
      saved.state().save(file);
      Optimizer loaded = decoration.apply(new Sgd(1));
      loaded.step(model("w", "b"));
      loaded.state().load(file);
      loaded.state().save(again);
      assertThat(again).hasSameBinaryContentAs(file);
    }
  }

  @Test
  void aMissingParameterWaitsForTheNextWindow() {
    AccumulatedOptimizer saved = new Sgd(1).accumulated(2);
    saved.step(model("w"));
    saved.state().save(file);
    AccumulatedOptimizer loaded = new Sgd(1).accumulated(2);
    assertRefused(loaded, "has no parameter 'b', expected one", model("w", "b"));
    loaded.state().load(file, model("w", "b"), ALLOW_MISSING_PARAMETERS);
    assertThatThrownBy(() -> loaded.step(model("w", "b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("parameter 'b' is not in the window of 1 micro-steps");
    loaded.flush(model("w"));
    loaded.step(model("w", "b"));
    assertThat(loaded.pendingMicroSteps()).isEqualTo(1);
  }

  @Test
  void theModelsShapesAreCompared() {
    Optimizer saved = new Sgd(1).accumulated(2);
    saved.step(model("w"));
    saved.state().save(file);
    INDArray longer = Nd4j.ones(3);
    assertRefused(
        new Sgd(1).accumulated(2),
        "has parameter 'w' of shape [2], expected [3] as in the model",
        Parameters.of(Parameter.of("w", longer, longer.dup())));
  }

  static List<Arguments> configurations() {
    WeightAverage ema = WeightAverage.ema(0.9);
    return List.of(
        Arguments.of(
            new Sgd().accumulated(4),
            new Sgd().accumulated(8),
            "has hyperparameter microSteps = 4, expected 8 as in Sgd("),
        Arguments.of(
            new Sgd().accumulated(4),
            new Sgd().accumulated(4, Accumulation.SUM),
            "has hyperparameter accumulation = MEAN, expected SUM"),
        Arguments.of(
            new Sgd().averaged(ema),
            new Sgd().averaged(WeightAverage.ema(0.99)),
            "has hyperparameter decay = 0.9, expected 0.99"),
        Arguments.of(
            new Sgd().averaged(ema),
            new Sgd().averaged(WeightAverage.equal()),
            "has hyperparameter average = ema, expected equal"),
        Arguments.of(
            new Sgd().averaged(ema.startingAfter(5)),
            new Sgd().averaged(ema),
            "has hyperparameter startingAfter = 5, expected 0"),
        Arguments.of(
            new Sgd().averaged(ema.every(5)),
            new Sgd().averaged(ema),
            "has hyperparameter every = 5, expected 1"),
        Arguments.of(
            Optimizer.groups().otherwise(new Sgd(), 10).build(),
            Optimizer.groups().otherwise(new Sgd(), 5).build(),
            "has hyperparameter rateFactor = 10.0, expected 5.0 as in group 'otherwise'"));
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void aDifferentConfigurationIsNamedWithBothValues(
      Optimizer saved, Optimizer other, String message) {
    saved.step(model("w"));
    saved.state().save(file);
    assertRefused(other, message, model("w"), ALLOW_MISSING_PARAMETERS);
    other.state().load(file, model("w"), ALLOW_OTHER_HYPERPARAMETERS, ALLOW_MISSING_PARAMETERS);
    assertThat(other.steps()).isEqualTo(saved.steps());
  }

  @Test
  void aWindowThatIsTooLargeForTheOptimizersOwnIsRefused() {
    Optimizer saved = new Sgd().accumulated(8);
    for (int i = 0; i < 4; i++) {
      saved.step(model("w"));
    }
    saved.state().save(file);
    assertRefused(
        new Sgd().accumulated(4),
        "'optimizer.pendingMicroSteps' that is 4, expected less than the 4 of a window",
        model("w"),
        ALLOW_OTHER_HYPERPARAMETERS);
    AccumulatedOptimizer larger = new Sgd().accumulated(5);
    larger.state().load(file, ALLOW_OTHER_HYPERPARAMETERS);
    larger.step(model("w"));
    assertThat(larger.steps()).isEqualTo(1);
  }

  @Test
  void nothingIsSavedOrLoadedWhileAnAverageIsApplied() {
    AveragedOptimizer averaged = new Sgd(1).averaged(WeightAverage.equal());
    Optimizer optimizer = Optimizer.groups().otherwise(averaged).build().guarded(NonFinite.SKIP);
    Parameters parameters = model("w");
    optimizer.step(parameters);
    optimizer.state().save(file);
    try (AveragingOptimizer.Applied applied = averaged.applied(parameters)) {
      assertThat(applied).isNotNull();
      for (Runnable call : List.<Runnable>of(
          () -> optimizer.state().save(folder.resolve("never")),
          () -> optimizer.state().load(file),
          () -> optimizer.state().load(file, parameters, ALLOW_OTHER_DECORATORS))) {
        assertThatThrownBy(call::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessage(
                "the average is in place of the parameters, expected Applied.close() first");
      }
    }
    assertThat(folder.resolve("never")).doesNotExist();
    optimizer.state().load(file, parameters);
    optimizer.step(parameters);
    assertThat(averaged.averagedSteps("w")).isEqualTo(2);
  }

  static List<Arguments> damages() {
    return List.of(
        Arguments.of("\"microSteps\" : 3", "\"microsteps\" : 3", "microSteps = null, expected 3"),
        Arguments.of("\"pendingMicroSteps\" : 2", "\"pendingMicroSteps\" : 3", "expected less"),
        Arguments.of("\"pendingMicroSteps\" : 2", "\"pendingMicroSteps\" : -1", "number >= 0"),
        Arguments.of(
            "\"pendingMicroSteps\" : 2",
            "\"pendingMicroSteps\" : 1",
            "w.steps' that is 2, expected at most 1"),
        Arguments.of("\"pendingRate\" : 0.5", "\"pendingRate\" : -0.5", "finite number >= 0, or"),
        Arguments.of(
            "\"pendingRate\" : 0.5", "\"pendingRate\" : \"Infinity\"", "finite number >= 0, or"),
        Arguments.of("\"pendingRate\" : 0.5,", "", "pendingRate' that is missing"),
        Arguments.of("Factor\" : 1.0", "Factor\" : -1.0", "RateFactor' that is -1.0, expected"),
        Arguments.of("Factor\" : 1.0", "Factor\" : \"NaN\"", "RateFactor' that is \"NaN\""),
        Arguments.of(
            "Factor\" : 1.0", "Factor\" : \"Infinity\"", "RateFactor' that is \"Infinity\""),
        Arguments.of("\"steps\" : 2", "\"steps\" : 1", "w.steps' that is 1, expected a whole"),
        Arguments.of("\"learningRate\" : 0.5", "\"learningRate\" : -1", "a finite number >= 0, or"),
        Arguments.of(
            "\"learningRate\" : 0.5",
            "\"learningRate\" : \"Infinity\"",
            "learningRate' that is \"Infinity\", expected a finite number >= 0, or NaN"),
        Arguments.of("\"order\" : \"c\"", "\"order\" : \"d\"", "order' that is \"d\", expected"),
        Arguments.of("[ 2 ]", "[ 3 ]", "of shape [3], expected [2] as in the model"),
        Arguments.of("\"parameters\"", "\"parametres\"", "parameters' that is missing"));
  }

  /** A schedule may give 0, and so may the factor of a group. */
  @Test
  void aWindowKeepsARateAndAFactorOf0() {
    UnaryOperator<Optimizer> decorator =
        rule -> Optimizer.groups().otherwise(rule.accumulated(2), 0).build().scheduled(step -> 0);
    Optimizer saved = decorator.apply(new Sgd());
    saved.step(model("w"));
    saved.state().save(file);
    assertThat(StateFiles.json(file))
        .contains("\"pendingRate\" : 0.0", "\"pendingRateFactor\" : 0.0");
    Optimizer loaded = decorator.apply(new Sgd());
    loaded.state().load(file);
    loaded.step(model("w"));
    assertThat(loaded.steps()).isOne();
  }

  /** A file is read by other versions, which know a decorator by its name. */
  @Test
  void decoratorsHaveTheirNamesInTheFile() {
    ReduceOnPlateau plateau = ReduceOnPlateau.builder().learningRate(0.1).build();
    Optimizer optimizer = new Sgd(1)
        .scheduled(plateau.schedule())
        .noisy(0.1, 0.55, 1)
        .guarded(NonFinite.SKIP)
        .adjustable();
    optimizer.state().save(file);
    assertThat(StateFiles.json(file))
        .contains(
            "\"decorator\" : \"adjustable\"",
            "\"decorator\" : \"guarded\"",
            "\"decorator\" : \"noisy\"",
            "\"decorator\" : \"scheduled\"");
  }

  @Test
  void aRateOf0ThatHasBeenSetComesBack() {
    AdjustableOptimizer saved = new Sgd(1).adjustable();
    saved.learningRate(0);
    saved.state().save(file);
    AdjustableOptimizer loaded = new Sgd(1).adjustable();
    loaded.state().load(file);
    assertThat(loaded.learningRate()).isZero();
  }

  @ParameterizedTest
  @MethodSource("damages")
  void anythingUnexpectedIsNamedAndChangesNothing(String text, String by, String message) {
    Optimizer saved = adjusted(new Sgd(1).averaged(WeightAverage.ema(0.5)).accumulated(3));
    for (int step = 0; step < 5; step++) {
      saved.step(model("w"));
    }
    saved.state().save(file);
    StateFiles.editJson(file, text, by);
    AveragedOptimizer averaged = new Sgd(1).averaged(WeightAverage.ema(0.5));
    AccumulatedOptimizer accumulated = averaged.accumulated(3);
    assertRefused(adjusted(accumulated), message, model("w"));
    assertThat(accumulated.pendingMicroSteps()).isZero();
    assertThat(averaged.averagedSteps("w")).isZero();
  }

  private static Optimizer adjusted(Optimizer optimizer) {
    AdjustableOptimizer adjusted = optimizer.adjustable();
    adjusted.learningRate(0.5);
    return adjusted;
  }

  private void assertRefused(
      Optimizer optimizer, String message, Parameters model, LoadOption... options) {
    assertThatThrownBy(() -> optimizer.state().load(file, model, options))
        .isInstanceOf(StateFileException.class)
        .hasMessageStartingWith("state file " + file + " has ")
        .hasMessageContaining(message);
    assertThat(optimizer.steps()).isZero();
  }

  private static void assertSameValues(Parameters actual, Parameters expected) {
    for (Parameter parameter : expected) {
      INDArray value = actual.get(parameter.name()).value();
      assertSameBits(parameter.name(), value, parameter.value());
    }
  }

  private static Parameters model(String... names) {
    Parameter[] parameters = new Parameter[names.length];
    for (int i = 0; i < names.length; i++) {
      parameters[i] = Parameter.of(names[i], Nd4j.ones(2), Nd4j.createFromArray(0.5f, i));
    }
    return Parameters.of(parameters);
  }
}
