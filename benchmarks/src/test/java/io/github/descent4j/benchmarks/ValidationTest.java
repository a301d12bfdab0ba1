package io.github.descent4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameters;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The check that a benchmark makes before it is timed, which {@link BenchmarksTest} runs of each, finds what is wrong. */
class ValidationTest {

  /** Adam's step instead of the formula's, at each formula but its own and those that begin like it. */
  @ParameterizedTest
  @EnumSource(
      names = {"SGD", "MOMENTUM", "NESTEROV", "ADAGRAD", "RMSPROP", "ADAMAX", "YOGI", "NADAM"})
  void anotherFormulaIsRefused(Formula formula) {
    try (Model model = new Model("100")) {
      Optimizer adam = new Adam();
      Parameters parameters = model.parameters();
      assertThatThrownBy(() -> model.validate("peer", formula, () -> adam.step(parameters)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("peer");
    }
  }

  @Test
  void aStepThatDoesNothingIsRefused() {
    try (Model model = new Model("100")) {
      assertThatThrownBy(() -> model.validate("peer", Formula.ADAM, () -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("peer");
    }
  }

  @Test
  void oneElementOfTheLastParameterThatIsWrongIsEnough() {
    for (double wrong : new double[] {0.5, Double.NaN, Double.POSITIVE_INFINITY}) {
      try (Model model = new Model("3x40")) {
        Optimizer adam = new Adam();
        Parameters parameters = model.parameters();
        int[] steps = {0};
        assertThatThrownBy(() -> model.validate("peer", Formula.ADAM, () -> {
              adam.step(parameters);
              if (++steps[0] == Formula.ADAM.steps()) {
                model.values().get(2).putScalar(39, wrong);
              }
            }))
            .as("%s", wrong)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("peer");
      }
      try (Model model = new Model("3x40")) {
        Optimizer adam = new Adam();
        Parameters parameters = model.parameters();
        assertThatNoException()
            .isThrownBy(() -> model.validate("peer", Formula.ADAM, () -> adam.step(parameters)));
      }
    }
  }

  @Test
  void everyBenchmarkIsRunByATest() {
    OutputFormat silent = OutputFormatFactory.createFormatInstance(
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
        VerboseMode.SILENT);
    List<String> classes = BenchmarkList.defaultList().getAll(silent, List.of()).stream()
        .map(entry -> entry.getUserClassQName().replaceFirst(".*\\.", ""))
        .distinct()
        .toList();
    assertThat(classes).hasSizeGreaterThan(10);
    List<String> tests = Arrays.stream(BenchmarksTest.class.getDeclaredMethods())
        .map(method -> method.getName().toLowerCase(Locale.ROOT))
        .toList();
    assertThat(classes)
        .allSatisfy(name -> assertThat(tests).contains(name.toLowerCase(Locale.ROOT)));
  }
}
