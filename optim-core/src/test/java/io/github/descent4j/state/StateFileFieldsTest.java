package io.github.descent4j.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.WeightAverage;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Fields of a state file that are well formed, and not those of this optimizer and these parameters. */
class StateFileFieldsTest {
  @TempDir
  private Path folder;

  private Path file;

  private static Parameters model(DataType type) {
    return Parameters.of(Parameter.of("w", Nd4j.ones(type, 2, 2), Nd4j.ones(type, 2, 2)));
  }

  @BeforeEach
  void save() {
    file = folder.resolve("state.npz");
    Optimizer optimizer = new Momentum();
    for (int step = 0; step < 3; step++) {
      optimizer.step(model(DataType.FLOAT));
    }
    optimizer.state().save(file);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      FLOAT  | DOUBLE
      DOUBLE | FLOAT
      """)
  void aSlotOfAnotherTypeIsRefusedWithTheParametersAndAtTheStep(DataType saved, DataType own) {
    Optimizer first = new Momentum();
    first.step(model(saved));
    first.state().save(file);

    Optimizer second = new Momentum();
    assertThatThrownBy(() -> second.state().load(file, model(own)))
        .isInstanceOf(StateFileException.class)
        .hasMessageStartingWith("state file " + file + " ")
        .hasMessageContaining("w");
    assertThat(second.steps()).isZero();
    assertThat(second.state().parameters()).isEmpty();

    Optimizer third = new Momentum();
    third.state().load(file);
    Parameters parameters = model(own);
    assertThatThrownBy(() -> third.step(parameters))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'w'");
    assertThat(parameters.get("w").value().sumNumber().doubleValue()).isEqualTo(4);
    assertThat(third.steps()).isOne();
  }

  /** The first one is the optimizer's, the other one the parameter's. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      "steps" : 3    | "steps" : -1                  | steps
      "steps" : 3    | "steps" : 2.5                 | steps
      "steps" : 3    | "steps" : "3"                 | steps
      "steps" : 3    | "steps" : null                | steps
      "steps" : 3    | "steps" : 1000000000000001    | steps
      "steps" : 3    | "steps" : 9223372036854775807 | steps
      "steps" : 3    | "steps" : 9223372036854775808 | steps
      "momentum" : 0.9 | "momentum" : 0.8            | momentum = 0.8, expected 0.9
      "momentum" : 0.9 | "momentum" : 0.9, "nesterov" : true | nesterov = true, expected none
      "momentum" : 0.9 | "momentum" : 0.9, "beta" : null     | beta = null, expected none
      "dampening" : 0.0 | "damping" : 0.0            | dampening = null, expected 0.0
      "momentum" : 0.9 | "momentum" : true           | momentum = true, expected 0.9
      "rateInsideVelocity" : false | "rateInsideVelocity" : 0 | rateInsideVelocity = 0, expected false
      """)
  void aNumberThatCannotBeIsNamed(String text, String by, String message) {
    String json = StateFiles.json(file);
    assertThat(json).contains(text);
    int times = text.startsWith("\"steps") ? 2 : 1;
    assertThat(json.split(Pattern.quote(text), -1)).hasSize(times + 1);
    for (int occurrence = 0; occurrence < times; occurrence++) {
      save();
      int at = json.indexOf(text);
      for (int i = 0; i < occurrence; i++) {
        at = json.indexOf(text, at + 1);
      }
      StateFiles.editJson(
          file, json, json.substring(0, at) + by + json.substring(at + text.length()));
      Optimizer loading = new Momentum();
      loading.step(model(DataType.FLOAT));
      double before = loading.state().slot("w", "v").getDouble(0);
      assertThatThrownBy(() -> loading.state().load(file))
          .as("occurrence %d", occurrence)
          .isInstanceOf(StateFileException.class)
          .hasMessageStartingWith("state file " + file + " ")
          .hasMessageContaining(message.equals("steps") ? "" : message);
      assertThat(loading.steps()).isOne();
      assertThat(loading.state().steps("w")).isOne();
      assertThat(loading.state().slot("w", "v").getDouble(0)).isEqualTo(before);
    }
  }

