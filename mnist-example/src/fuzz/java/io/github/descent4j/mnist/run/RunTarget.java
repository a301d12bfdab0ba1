package io.github.descent4j.mnist.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.Scratch;
import io.github.descent4j.mnist.data.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Any bytes as {@code run.json}: refused with a line that names the file, or a state that is the same when written and read again,
 * and whose settings {@code train --resume} takes or refuses in one line. There are no data, so that nothing is trained.
 */
public final class RunTarget {
  private static final Path RUNS = Scratch.folder();
  private static final Path NO_DATA = RUNS.resolve("no-data");
  private static final Path FILE = RUNS.resolve("step-00000004").resolve(Checkpoint.RUN);
  private static final Path AGAIN = RUNS.resolve("again.json");

  private RunTarget() {}

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Files.createDirectories(FILE.getParent());
    Files.write(FILE, input);
    RunState state;
    try {
      state = RunState.read(FILE);
    } catch (CommandException e) {
      assertThat(e.getMessage()).startsWith(FILE + ": expected ").contains(", found ");
      return;
    }
    state.write(AGAIN);
    byte[] written = Files.readAllBytes(AGAIN);
    RunState.read(AGAIN).write(AGAIN);
    assertThat(Files.readAllBytes(AGAIN)).isEqualTo(written);

    CommandLineRun resumed = CommandLineRun.of("train", "--resume=" + RUNS, "--data=" + NO_DATA);
    assertThat(resumed.exitCode()).as(resumed.err()).isEqualTo(1);
    assertThat(resumed.errLines()).hasSize(1);
    assertThat(resumed.err())
        .startsWith("error: ")
        .doesNotMatch("(?s)error: (\\w+(Exception|Error)\\b|out of memory).*")
        .containsAnyOf(FILE.toString(), NO_DATA.toString());
  }
}
