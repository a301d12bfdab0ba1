package io.github.descent4j.decorator;

import static io.github.descent4j.state.LoadOption.ALLOW_EXTRA_PARAMETERS;
import static io.github.descent4j.state.LoadOption.ALLOW_MISSING_PARAMETERS;
import static io.github.descent4j.state.LoadOption.ALLOW_OTHER_DECORATORS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Adam;
import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RAdam;
import io.github.descent4j.Sgd;
import io.github.descent4j.schedule.ReduceOnPlateau;
import io.github.descent4j.state.StateFileException;
import io.github.descent4j.state.StateFileTest;
import io.github.descent4j.state.StateFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** How groups are found again in a state file. */
class GroupStateTest {
  @TempDir
  private Path folder;

  private Path file;

  @BeforeEach
  void nameAFile() {
    file = folder.resolve("state.npz");
  }

  @Test
  void eachGroupFindsItsOwn() {
    Optimizer saved = grouped("b");
    saved.step(model("w", "b"));
    saved.step(model("b", "w", "late"));
    saved.state().save(file);
    Optimizer loaded = grouped("b");
    loaded.step(model("b"));
    loaded.state().load(file, model("late", "w", "b"));
    StateFileTest.assertSameState(loaded, saved);
    assertThat(loaded.state().slots("b")).containsExactly("v");
    assertThat(loaded.state().slots("w")).containsExactly("m", "v");
    loaded.step(model("w", "b", "late"));
    assertThat(loaded.state().steps("late")).isEqualTo(2);
  }

  @Test
  void theTextOfAStateSaysWhatEachGroupHasStepped() {
    Optimizer optimizer = grouped("b");
    optimizer.step(model("w", "b"));
    assertThat(optimizer.state().toString())
        .matches("\\[Momentum\\(.*\\) after 1 steps of \\[b\\],"
            + " Adam\\(.*\\) after 1 steps of \\[w\\]\\]");
  }

  @Test
  void aParameterOfAnotherGroupIsNamedWithBoth() {
    Optimizer saved = grouped("b");
    saved.step(model("w", "b"));
    saved.state().save(file);
    assertRefused(
        grouped("w"),
        "has parameter 'b' in group 'momentum', expected it in 'otherwise' as in Groups[",
        model("w", "b"));
    Optimizer none = Optimizer.groups()
        .group("momentum", p -> false, new Momentum())
        .group("otherwise", p -> true, new Adam())
        .build();
    assertRefused(none, "'b' in group 'momentum', expected it in 'otherwise'", model("w", "b"));
    Optimizer some = Optimizer.groups()
        .group("momentum", p -> p.name().equals("b"), new Momentum())
        .group("otherwise", p -> false, new Adam())
        .build();
    assertRefused(
        some, "has parameter 'w' in group 'otherwise', expected it in none as", model("w", "b"));
  }

  @Test
  void withoutAModelTheNextStepFindsOut() {
    Optimizer saved = grouped("b");
    saved.step(model("w", "b"));
    saved.state().save(file);
    Optimizer loaded = grouped("w");
    Parameters model = model("w", "b");
    loaded.step(model);
    loaded.state().load(file);
    assertThatThrownBy(() -> loaded.step(model))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameter 'w' belongs to group 'momentum', expected 'otherwise' as at its first step");
  }

  @Test
  void aParameterOfADecoratorInAGroupIsComparedToo() {
    Optimizer saved = Optimizer.groups()
        .group("a", p -> true, new Sgd().accumulated(2))
        .otherwise(new Sgd())
        .build();
    saved.step(model("w"));
    saved.state().save(file);
    Optimizer other = Optimizer.groups()
        .group("a", p -> false, new Sgd().accumulated(2))
        .otherwise(new Sgd())
        .build();
    assertRefused(other, "has parameter 'w' in group 'a', expected it in 'otherwise'", model("w"));
  }

  @Test
  void aParameterInTwoGroupsIsAnError() {
    Optimizer saved =
        Optimizer.groups().group("a", p -> true, new Sgd()).otherwise(new Sgd()).build();
    saved.step(model("w"));
    saved.state().save(file);
    String twice =
        "\"w\" : {\"type\" : \"float32\", \"shape\" : [2], \"order\" : \"c\", \"steps\" : 1}";
    StateFiles.editJson(file, "\"parameters\" : { }", "\"parameters\" : {" + twice + "}");
    Optimizer loaded =
        Optimizer.groups().group("a", p -> true, new Sgd()).otherwise(new Sgd()).build();
    assertThatThrownBy(() -> loaded.state().load(file))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("has parameter 'w' in group 'a' and in 'otherwise', expected it in");
    assertThat(loaded.steps()).isZero();
  }

