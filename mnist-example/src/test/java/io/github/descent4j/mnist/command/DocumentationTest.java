package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.settings.ScheduleChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Holds docs/mnist.md against the code. */
class DocumentationTest {
  private static String guide;

  @BeforeAll
  static void readGuide() throws IOException {
    guide = Files.readString(Path.of("..", "docs", "mnist.md"));
  }

  @ParameterizedTest
  @EnumSource(value = OptimizerChoice.class, mode = EnumSource.Mode.EXCLUDE, names = "LBFGS")
  void tellsTheRateOfEachOptimizer(OptimizerChoice optimizer) {
    assertThat(guide).contains("| `" + optimizer + "` | " + optimizer.defaultLearningRate + " |");
  }

  @ParameterizedTest
  @EnumSource(ScheduleChoice.class)
  void tellsTheFormulaOfEachSchedule(ScheduleChoice schedule) {
    assertThat(guide).contains("| `" + schedule + "` | `r");
  }

  static List<Object> commands() {
    return List.of(new TrainCommand(), new FindLrCommand(), new CompareCommand());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void tellsEachOptionAndItsDefault(Object command) {
    for (OptionSpec option : new CommandLine(command).getCommandSpec().options()) {
      if (option.usageHelp() || option.versionHelp()) {
        continue;
      }
      String parameter = option.arity().max() == 0 ? "" : " [^`]+";
      assertThat(guide).containsPattern("\\| `" + option.longestName() + parameter + "`");
      if (option.defaultValue() != null) {
        assertThat(guide)
            .containsPattern("\\| `" + option.longestName() + " [^`]+` \\| `?"
                + option.defaultValue() + "`? \\|");
      }
    }
  }
}
