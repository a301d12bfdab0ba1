package io.github.descent4j.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Adam;
import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.Warnings;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.decorator.AveragedOptimizer;
import io.github.descent4j.decorator.AveragingOptimizer;
import io.github.descent4j.decorator.GradientCentralization;
import io.github.descent4j.decorator.Lookahead;
import io.github.descent4j.decorator.Sam;
import io.github.descent4j.decorator.WeightAverage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** State that is forgotten, renamed, or loaded under other names. */
class RenamedParameterTest {
  @TempDir
  Path folder;

  /** Decorators with a memory of each parameter, groups, and a plain rule. */
  private static List<Supplier<Optimizer>> optimizers() {
    return List.of(
        () -> new Adam(0.1),
        () -> new Adam(0.1).averaged(WeightAverage.ema(0.9)),
        () -> new Adam(0.1).accumulated(2),
        () -> new Adam(0.1).lookahead(2, 0.5),
        () -> new Adam(0.1).clippedAdaptively(AdaptiveClip.of(0.01)),
        () -> Optimizer.groups()
            .group("a", p -> p.name().endsWith("a"), new Momentum())
            .otherwise(new Adam(0.1))
            .build());
  }

  @Test
  void aRenamedParameterGoesOnFromItsSlots() {
    for (Supplier<Optimizer> create : optimizers()) {
      Optimizer plain = create.get();
      Optimizer renamed = create.get();
      INDArray expected = Nd4j.createFromArray(1.0, 2.0);
      INDArray actual = expected.dup();
      for (int i = 0; i < 4; i++) {
        plain.step(one("x", expected));
        renamed.step(one("x", actual));
      }
      renamed.state().rename("x", "y");
      for (int i = 0; i < 4; i++) {
        plain.step(one("x", expected));
        renamed.step(one("y", actual));
      }
      assertThat(actual.toDoubleVector()).as("%s", plain).isEqualTo(expected.toDoubleVector());
      assertThat(renamed.state().parameters()).containsExactly("y");
    }
  }

