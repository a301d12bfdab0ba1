package io.github.descent4j.mnist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command tells of itself. */
class HelpTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "evaluate",
        "predict",
        "export",
        "compare",
        "find-lr",
        "landscape",
        "tour",
        "schedule"
      })
  void everyCommandHasExamples(String command) {
    CommandLineRun run = CommandLineRun.of(command, "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).containsPattern("\nExamples?:\n  mnist-example " + command + " ");
    assertThat(run.outLines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  /** What is in an example can be parsed, with the names of files and the data as they are. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "evaluate",
        "predict",
        "export",
        "compare",
        "find-lr",
        "landscape",
        "tour",
        "schedule"
      })
  void theOptionsOfAnExampleAreOptions(String command) {
    List<String> help = CommandLineRun.of(command, "--help").outLines();
    List<String> examples =
        help.stream().filter(line -> line.startsWith("  mnist-example ")).toList();
    assertThat(examples).isNotEmpty();
    for (String example : examples) {
      for (String word : example.strip().split(" +", -1)) {
        if (word.startsWith("--")) {
          assertThat(help).anySatisfy(line -> assertThat(line).startsWith("      " + word));
        }
      }
    }
  }

  @Test
  void optionsStandInGroups() {
    String help = CommandLineRun.of("train", "--help").out();
    assertThat(help)
        .containsSubsequence(
            "\nData:\n",
            " --data=DIR ",
            "\nModel:\n",
            " --model=NAME ",
            "\nOptimizer:\n",
            " --learning-rate=RATE ",
            "\nRegularization:\n",
            "\nAugmentation:\n",
            "\nGeneral:\n",
            " --epochs=N ",
            "\nCheckpoints:\n",
            " --resume=DIR ",
            "\nOutput:\n",
            " --report=FILE ",
            "\nHelp:\n",
            " --version ");
    // Each once.
    assertThat(help.split(" --learning-rate=RATE ", -1)).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      exp                    | export
      train --model ''       | mlp cnn convnet
      train --model c        | cnn convnet
      train --schedule ''    | constant linear cosine restarts step exponential polynomial
      train --tens           | --tensorboard
      find-lr --optimizer ra | radam
      """)
  void theScriptCompletesInBash(String words, String expected, @TempDir Path folder)
      throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")));
    CommandLineRun run = CommandLineRun.of("generate-completion");
    assertThat(run.err()).isEmpty();
    Path script = Files.writeString(folder.resolve("completion.sh"), run.out());
    // Outside of a completion under way there is no compopt.
    String test = "compopt() { :; }; source '" + script + "'; COMP_WORDS=(mnist-example " + words
        + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _complete_mnist-example;"
        + " echo \"${COMPREPLY[@]}\"";
    Process bash = new ProcessBuilder("/bin/bash", "--norc", "-c", test)
        .redirectErrorStream(true)
        .start();
    bash.getOutputStream().close();
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(out).isZero();
    assertThat(out.strip()).isEqualTo(expected);
  }
}
