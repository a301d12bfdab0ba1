package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.run.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that goes on for more epochs than it was to have. */
@Tag("slow")
class TrainingOnTest extends CheckpointRuns {

  /** Where the schedule does not depend on the length, it is the longer run, to the same bits. */
  @ParameterizedTest
  @ValueSource(strings = {"constant", "restarts", "step"})
  void isTheLongerRun(String schedule) throws IOException {
    List<String> settings = new ArrayList<>(List.of("--schedule", schedule, "--dropout", "0.2"));
    settings.addAll(List.of("--batch-size", "20", "--epochs"));
    Path whole = folder.resolve("whole");
    train(plus(settings, "4"), "--checkpoint", whole.toString());
    train(plus(settings, "2"), "--checkpoint", runs.toString());
    CommandLineRun rest = CommandLineRun.of("train", "--resume", runs.toString(), "--epochs", "4");
    assertThat(rest.err()).isEmpty();
    assertThat(rest.out()).doesNotContain("schedule  ");
    assertThat(rest.outLines().get(4)).startsWith("epoch 3/4  ");
    for (String file : List.of(Checkpoint.NETWORK, Checkpoint.OPTIMIZER)) {
      assertThat(Files.readAllBytes(runs.resolve(step(4)).resolve(file)))
          .isEqualTo(Files.readAllBytes(whole.resolve(step(4)).resolve(file)));
    }
    // What it is now is what it goes on with.
    assertThat(CommandLineRun.of("train", "--resume", runs.toString()).lastLine())
        .isEqualTo(rest.lastLine());
    assertThat(Files.readString(runs.resolve(step(4)).resolve(Checkpoint.RECORD)))
        .contains("\"--epochs\" : \"4\"");
  }

  /** With half a cosine over 2 epochs the rate is 0 after them; over 4 epochs it is half of 0.005 there. */
  @Test
  void saysThatTheScheduleIsAnotherOne() {
    train(shortRun(), "--checkpoint", runs.toString());
    CommandLineRun rest = CommandLineRun.of("train", "--resume", runs.toString(), "--epochs", "4");
    assertThat(rest.err()).isEmpty();
    assertThat(rest.outLines().get(4))
        .isEqualTo(
            "schedule   cosine, stretched from 2 to 4 epochs: the rate is now 0.0025, and was 0.0");
    assertThat(rest.outLines().get(5)).startsWith("epoch 3/4  ");
    assertThat(checkpoints()).contains(step(4));
  }

  @Test
  void notForFewerEpochs() {
    train(shortRun(), "--checkpoint", runs.toString());
    fails(
        "--epochs is 1, expected at least 2 as in " + runs.resolve(step(2)),
        "--resume",
        runs.toString(),
        "--epochs",
        "1");
  }

  @Test
  void notAfterEarlyStopping() {
    List<String> settings = new ArrayList<>(shortRun());
    settings.set(settings.size() - 1, "9");
    settings.addAll(List.of("--early-stopping", "1", "--validation", "200"));
    CommandLineRun run = train(settings, "--checkpoint", runs.toString());
    int epochs = run.outLines().size() - 5;
    assertThat(epochs).as("epochs before 9, of data that are easy to learn").isLessThan(9);
    CommandLineRun rest = CommandLineRun.of("train", "--resume", runs.toString(), "--epochs", "20");
    assertThat(rest.exitCode()).isEqualTo(1);
    assertThat(rest.err())
        .startsWith("error: --epochs is 20, expected 9 as in " + runs)
        .contains(": early stopping has ended this run after epoch " + epochs);
  }

  private static List<String> plus(List<String> settings, String last) {
    List<String> all = new ArrayList<>(settings);
    all.add(last);
    return all;
  }
}
