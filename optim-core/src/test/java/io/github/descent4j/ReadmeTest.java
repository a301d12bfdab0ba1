package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.rule.UpdateRule;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole programs of the README and of a guide compile, run, and print what stands below them; the README's table is true. */
class ReadmeTest {
  private static final Path README = Path.of("../README.md");

  @TempDir
  private Path folder;

  @Test
  void theFirstProgramPrintsWhatTheReadmeSays() throws IOException, InterruptedException {
    assertPrintsWhatItSays(README, "<!-- first program -->", "FirstSteps");
  }

  @Test
  void theProgramOfTheBatchMethodsPrintsWhatTheGuideSays()
      throws IOException, InterruptedException {
    assertPrintsWhatItSays(
        Path.of("../docs/batch.md"), "<!-- logistic regression -->", "LogisticRegression");
  }

  private void assertPrintsWhatItSays(Path guide, String comment, String className)
      throws IOException, InterruptedException {
    List<String> lines = Files.readAllLines(guide);
    int marker = lines.indexOf(comment);
    assertThat(marker).isNotNegative();
    String program = fenced(lines, marker);
    String printed = fenced(lines, marker + (int) program.lines().count() + 3);

    Path source = folder.resolve(className + ".java");
    Files.writeString(source, program);
    int status = ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, "-d", folder.toString(), source.toString());
    assertThat(status).as("javac's exit status").isZero();

    String classPath = folder + File.pathSeparator + System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath, className));
    Path output = folder.resolve("output");
    Process process = new ProcessBuilder(command)
        .redirectOutput(output.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(Files.readString(output).strip()).isEqualTo(printed.strip());
  }

  @Test
  void theTableOfOptimizersHasTheirDefaultRates() throws IOException {
    String readme = Files.readString(README);
    for (OptimizerCase optimizer : OptimizerCase.defaultsOnMatrices()) {
      Map<String, Object> defaults = ((UpdateRule) optimizer.create().get()).hyperparameters();
      String rate = defaults.get("learningRate").toString().replace("1.0", "1");
      assertThat(readme).containsPattern("\\| `" + optimizer + "` \\| [^|]+ \\| " + rate + " \\|");
    }
  }

  /** The text of the first fenced block from a line on. */
  private static String fenced(List<String> lines, int from) {
    int open = from;
    while (!lines.get(open).startsWith("```")) {
      open++;
    }
    int close = open + 1;
    while (!lines.get(close).startsWith("```")) {
      close++;
    }
    return String.join("\n", lines.subList(open + 1, close)) + "\n";
  }
}
