package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.run.TrainedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which checkpoints of a folder are found, kept, deleted and left alone. */
@Tag("slow")
class CheckpointFilesTest extends CheckpointRuns {

  @Test
  void keepsTheLastAndTheBest() {
    CommandLineRun run = train(
        List.of("--batch-size", "20", "--epochs", "5", "--learning-rate", "0.1"),
        "--checkpoint",
        runs.toString(),
        "--keep",
        "1");
    double best = -1;
    int bestEpoch = 0;
    for (int epoch = 1; epoch <= 5; epoch++) {
      String line = run.outLines().get(2 + epoch);
      double accuracy = Double.parseDouble(line.replaceFirst(".*test (\\S+) .*", "$1"));
      if (accuracy > best) {
        best = accuracy;
        bestEpoch = epoch;
      }
    }
    assertThat(checkpoints())
        .containsExactlyElementsOf(
            Stream.of(bestEpoch, 5).distinct().map(CheckpointRuns::step).toList());
    assertThat(evaluate(runs).lastLine())
        .isEqualTo(evaluate(runs.resolve(step(bestEpoch))).lastLine());
  }

  @Test
  void clearsWhatACrashHasLeft() throws IOException {
    train(shortRun(), "--checkpoint", runs.toString());
    Path left = Files.createDirectory(runs.resolve("." + step(3)));
    Files.writeString(left.resolve(Checkpoint.NETWORK), "half");
    assertThat(CommandLineRun.of("train", "--resume", runs.toString()).exitCode())
        .isZero();
    assertThat(left).doesNotExist();
  }

  /** The names that the locale's digits once made of checkpoints. */
  @Test
  void findsCheckpointsWithDigitsOfOtherScripts() throws IOException {
    train(shortRun(), "--checkpoint", runs.toString());
    Path arabic = runs.resolve("step-\u0660\u0660\u0660\u0660\u0660\u0660\u0665\u0660");
    Files.move(runs.resolve(step(1)), arabic);
    delete(runs.resolve(step(2)));
    CommandLineRun rest =
        CommandLineRun.of("train", "--resume", runs.toString(), "--keep", "1", "--epochs", "2");
    assertThat(rest.err()).isEmpty();
    assertThat(rest.outLines()).contains("resumed    " + arabic);
    assertThat(CommandLineRun.of("evaluate", "--data", data.toString(), "--checkpoint", "" + runs)
            .exitCode())
        .isZero();
    assertThat(runs).isDirectoryContaining("glob:**/" + step(2));
  }

  @Test
  void aNameWithMoreStepsThanThereAreNumbersIsNoCheckpoint() throws IOException {
    train(shortRun(), "--checkpoint", runs.toString());
    Path other = Files.createDirectory(runs.resolve("step-99999999999999999999"));
    Path third = Files.createDirectory(runs.resolve("step-9999999999999999999"));
    assertThat(CommandLineRun.of("train", "--resume", runs.toString()).err()).isEmpty();
    assertThat(other).exists();
    assertThat(third).exists();
  }