  @Test
  void missingAndExtraParametersAreThoseOfAllGroups() {
    Optimizer saved = grouped("b");
    saved.step(model("w", "b"));
    saved.state().save(file);
    assertRefused(grouped("b"), "has no parameter 'x', expected one", model("w", "b", "x"));
    assertRefused(grouped("b"), "has a parameter 'b' that the model has not: [w]", model("w"));
    Optimizer loaded = grouped("b");
    loaded.state().load(file, model("w", "x"), ALLOW_MISSING_PARAMETERS, ALLOW_EXTRA_PARAMETERS);
    assertThat(loaded.state().parameters()).containsExactly("w");
    loaded.step(model("w", "x"));
    assertThat(loaded.state().steps("w")).isEqualTo(2);
    assertThat(loaded.state().steps("x")).isEqualTo(1);
  }

  @Test
  void otherGroupsAreNamed() {
    grouped("b").state().save(file);
    Optimizer other = Optimizer.groups().otherwise(new Adam()).build();
    assertThatThrownBy(() -> other.state().load(file))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("has the groups [momentum, otherwise], expected [otherwise] as in");
    assertThatThrownBy(() -> new Adam().state().load(file))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("'optimizer.rule' that is missing, expected \"Adam\"");
    new Adam().state().save(file);
    assertThatThrownBy(() -> other.state().load(file))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("'optimizer.groups' that is missing, expected an object");
  }

  @Test
  void anOptimizerOfAnotherRuleOrRateInAGroupChangesNoGroup() {
    Optimizer saved = grouped("b");
    saved.step(model("w", "b"));
    saved.state().save(file);
    Optimizer rule = Optimizer.groups()
        .group("momentum", p -> p.name().equals("b"), new Momentum())
        .otherwise(new RAdam())
        .build();
    assertRefused(
        rule,
        "'optimizer.groups.otherwise.optimizer.rule' that is \"Adam\", expected \"RAdam\"",
        model("w", "b"));
    Optimizer rate = Optimizer.groups()
        .group("momentum", p -> p.name().equals("b"), new Momentum())
        .otherwise(new Adam(0.5))
        .build();
    assertRefused(rate, "has hyperparameter learningRate = 0.001, expected 0.5", model("w", "b"));
  }

  @Test
  void schedulesWithAMemoryComeBackInsideAndOutside() {
    ReduceOnPlateau inside = plateau();
    ReduceOnPlateau outside = plateau();
    inside.update(1);
    inside.update(2);
    outside.update(1);
    scheduled(inside, outside).state().save(file);
    ReduceOnPlateau loadedInside = plateau();
    ReduceOnPlateau loadedOutside = plateau();
    scheduled(loadedInside, loadedOutside).state().load(file);
    assertThat(loadedInside.state()).isEqualTo(inside.state());
    assertThat(loadedOutside.state()).isEqualTo(outside.state());
    assertThat(loadedInside.learningRate()).isNotEqualTo(loadedOutside.learningRate());
  }

  private static ReduceOnPlateau plateau() {
    return ReduceOnPlateau.builder().learningRate(0.1).patience(0).build();
  }

  private static Optimizer scheduled(ReduceOnPlateau inside, ReduceOnPlateau outside) {
    return Optimizer.groups()
        .otherwise(new Sgd().scheduled(inside.schedule()))
        .build()
        .scheduled(outside.schedule());
  }

  @Test
  void otherDecoratorsInAGroupCanBeAllowed() {
    Optimizer saved =
        Optimizer.groups().otherwise(new Sgd().guarded(NonFinite.SKIP)).build();
    saved.step(model("w"));
    saved.state().save(file);
    Optimizer plain = Optimizer.groups().otherwise(new Sgd()).build();
    assertRefused(plain, "has the state of a decorator 'guarded', expected none", model("w"));
    plain.state().load(file, model("w"), ALLOW_OTHER_DECORATORS);
    StateFileTest.assertSameState(plain, saved);
  }

  @Test
  void groupsInGroupsAndNamesOfAnyCharacters() {
    Optimizer saved = nested();
    saved.step(model("w", "b"));
    saved.state().save(file);
    Optimizer loaded = nested();
    loaded.state().load(file, model("w", "b"));
    StateFileTest.assertSameState(loaded, saved);
  }

  private static Optimizer nested() {
    return Optimizer.groups()
        .group("inside", p -> p.name().equals("b"), grouped("b"))
        .group("a/b . \" \uD83D\uDE00", p -> true, new Adam().averaged(WeightAverage.equal()))
        .build();
  }

  private static Optimizer grouped(String momentum) {
    return Optimizer.groups()
        .group("momentum", p -> p.name().equals(momentum), new Momentum())
        .otherwise(new Adam())
        .build();
  }

  private void assertRefused(Optimizer optimizer, String message, Parameters model) {
    assertThatThrownBy(() -> optimizer.state().load(file, model))
        .isInstanceOf(StateFileException.class)
        .hasMessageStartingWith("state file " + file + " has ")
        .hasMessageContaining(message);
    assertThat(optimizer.steps()).isZero();
    assertThat(optimizer.state().parameters()).isEmpty();
  }

  private static Parameters model(String... names) {
    Parameter[] parameters = new Parameter[names.length];
    for (int i = 0; i < names.length; i++) {
      parameters[i] = Parameter.of(names[i], Nd4j.ones(2), Nd4j.createFromArray(0.5f, i));
    }
    return Parameters.of(parameters);
  }
}
