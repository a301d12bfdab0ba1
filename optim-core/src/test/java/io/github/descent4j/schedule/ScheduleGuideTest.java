package io.github.descent4j.schedule;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the table of docs/schedules.md against the code; GuideTest runs its examples. */
class ScheduleGuideTest {
  @Test
  void theTableHasEveryFactoryWithItsParameters() throws IOException {
    List<String> expected = Arrays.stream(Schedules.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> !method.getName().equals("parse"))
        .map(method -> Arrays.stream(method.getParameters())
            .map(parameter -> parameter.getName() + (parameter.isVarArgs() ? "..." : ""))
            .collect(joining(", ", method.getName() + "(", ")")))
        .toList();
    List<String> rows = Pattern.compile("^\\| `(\\w+\\(.*?\\))` \\|", Pattern.MULTILINE)
        .matcher(guide())
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
    assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static String guide() throws IOException {
    return Files.readString(Path.of("..", "docs", "schedules.md"));
  }
}
