package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of docs/gradient-health.md says of every network what the guide says. */
@Tag("slow")
class GradientHealthGuideTest {
  private static final Pattern NUMBER = Pattern.compile("(?<![A-Za-z])[\\d.]+(e[+-]\\d+)?%?");

  @Test
  void theProgramPrintsWhatTheGuideSays(@TempDir Path folder)
      throws IOException, InterruptedException {
    GuideProgram program = GuideProgram.of("gradient-health.md", "GradientHealth");
    assertThat(withoutNumbers(program.run(folder))).isEqualTo(withoutNumbers(program.output()));
  }

  /** Last digits depend on the processor; the lines of a log, which begin with the time, do not count. */
  private static List<String> withoutNumbers(String text) {
    return text.lines()
        .filter(line -> !line.isBlank())
        .map(line -> NUMBER.matcher(line).replaceAll("#").replaceAll(" +", " ").strip())
        .collect(Collectors.toList());
  }
}
