package io.github.descent4j.state;

import static io.github.descent4j.TestArrays.assertSameBits;
import static io.github.descent4j.state.LoadOption.ALLOW_EXTRA_PARAMETERS;
import static io.github.descent4j.state.LoadOption.ALLOW_MISSING_PARAMETERS;
import static io.github.descent4j.state.LoadOption.ALLOW_OTHER_DECORATORS;
import static io.github.descent4j.state.LoadOption.ALLOW_OTHER_HYPERPARAMETERS;
import static io.github.descent4j.state.LoadOption.ALLOW_OTHER_LEARNING_RATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RAdam;
import io.github.descent4j.RmsProp;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.GuardedOptimizer;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.schedule.ReduceOnPlateau;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a state file keeps, and what it must fit. */
@Tag("slow")
public class StateFileTest {
  @TempDir
  private Path folder;

  private Path file;

  @BeforeEach
  void nameAFile() {
    file = folder.resolve("state.npz");
  }

  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices();
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyLayoutShapeAndTypeComesBack(OptimizerCase optimizer) {
    List<Parameter> parameters = new ArrayList<>();
    List<DataType> types = List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16);
    int turn = 0;
    for (Layout layout : Layout.values()) {
      for (long[] shape : TestArrays.SHAPES) {
        // 13 shapes and three types that take turns: each shape has each of them, as each layout
        // has.
        DataType type = types.get(turn++ % types.size());
        if (optimizer.takes(shape)) {
          INDArray value = TestArrays.lay(Nd4j.ones(type, shape), layout);
          parameters.add(Parameter.of("p" + parameters.size(), value, value.dup()));
        }
      }
    }
    if (optimizer.takes(0)) {
      INDArray none = Nd4j.empty(DataType.FLOAT);
      parameters.add(Parameter.of("none", none, Nd4j.empty(DataType.FLOAT)));
    }
    Parameters model = Parameters.of(parameters);
    Optimizer saved = optimizer.create().get();
    saved.step(model);
    saved.state().save(file);

