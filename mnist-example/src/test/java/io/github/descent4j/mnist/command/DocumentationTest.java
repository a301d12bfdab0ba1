package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.settings.ScheduleChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Holds the guides to the command against its code. */
class DocumentationTest {
  private static String guide(String name) throws IOException {
    return Files.readString(Path.of("..", "docs", name));
  }

  @ParameterizedTest
  @EnumSource(value = OptimizerChoice.class, mode = EnumSource.Mode.EXCLUDE, names = "LBFGS")
  void tellsTheRateOfEachOptimizer(OptimizerChoice optimizer) throws IOException {
    assertThat(guide("mnist.md"))
        .contains("| `" + optimizer + "` | " + optimizer.defaultLearningRate + " |");
  }

  @ParameterizedTest
  @EnumSource(ScheduleChoice.class)
  void tellsTheFormulaOfEachSchedule(ScheduleChoice schedule) throws IOException {
    assertThat(guide("training-options.md")).contains("| `" + schedule + "` | `r");
  }

  /**
   * A command and where its options are.
   *
   * @param others guides to options that it shares with other commands
   */
  private record Documented(Object command, String guide, List<String> others) {
    @Override
    public String toString() {
      return command.getClass().getSimpleName();
    }
  }

  static List<Documented> commands() {
    return List.of(
        new Documented(new TrainCommand(), "training-options.md", List.of()),
        new Documented(
            new FindLrCommand(), "learning-rate-finder.md", List.of("training-options.md")),
        new Documented(new CompareCommand(), "comparing.md", List.of("training-options.md")),
        new Documented(new EvaluateCommand(), "evaluating.md", List.of()),
        new Documented(new PredictCommand(), "evaluating.md", List.of()),
        new Documented(new TourCommand(), "lecture.md", List.of()),
        new Documented(new ScheduleCommand(), "schedules.md", List.of()),
        new Documented(new LandscapeCommand(), "landscape.md", List.of()));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void tellsEachOptionAndItsDefault(Documented documented) throws IOException {
    String guide = guide(documented.guide());
    for (String other : documented.others()) {
      guide += guide(other);
    }
    for (OptionSpec option :
        new CommandLine(documented.command()).getCommandSpec().options()) {
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