  /** A decorator's own memory: after the rename it goes on, and there is none of the old name. */
  @Test
  void anAverageAndSlowWeightsAreRenamed() {
    AveragedOptimizer averaged = new Adam(0.1).averaged(WeightAverage.ema(0.9));
    Lookahead lookahead = new Adam(0.1).lookahead();
    for (Optimizer optimizer : List.of(averaged, lookahead)) {
      optimizer.step(one("x", Nd4j.createFromArray(1.0)));
      optimizer.state().rename("x", "y");
    }
    assertThat(averaged.averagedSteps("y")).isOne();
    assertThat(averaged.averagedSteps("x")).isZero();
    assertThat(lookahead.slow("y").getDouble(0)).isOne();
    assertThatThrownBy(() -> lookahead.slow("x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aWindowGoesOnUnderTheNewName() {
    Optimizer optimizer = new Sgd(1).accumulated(2);
    INDArray value = Nd4j.createFromArray(1.0);
    optimizer.step(Parameters.of(Parameter.of("a", value, Nd4j.createFromArray(1.0))));
    optimizer.step(Parameters.of(Parameter.of("a", value, Nd4j.createFromArray(1.0))));
    optimizer.step(Parameters.of(Parameter.of("a", value, Nd4j.createFromArray(2.0))));
    optimizer.state().rename("a", "b");
    optimizer.step(Parameters.of(Parameter.of("b", value, Nd4j.createFromArray(4.0))));
    assertThat(value.getDouble(0)).isEqualTo(1 - 1 - 3);
  }

  /** Once for an optimizer: a model that is built anew at every step would fill the log. */
  @Test
  void aNewNameForAnOldShapeIsWarnedOfOnce() {
    assertThat(warnings(adam -> {
          adam.step(one("x", Nd4j.createFromArray(1.0, 2.0)));
          adam.step(one("y", Nd4j.createFromArray(1.0, 2.0)));
          adam.step(one("z", Nd4j.createFromArray(1.0, 2.0)));
        }))
        .containsExactly(
            "Parameter 'y' is new to Adam while 'x' of the same shape is gone: its slots begin anew. If it"
                + " is the same parameter, state().rename(\"x\", \"y\") keeps them");
  }

  @Test
  void newParametersOfAnotherShapeAndBesideTheOldOneAreNotWarnedOf() {
    INDArray x = Nd4j.createFromArray(1.0, 2.0);
    INDArray y = Nd4j.createFromArray(3.0, 4.0);
    assertThat(warnings(adam -> {
          adam.step(one("x", x));
          adam.step(Parameters.of(
              Parameter.of("x", x, Nd4j.ones(x.dataType(), 2)),
              Parameter.of("y", y, Nd4j.ones(y.dataType(), 2))));
        }))
        .isEmpty();
    assertThat(warnings(adam -> {
          adam.step(one("x", x));
          adam.step(one("y", Nd4j.createFromArray(1.0, 2.0, 3.0)));
        }))
        .isEmpty();
    assertThat(warnings(adam -> {
          adam.step(one("x", x));
          adam.state().rename("x", "y");
          adam.step(one("y", y));
        }))
        .isEmpty();
  }

  private static List<String> warnings(Consumer<Optimizer> steps) {
    return Warnings.of(() -> steps.accept(new Adam(0.1)));
  }

  @Test
  void aForgottenParameterBeginsAnewInAnyShape() {
    for (Supplier<Optimizer> create : optimizers()) {
      Optimizer optimizer = create.get();
      for (int i = 0; i < 2; i++) {
        optimizer.step(one("x", Nd4j.createFromArray(1.0, 2.0)));
      }
      optimizer.state().forget("x");
      assertThat(optimizer.state().parameters()).isEmpty();
      INDArray actual = Nd4j.createFromArray(1.0, 2.0, 3.0);
      INDArray expected = actual.dup();
      Optimizer fresh = create.get();
      for (int i = 0; i < 2; i++) {
        optimizer.step(one("x", actual));
        fresh.step(one("x", expected));
      }
      assertThat(actual.toDoubleVector()).as("%s", optimizer).isEqualTo(expected.toDoubleVector());
    }
  }

  @Test
  void namesThatAreUnknownOrTakenAreErrors() {
    Optimizer optimizer = new Adam();
    optimizer.step(Parameters.of(
        Parameter.of("x", Nd4j.zeros(2), Nd4j.ones(2)),
        Parameter.of("y", Nd4j.zeros(2), Nd4j.ones(2))));
    assertThatThrownBy(() -> optimizer.state().forget("z"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'z', expected one that has been stepped: [x, y]");
    assertThatThrownBy(() -> optimizer.state().rename("z", "a"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> optimizer.state().rename("x", "y"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("newName is 'y'");
    assertThatThrownBy(() -> optimizer.state().rename("x", ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(optimizer.state().parameters()).containsExactly("x", "y");
  }

  @Test
  void aParameterInAWindowIsNotForgotten() {
    Optimizer optimizer = new Adam().accumulated(3);
    for (int i = 0; i < 4; i++) {
      optimizer.step(one("x", Nd4j.createFromArray(1.0)));
    }
    assertThatThrownBy(() -> optimizer.state().forget("x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("window of 1 micro-steps");
    assertThat(optimizer.state().parameters()).containsExactly("x");
  }

  @Test
  void noNameIsForgottenWhileAnAverageIsApplied() {
    AveragedOptimizer optimizer = new Adam().averaged(WeightAverage.ema(0.9));
    Parameters parameters = one("x", Nd4j.createFromArray(1.0));
    optimizer.step(parameters);
    AveragingOptimizer.Applied applied = optimizer.applied(parameters);
    assertThatThrownBy(() -> optimizer.state().forget("x"))
        .isInstanceOf(IllegalStateException.class);
    applied.close();
    optimizer.state().forget("x");
    assertThat(optimizer.averagedSteps("x")).isZero();
  }

  @Test
  void aFileIsLoadedUnderOtherNames() {
    for (Supplier<Optimizer> create : optimizers()) {
      Path file = folder.resolve("state.npz");
      Optimizer saved = create.get();
      INDArray expected = Nd4j.createFromArray(1.0, 2.0);
      for (int i = 0; i < 3; i++) {
        saved.step(one("x", expected));
      }
      saved.state().save(file);
      INDArray actual = expected.dup();
      Optimizer loaded = create.get();
      loaded.state().load(file, one("y", actual), Map.of("x", "y"));
      for (int i = 0; i < 3; i++) {
        saved.step(one("x", expected));
        loaded.step(one("y", actual));
      }
      assertThat(actual.toDoubleVector()).as("%s", saved).isEqualTo(expected.toDoubleVector());
    }
  }

  @Test
  void newNamesThatFitNothingAreErrors() {
    Path file = folder.resolve("state.npz");
    Optimizer saved = new Adam();
    saved.step(one("x", Nd4j.createFromArray(1.0)));
    saved.state().save(file);
    Optimizer other = new Adam();
    Parameters model = one("y", Nd4j.createFromArray(1.0));
    assertThatThrownBy(() -> other.state().load(file, model, Map.of("x", "y", "z", "a")))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("has no parameter 'z', which was to be 'a'");
    assertThatThrownBy(() -> other.state().load(file, model, Map.of("x", "y", "z", "y")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> other.state().load(file, model))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("'x' that the model has not");
    assertThat(other.state().parameters()).isEmpty();
  }

  /** Kept by name, these arrays would refuse another parameter of the old name or of a forgotten one. */
  @Test
  void arraysInPlaceOfGradientsGoWithTheName() {
    for (UnaryOperator<Optimizer> decorator : List.<UnaryOperator<Optimizer>>of(
        rule -> rule.clippedAdaptively(AdaptiveClip.of(0.01)),
        GradientCentralization::new,
        Sam::new,
        rule -> Sam.adaptive(rule, 0.5))) {
      Optimizer optimizer = decorator.apply(new Sgd(0.1));
      step(optimizer, one("x", Nd4j.createFromArray(1.0, 2.0)));
      optimizer.state().rename("x", "y");
      step(optimizer, one("x", Nd4j.createFromArray(1.0, 2.0, 3.0)));
      assertThatThrownBy(() -> step(optimizer, one("y", Nd4j.createFromArray(1.0, 2.0, 3.0))))
          .as("%s", optimizer)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("parameter 'y' has shape [3], expected [2] as at its first step");
      optimizer.state().forget("y");
      step(optimizer, one("y", Nd4j.createFromArray(1.0, 2.0, 3.0)));
      assertThat(optimizer.steps()).as("%s", optimizer).isEqualTo(3);
    }
  }

  private static void step(Optimizer optimizer, Parameters parameters) {
    if (optimizer.find(Sam.class).isPresent()) {
      Sam.step(optimizer, parameters, () -> {});
    } else {
      optimizer.step(parameters);
    }
  }

  private static Parameters one(String name, INDArray value) {
    return Parameters.of(Parameter.of(name, value, value.mul(0.5).addi(1)));
  }
}