  @Test
  void deletesNothingThatItHasNotWritten() throws IOException {
    Files.createDirectories(runs);
    Path notes = Files.writeString(runs.resolve(".step-by-step-notes"), "mine");
    Path folderOfNotes = Files.createDirectory(runs.resolve(".step-one"));
    Path file = Files.writeString(runs.resolve(".step-00000007"), "mine");
    Path foreign = Files.createDirectory(runs.resolve(".step-00000008"));
    Files.writeString(foreign.resolve("thesis.tex"), "mine");
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve(Checkpoint.RUN), "mine");
    Path link = Files.createSymbolicLink(runs.resolve(".step-00000009"), elsewhere);
    Path left = Files.createDirectory(runs.resolve(".step-00000010"));
    Files.writeString(left.resolve(".run.json-12ab.tmp"), "half");
    CommandLineRun run = train(
        List.of("--batch-size", "20", "--epochs", "3"),
        "--checkpoint",
        runs.toString(),
        "--keep",
        "1");
    assertThat(run.err()).isEmpty();
    assertThat(left).doesNotExist();
    assertThat(notes).hasContent("mine");
    assertThat(folderOfNotes).exists();
    assertThat(file).hasContent("mine");
    assertThat(foreign.resolve("thesis.tex")).hasContent("mine");
    assertThat(link).exists();
    assertThat(elsewhere.resolve(Checkpoint.RUN)).hasContent("mine");
  }

  @Test
  void aCheckpointWithANoteInItIsKept() throws IOException {
    train(shortRun(), "--checkpoint", runs.toString());
    Path note = Files.writeString(runs.resolve(step(1)).resolve("note.txt"), "the good one");
    delete(runs.resolve(step(2)));
    CommandLineRun.of("train", "--resume", runs.toString(), "--keep", "1");
    assertThat(note).hasContent("the good one");
  }

  @Test
  void doesNotWriteOverWhatIsHiddenUnderItsName() throws IOException {
    Path hidden = Files.createDirectories(runs.resolve("." + step(1)));
    Files.writeString(hidden.resolve("thesis.tex"), "mine");
    CommandLineRun run = train(shortRun(), "--checkpoint", runs.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errLines())
        .containsExactly("error: " + hidden
            + ": expected no such file or folder, found one that this run has not written");
  }

  @Test
  void aDamagedOldCheckpointDoesNotStopARun() throws IOException {
    train(shortRun(), "--checkpoint", runs.toString());
    Path damaged = runs.resolve(step(1)).resolve(Checkpoint.RUN);
    Files.writeString(damaged, "{");
    delete(runs.resolve(step(2)));
    Files.move(runs.resolve(step(1)), runs.resolve("step-00000001"));
    train(shortRun(), "--checkpoint", folder.resolve("whole").toString());
    Files.move(folder.resolve("whole").resolve(step(1)), runs.resolve(step(1)));
    CommandLineRun rest = CommandLineRun.of("train", "--resume", runs.toString(), "--keep", "1");
    assertThat(rest.err()).isEmpty();
    assertThat(rest.exitCode()).isZero();
    assertThat(runs.resolve("step-00000001")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {Checkpoint.NETWORK, Checkpoint.RUN})
  void evaluatesAnotherCheckpointWhereTheBestIsDamaged(String name) throws IOException {
    train(shortRun(), "--checkpoint", runs.toString());
    Path best = Stream.of(1, 2)
        .map(epoch -> runs.resolve(step(epoch)))
        .filter(path -> evaluate(runs).lastLine().equals(evaluate(path).lastLine()))
        .findFirst()
        .orElseThrow();
    Path other = runs.resolve(best.endsWith(step(1)) ? step(2) : step(1));
    Files.writeString(best.resolve(name), "damage");
    CommandLineRun run = evaluate(runs);
    assertThat(run.exitCode()).isZero();
    assertThat(run.lastLine()).isEqualTo(evaluate(other).lastLine());
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err())
        .startsWith("warning: ")
        .contains(best.resolve(name).toString(), other.getFileName() + " is used");
    Files.writeString(other.resolve(name), "damage");
    assertThat(evaluate(runs).exitCode()).isEqualTo(1);
    assertThat(evaluate(runs).errLines()).hasSize(1);
  }

  /** Checkpoints come and go while they are listed and read. */
  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void readsWhileARunWrites() throws InterruptedException {
    List<CommandLineRun> training = new ArrayList<>();
    Thread trainer = new Thread(() -> training.add(train(
        List.of("--batch-size", "500", "--epochs", "120"),
        "--checkpoint",
        runs.toString(),
        "--keep",
        "1")));
    trainer.start();
    int read = 0;
    while (trainer.isAlive()) {
      if (Files.isDirectory(runs)
          && checkpoints().stream().anyMatch(name -> name.startsWith("step-"))) {
        TrainedModel.read(runs, warning -> {
          throw new AssertionError(warning);
        });
        read++;
      }
    }
    trainer.join();
    assertThat(training.get(0).err()).isEmpty();
    assertThat(read).isPositive();
  }
}
