package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of docs/gradient-health.md says of every network what the guide says. */
class GradientHealthGuideTest {
  private static final Pattern PROGRAM = Pattern.compile(
      "```java\n([^`]*public class GradientHealth .*?)```\\s*```\n(.*?)```", Pattern.DOTALL);

  private static final Pattern NUMBER = Pattern.compile("(?<![A-Za-z])[\\d.]+(e[+-]\\d+)?%?");

  @Test
  void theProgramPrintsWhatTheGuideSays(@TempDir Path folder)
      throws IOException, InterruptedException {
    Matcher guide = PROGRAM.matcher(Files.readString(Path.of("..", "docs", "gradient-health.md")));
    assertThat(guide.find()).isTrue();
    Path source = folder.resolve("GradientHealth.java");
    Files.writeString(source, guide.group(1));
    int status = ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, "-d", folder.toString(), source.toString());
    assertThat(status).as("javac's exit status").isZero();

    String classPath = folder + File.pathSeparator + System.getProperty("java.class.path");
    Path output = folder.resolve("output");
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath,
            "GradientHealth")
        .redirectOutput(output.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(withoutNumbers(Files.readString(output))).isEqualTo(withoutNumbers(guide.group(2)));
  }

  /** Last digits depend on the processor; the lines of a log, which begin with the time, do not count. */
  private static List<String> withoutNumbers(String text) {
    return text.lines()
        .filter(line -> !line.isBlank())
        .map(line -> NUMBER.matcher(line).replaceAll("#").replaceAll(" +", " ").strip())
        .collect(Collectors.toList());
  }
}