  /** Counting on from the largest long would make the next one negative. */
  @ParameterizedTest
  @MethodSource("decorators")
  void decoratorsRefuseCountsThatNoRunReaches(
      UnaryOperator<Optimizer> decorator, String field, String text) {
    Optimizer saving = decorator.apply(new Momentum());
    saving.step(model(DataType.FLOAT));
    saving.state().save(file);
    String json = StateFiles.json(file);
    assertThat(json).contains(text);
    for (String count : List.of("1000000000000001", "9223372036854775807")) {
      String by = text.substring(0, text.lastIndexOf(' ') + 1) + count;
      int at = json.indexOf(text);
      StateFiles.editJson(
          file, json, json.substring(0, at) + by + json.substring(at + text.length()));
      Optimizer loading = decorator.apply(new Momentum());
      assertThatThrownBy(() -> loading.state().load(file))
          .isInstanceOf(StateFileException.class)
          .hasMessageContaining("a number that a run can reach, at most 1000000000000000")
          .hasMessageContaining("'optimizer." + field + "'");
      assertThat(loading.steps()).isZero();
      saving.state().save(file);
    }
  }

  /** A decorator, and where its count is: the first of the file that reads so. */
  private static Stream<Arguments> decorators() {
    return Stream.of(
        arguments(of(inner -> inner.noisy(0.1, 0.55, 1)), "t", "\"t\" : 1"),
        arguments(
            of(inner -> inner.guarded(NonFinite.SKIP)), "skippedSteps", "\"skippedSteps\" : 0"),
        arguments(
            of(inner -> inner.averaged(WeightAverage.ema(0.9))),
            "parameters.w.steps",
            "\"steps\" : 1"),
        arguments(of(inner -> inner.lookahead(6, 0.5)), "parameters.w.steps", "\"steps\" : 1"));
  }

  private static UnaryOperator<Optimizer> of(UnaryOperator<Optimizer> decorator) {
    return decorator;
  }

  /** Of a longer text the beginning and the end. */
  @Test
  void whatIsWrongIsToldInAThousandCharacters() {
    Path path = Path.of("f");
    StateFileException whole = new StateFileException(path, "x".repeat(1000), null);
    assertThat(whole).hasMessage("state file f " + "x".repeat(1000));
    assertThat(whole.file()).isEqualTo(path);
    assertThat(new StateFileException(path, "a".repeat(700) + "b" + "c".repeat(300), null))
        .hasMessage("state file f " + "a".repeat(700) + " ... " + "c".repeat(300));
  }

  @Test
  void theLargestCountIsTaken() {
    StateFiles.editJson(
        file,
        StateFiles.json(file),
        StateFiles.json(file).replace("\"steps\" : 3", "\"steps\" : 1000000000000000"));
    Optimizer loading = new Momentum();
    loading.state().load(file);
    assertThat(loading.steps()).isEqualTo(1_000_000_000_000_000L);
  }

  @Test
  void aParameterMayHaveTakenFewerStepsThanItsOptimizerAndNotMore() {
    String json = StateFiles.json(file);
    int own = json.indexOf("\"steps\" : 3");
    int parameters = json.indexOf("\"parameters\" :");
    assertThat(parameters).isPositive();
    if (own > parameters) {
      own = json.lastIndexOf("\"steps\" : 3");
    }
    StateFiles.editJson(
        file, json, json.substring(0, own) + "\"steps\" : 7" + json.substring(own + 11));
    Optimizer more = new Momentum();
    more.state().load(file);
    assertThat(more.steps()).isEqualTo(7);
    assertThat(more.state().steps("w")).isEqualTo(3);
  }
}