    Optimizer loaded = optimizer.create().get();
    loaded.state().load(file, model);
    assertSameState(loaded, saved);
    loaded.step(model);
    assertThat(loaded.steps()).isEqualTo(2);
  }

  @Test
  void theSameStateHasTheSameBytes() {
    Optimizer optimizer = stepped(new Adam(), "w", "b");
    optimizer.state().save(file);
    Path again = folder.resolve("again.npz");
    optimizer.state().save(again);
    assertThat(again).hasSameBinaryContentAs(file);
    Optimizer loaded = new Adam();
    loaded.state().load(file);
    loaded.state().save(again);
    assertThat(again).hasSameBinaryContentAs(file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "..",
        "../../etc/passwd",
        "/absolute",
        "C:\\x",
        "a/b",
        "a%2Fb",
        "a b",
        "w.npy",
        "descent4j.json",
        "ünï✓",
        "\uD83D\uDE00",
        "\u0000\n\"",
        "CON",
        "m",
        "w/m"
      })
  void aNameMayHaveAnyCharacters(String name) {
    Optimizer saved = stepped(new Adam(), name, "other");
    saved.state().save(file);
    assertThat(StateFiles.entries(file).keySet())
        .allMatch(entry -> entry.matches("descent4j\\.json|(%2E|[\\w~%-])[\\w.~%-]*/[mv]\\.npy"));
    Optimizer loaded = new Adam();
    loaded.state().load(file, model(name, "other"));
    assertSameState(loaded, saved);
  }

  @Test
  void aNameWithoutUtf8FormOrTooLongForZipIsRefused() {
    for (String name : List.of("half \uD83D", "x".repeat(70_000))) {
      Optimizer optimizer = stepped(new Adam(), name);
      assertThatThrownBy(() -> optimizer.state().save(file))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("name '" + name.substring(0, 5))
          .hasMessageContaining("expected");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void nothingSteppedIsAStateToo() {
    new Adam().state().save(file);
    Optimizer loaded = stepped(new Adam(), "w");
    loaded.state().load(file);
    assertThat(loaded.steps()).isZero();
    assertThat(loaded.state().parameters()).isEmpty();
  }

  @Test
  void aStateReadBeforeALoadIsLive() {
    stepped(new Adam(), "w").state().save(file);
    Optimizer optimizer = new Adam();
    OptimizerState state = optimizer.state();
    state.load(file);
    assertThat(state.parameters()).containsExactly("w");
    assertThat(state.steps("w")).isEqualTo(1);
  }

  @Test
  void whatIsLoadedOutlivesAWorkspace() {
    INDArray value = Nd4j.create(DataType.FLOAT, new long[] {2, 3}, 'f');
    Optimizer saved = new Adam();
    saved.step(Parameters.of(Parameter.of("w", value, Nd4j.ones(2, 3))));
    saved.state().save(file);
    Optimizer loaded = new Adam();
    WorkspaceConfiguration configuration =
        WorkspaceConfiguration.builder().initialSize(1 << 20).build();
    for (int i = 0; i < 2; i++) {
      try (MemoryWorkspace workspace =
          Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "state")) {
        assertThat(workspace.isScopeActive()).isTrue();
        loaded.state().load(file);
      }
    }
    assertThat(loaded.state().slot("w", "m").isAttached()).isFalse();
    assertThat(loaded.state().slot("w", "m").ordering()).isEqualTo('f');
    assertSameState(loaded, saved);
  }

  @Test
  void aDifferentOptimizerIsNamed() {
    stepped(new Adam(), "w").state().save(file);
    assertFails(new RAdam(), "a field 'optimizer.rule' that is \"Adam\", expected \"RAdam\"");
  }

  @Test
  void aDifferentHyperparameterIsNamedWithBothValues() {
    stepped(Adam.builder().beta1(0.8).build(), "w").state().save(file);
    assertFails(new Adam(), "has hyperparameter beta1 = 0.8, expected 0.9 as in Adam(");
    stepped(new Adam(), "w").state().save(file);
    assertFails(
        Adam.builder().weightDecay(WeightDecay.decoupled(0.1)).build(),
        "has hyperparameter weightDecay = none, expected {decoupled=0.1}");
    assertFails(new Adam(0.5), "has hyperparameter learningRate = 0.001, expected 0.5");
    assertFails(
        Adam.builder().beta1(0.8).build(),
        "has hyperparameter beta1",
        ALLOW_OTHER_LEARNING_RATE,
        ALLOW_OTHER_DECORATORS);
  }

  @Test
  void theOptionThatAllowsADifferentHyperparameterIsNamed() {
    stepped(new Adam(), "w").state().save(file);
    assertFails(new Adam(0.5), "; ALLOW_OTHER_LEARNING_RATE keeps the latter");
    assertFails(
        Adam.builder().beta1(0.8).build(), "; ALLOW_OTHER_HYPERPARAMETERS keeps the latter");
  }

  @Test
  void otherHyperparametersCanBeAllowedAndKeepTheOptimizersOwn() {
    Optimizer saved = stepped(new Adam(), "w");
    saved.state().save(file);
    Optimizer rate = new Adam(0.5);
    rate.state().load(file, ALLOW_OTHER_LEARNING_RATE);
    assertSameState(rate, saved);
    assertThat(rate.learningRate()).isEqualTo(0.5);
    Optimizer any = Adam.builder().beta1(0.8).learningRate(0.5).build();
    any.state().load(file, ALLOW_OTHER_HYPERPARAMETERS);
    assertSameState(any, saved);
    assertThat(any.toString()).contains("beta1=0.8");
  }

  @Test
  void otherSlotsAreAnErrorWhateverIsAllowed() {
    stepped(new RmsProp(), "w").state().save(file);
    assertFails(
        RmsProp.builder().centered(true).build(),
        "has no entry 'w/m.npy'",
        ALLOW_OTHER_HYPERPARAMETERS);
    stepped(RmsProp.builder().centered(true).build(), "w").state().save(file);
    assertFails(
        new RmsProp(), "has an array 'w/m' that belongs to nothing", ALLOW_OTHER_HYPERPARAMETERS);
  }

  @Test
  void missingParametersAreNamedOrBeginAnew() {
    stepped(new Adam(), "w").state().save(file);
    assertFails(new Adam(), "has no parameter 'b', expected one", model("w", "b"));
    Optimizer loaded = new Adam();
    loaded.state().load(file, model("w", "b"), ALLOW_MISSING_PARAMETERS);
    loaded.step(model("w", "b"));
    assertThat(loaded.state().steps("w")).isEqualTo(2);
    assertThat(loaded.state().steps("b")).isEqualTo(1);
  }

  @Test
  void extraParametersAreNamedOrLeftOut() {
    stepped(new Adam(), "w", "b").state().save(file);
    assertFails(new Adam(), "has a parameter 'b' that the model has not", model("w"));
    Optimizer loaded = new Adam();
    loaded.state().load(file, model("w"), ALLOW_EXTRA_PARAMETERS);
    assertThat(loaded.state().parameters()).containsExactly("w");
  }

  @Test
  void theModelsShapesAndTypesAreCompared() {
    stepped(new Sgd(), "w").state().save(file);
    INDArray longer = Nd4j.ones(3);
    assertFails(
        new Sgd(),
        "has parameter 'w' of shape [2], expected [3] as in the model",
        Parameters.of(Parameter.of("w", longer, longer.dup())));
    INDArray wider = Nd4j.ones(DataType.DOUBLE, 2);
    assertFails(
        new Sgd(),
        "has parameter 'w' of type FLOAT, expected DOUBLE as in the model",
        Parameters.of(Parameter.of("w", wider, wider.dup())));
    Optimizer loaded = new Sgd();
    loaded.state().load(file);
    assertThatThrownBy(() -> loaded.step(Parameters.of(Parameter.of("w", longer, longer.dup()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'w' has shape [3], expected [2] as at its first step");
  }

  @Test
  void decoratorsThatRememberMustAgree() {
    ReduceOnPlateau plateau = ReduceOnPlateau.builder().learningRate(0.1).build();
    Optimizer saved =
        stepped(new Adam().guarded(NonFinite.SKIP).scheduled(plateau.schedule()), "w");
    saved.state().save(file);
    assertFails(new Adam(), "has the state of a decorator 'scheduled', expected none");
    assertFails(
        new Adam().guarded(NonFinite.SKIP),
        "has the state of a decorator 'scheduled', expected that of 'guarded'");
    for (Optimizer other : List.of(
        new Adam(),
        new Adam().guarded(NonFinite.SKIP),
        new Adam().scheduled(plateau.schedule()),
        new Adam().scheduled(plateau.schedule()).guarded(NonFinite.SKIP).guarded(NonFinite.SKIP))) {
      other.state().load(file, ALLOW_OTHER_DECORATORS);
      assertSameState(other, saved);
    }
    stepped(new Adam(), "w").state().save(file);
    assertFails(
        new Adam().guarded(NonFinite.SKIP),
        "has no state of a decorator, expected that of 'guarded'");
  }

  @Test
  void aDecoratorInsideOneThatIsLeftOutIsLoaded() {
    ReduceOnPlateau plateau = ReduceOnPlateau.builder().learningRate(0.1).build();
    GuardedOptimizer saved = new Adam().guarded(NonFinite.SKIP);
    INDArray gradient = Nd4j.createFromArray(Float.NaN, 0f);
    saved.step(Parameters.of(Parameter.of("w", Nd4j.ones(2), gradient)));
    saved.scheduled(plateau.schedule()).state().save(file);
    GuardedOptimizer loaded = new Adam().guarded(NonFinite.SKIP);
    loaded.state().load(file, ALLOW_OTHER_DECORATORS);
    assertThat(loaded.skippedSteps()).isEqualTo(1);
  }

  @Test
  void aDecoratorThatTheFileHasNotStaysAsItIs() {
    stepped(new Adam(), "w").state().save(file);
    GuardedOptimizer loaded = new Adam().guarded(NonFinite.SKIP);
    INDArray gradient = Nd4j.createFromArray(Float.NaN, 0f);
    loaded.step(Parameters.of(Parameter.of("w", Nd4j.ones(2), gradient)));
    loaded.state().load(file, ALLOW_OTHER_DECORATORS);
    assertThat(loaded.skippedSteps()).isEqualTo(1);
    assertThat(loaded.steps()).isEqualTo(1);
  }

  @Test
  void decoratorsThatRememberNothingMayDiffer() {
    Optimizer saved = stepped(new Adam().scheduled(step -> 0.1), "w");
    saved.state().save(file);
    Optimizer other = new Adam().clipped(GradientClip.byGlobalNorm(1)).guarded(NonFinite.FAIL);
    other.state().load(file);
    assertSameState(other, saved);
  }

  @Test
  void aDecoratorThatCannotLoadLeavesTheOthersAlone() {
    GuardedOptimizer saved = new Adam()
        .scheduled(ReduceOnPlateau.builder().learningRate(0.1).build().schedule())
        .guarded(NonFinite.SKIP);
    INDArray gradient = Nd4j.createFromArray(Float.NaN, 0f);
    saved.step(Parameters.of(Parameter.of("w", Nd4j.ones(2), gradient)));
    assertThat(saved.skippedSteps()).isEqualTo(1);
    saved.state().save(file);
    StateFiles.editJson(file, "\"badEpochs\" : 0.0", "\"badEpochs\" : 0.5");
    GuardedOptimizer other = new Adam()
        .scheduled(ReduceOnPlateau.builder().learningRate(0.1).build().schedule())
        .guarded(NonFinite.SKIP);
    assertFails(other, "badEpochs is 0.5, expected a whole number");
    assertThat(other.skippedSteps()).isZero();
  }

  @Test
  void savingAndLoadingDuringAStepFail() {
    Optimizer[] self = new Optimizer[1];
    stepped(new Adam(), "w").state().save(file);
    for (Runnable during : List.<Runnable>of(
        () -> self[0].state().save(folder.resolve("never")),
        () -> self[0].state().load(file))) {
      Optimizer outer = new Adam().scheduled(step -> {
        during.run();
        return 0.1;
      });
      self[0] = outer;
      assertThatThrownBy(() -> outer.step(model("w")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is under way on thread")
          .hasMessageContaining("expected one thread at a time");
      assertThat(outer.steps()).isZero();
    }
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @Test
  void anOptimizerOfAUsersOwnCannotBeSaved() {
    Optimizer foreign = new Optimizer() {
      @Override
      public void step(Parameters parameters) {}

      @Override
      public long steps() {
        return 0;
      }

      @Override
      public double learningRate() {
        return 0;
      }

      @Override
      public OptimizerState state() {
        return new Sgd().state();
      }
    };
    OptimizerState state = foreign.scheduled(step -> 0.1).state();
    assertThatThrownBy(() -> state.save(file))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining(
            "expected one that extends UpdateRule, Decorator or TwoPhaseOptimizer");
    assertThatThrownBy(() -> state.load(file)).isInstanceOf(UnsupportedOperationException.class);
    assertThat(file).doesNotExist();
  }

  @Test
  void whatCannotBeWrittenOrReadLeavesNoTrace() throws IOException {
    Optimizer optimizer = stepped(new Adam(), "w");
    Path plain = Files.createFile(folder.resolve("plain"));
    for (Path bad : List.of(folder, folder.resolve("none/state.npz"), plain.resolve("state.npz"))) {
      assertThatThrownBy(() -> optimizer.state().save(bad))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageStartingWith("state file " + bad + " cannot be written: ");
      assertThatThrownBy(() -> optimizer.state().load(bad))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageStartingWith("state file " + bad + " cannot be read: ");
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(plain);
    }
  }

  @Test
  void aClosedSlotFailsTheSaveAndNotTheProcess() {
    Optimizer optimizer = stepped(new Adam(), "w");
    optimizer.state().slot("w", "v").close();
    assertThatThrownBy(() -> optimizer.state().save(file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("array 'w/v' has been closed, expected an open array");
    assertThat(folder).isEmptyDirectory();
  }

  private void assertFails(Optimizer optimizer, String message, LoadOption... options) {
    String before = optimizer.state().toString();
    assertThatThrownBy(() -> optimizer.state().load(file, options))
        .isInstanceOf(StateFileException.class)
        .hasMessageStartingWith("state file " + file + " has ")
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(((StateFileException) e).file()).isEqualTo(file));
    assertThat(optimizer.state().toString()).isEqualTo(before);
  }

  private void assertFails(Optimizer optimizer, String message, Parameters model) {
    assertThatThrownBy(() -> optimizer.state().load(file, model))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining(message);
    assertThat(optimizer.steps()).isZero();
  }

  private static Optimizer stepped(Optimizer optimizer, String... names) {
    optimizer.step(model(names));
    return optimizer;
  }

  private static Parameters model(String... names) {
    return Parameters.of(Stream.of(names)
        .map(name -> Parameter.of(name, Nd4j.ones(2), Nd4j.createFromArray(0.5f, -2f)))
        .toList());
  }

  /** The same steps and slots. */
  public static void assertSameState(Optimizer actual, Optimizer expected) {
    assertThat(actual.steps()).isEqualTo(expected.steps());
    OptimizerState left = actual.state();
    OptimizerState right = expected.state();
    assertThat(left.parameters()).containsExactlyElementsOf(right.parameters());
    for (String name : left.parameters()) {
      assertThat(left.steps(name)).isEqualTo(right.steps(name));
      for (String slot : left.slots(name)) {
        assertSameBits(name + " " + slot, left.slot(name, slot), right.slot(name, slot));
      }
    }
  }
}
