package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.run.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that goes on from a checkpoint, and what it refuses, through the command, in one JVM. */
@Tag("slow")
class CheckpointTest extends CheckpointRuns {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--dropout 0.3 --optimizer yogi",
        "--optimizer momentum --warmup 20 --clip-norm 1 --schedule linear",
        "--model cnn --dropout 0.2 --label-smoothing 0.1",
        "--optimizer adamw --weight-decay-mode decoupled --seed -5",
        "--optimizer adam --set beta2=0.99,beta1=0.8 --set epsilonHat=true"
      })
  void goesOnFromAnEarlierEpochToTheSameBits(String options) throws IOException {
    List<String> settings = new ArrayList<>(List.of(options.split(" ")));
    settings.addAll(List.of("--batch-size", "20", "--epochs", "3"));
    CommandLineRun whole = train(settings, "--checkpoint", runs.toString(), "--keep", "9");
    assertThat(whole.err()).isEmpty();
    assertThat(checkpoints()).containsExactly(step(1), step(2), step(3));
    byte[] expected = network(3);
    for (int epoch = 2; epoch <= 3; epoch++) {
      delete(runs.resolve(step(epoch)));
    }

    CommandLineRun rest = CommandLineRun.of("train", "--resume", runs.toString());
    assertThat(rest.exitCode()).isZero();
    assertThat(rest.outLines().subList(0, 3)).isEqualTo(whole.outLines().subList(0, 3));
    assertThat(rest.outLines().get(3)).isEqualTo("resumed    " + runs.resolve(step(1)));
    assertThat(withoutTimes(rest).subList(4, 7)).isEqualTo(withoutTimes(whole).subList(4, 7));
    assertThat(network(3)).isEqualTo(expected);
  }

  @Test
  void whatIsAugmentedNormalizedAndStoppedEarlyGoesOnToTheSameBits() throws IOException {
    List<String> settings = List.of(
        "--model=convnet",
        "--augment",
        "--l1=0.00001",
        "--early-stopping=2",
        "--validation=200",
        "--batch-size=20",
        "--epochs=3");
    CommandLineRun whole = train(settings, "--checkpoint", runs.toString(), "--keep", "9");
    assertThat(whole.err()).isEmpty();
    assertThat(checkpoints())
        .containsExactly(
            String.format(Locale.ROOT, "step-%08d", 40),
            String.format(Locale.ROOT, "step-%08d", 80),
            String.format(Locale.ROOT, "step-%08d", 120));
    Path last = runs.resolve(String.format(Locale.ROOT, "step-%08d", 120));
    byte[] network = Files.readAllBytes(last.resolve(Checkpoint.NETWORK));
    byte[] best = Files.readAllBytes(last.resolve(Checkpoint.BEST));
    delete(runs.resolve(String.format(Locale.ROOT, "step-%08d", 80)));
    delete(last);

    CommandLineRun rest = CommandLineRun.of("train", "--resume", runs.toString());
    assertThat(withoutTimes(rest).subList(5, 9)).isEqualTo(withoutTimes(whole).subList(5, 9));
    assertThat(Files.readAllBytes(last.resolve(Checkpoint.NETWORK))).isEqualTo(network);
    assertThat(Files.readAllBytes(last.resolve(Checkpoint.BEST))).isEqualTo(best);
    assertThat(CommandLineRun.of("train", "--resume", runs.toString()).lastLine())
        .isEqualTo(whole.lastLine());
  }

  @Test
  void aFinishedRunPrintsItsResultAgain() {
    CommandLineRun run = train(shortRun(), "--checkpoint", runs.toString());
    CommandLineRun again = CommandLineRun.of("train", "--resume", runs.toString());
    assertThat(again.exitCode()).isZero();
    assertThat(again.outLines()).hasSize(5);
    assertThat(again.lastLine()).isEqualTo(run.lastLine());
  }

  @Test
  void refusesTheFolderOfAnEarlierRun() {
    train(shortRun(), "--checkpoint", runs.toString());
    fails(
        runs + ": expected a folder without checkpoints, found those of an earlier run; --resume "
            + runs + " goes on with it",
        "--checkpoint",
        runs.toString());
    assertThat(checkpoints()).hasSize(2);
  }

  @Test
  void refusesOtherSettings() {
    train(shortRun(), "--checkpoint", runs.toString());
    String last = runs.resolve(step(2)).toString();
    fails(
        "--model is cnn, expected mlp as in " + last,
        "--resume",
        runs.toString(),
        "--model",
        "cnn");
    fails(
        "--clip-norm is 2.0, expected no such option as in " + last,
        "--resume",
        runs.toString(),
        "--clip-norm",
        "2");
    CommandLineRun same =
        CommandLineRun.of("train", "--resume", runs.toString(), "--epochs", "2", "--model", "MLP");
    assertThat(same.exitCode()).isZero();
  }

  @Test
  void refusesOtherImages(@TempDir Path other) {
    train(shortRun(), "--checkpoint", runs.toString());
    IdxBytes.writeDataSet(other, 1000, 200, 16, 15);
    CommandLineRun run =
        CommandLineRun.of("train", "--resume", runs.toString(), "--data", other.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualToIgnoringNewLines("error: " + other + ": expected the images that "
            + runs.resolve(step(2)) + " was trained on, found other images");
  }

  @Test
  void refusesACheckpointOfAnotherModel() throws IOException {
    train(shortRun(), "--checkpoint", runs.toString());
    Path state = runs.resolve(step(2)).resolve(Checkpoint.RUN);
    editByHand(state, "\"mlp\"", "\"cnn\"");
    fails(
        "state file " + runs.resolve(step(2)).resolve(Checkpoint.NETWORK) + " ",
        "--resume",
        runs.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {Checkpoint.NETWORK, Checkpoint.OPTIMIZER, Checkpoint.RUN, Checkpoint.RECORD})
  void refusesADamagedCheckpoint(String name) throws IOException {
    train(shortRun(), "--checkpoint", runs.toString());
    Path file = runs.resolve(step(2)).resolve(name);
    byte[] whole = Files.readAllBytes(file);
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 0x40;
    for (byte[] damaged : List.of(new byte[0], flipped, Arrays.copyOf(whole, whole.length - 5))) {
      Files.write(file, damaged);
      CommandLineRun run = CommandLineRun.of("train", "--resume", runs.toString());
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.errLines()).hasSize(1);
      assertThat(run.err()).startsWith("error: ").contains(file.toString());
    }
    delete(runs.resolve(step(2)));
    assertThat(CommandLineRun.of("train", "--resume", runs.toString()).exitCode())
        .isZero();
  }

  @Test
  void refusesAFutureFormat() throws IOException {
    train(shortRun(), "--checkpoint", runs.toString());
    Path state = runs.resolve(step(2)).resolve(Checkpoint.RUN);
    editByHand(state, "\"formatVersion\" : 1", "\"formatVersion\" : 2");
    fails(state + ": expected format version 1, found 2", "--resume", runs.toString());
  }

  @Test
  void oneRunAtATime() {
    try (CheckpointFolder other = CheckpointFolder.open(runs, 1)) {
      assertThat(other.last()).isEmpty();
      fails(
          runs + ": expected a folder for this run alone, found another run that writes into it",
          "--checkpoint",
          runs.toString());
    }
    assertThat(train(shortRun(), "--checkpoint", runs.toString()).exitCode()).isZero();
  }

  @Test
  void aFolderNamedTrueCanBeResumed() throws IOException {
    Path named = Path.of("true");
    IdxBytes.writeDataSet(Files.createDirectories(named), 100, 20, 8, 8);
    try {
      CommandLineRun run = CommandLineRun.of(
          "train", "--data", "true", "--epochs", "1", "--checkpoint", runs.toString());
      assertThat(run.err()).isEmpty();
      CommandLineRun again = CommandLineRun.of("train", "--resume", runs.toString());
      assertThat(again.err()).isEmpty();
      assertThat(again.lastLine()).isEqualTo(run.lastLine());
    } finally {
      delete(named);
    }
  }

  @Test
  void nothingToResume() {
    fails(
        runs + ": expected a folder with a checkpoint to resume, found none in it",
        "--resume",
        runs.toString());
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "content");
    fails(
        file + ": expected a folder to write checkpoints into, found a file",
        "--checkpoint",
        file.toString());
    Path below = file.resolve("runs");
    fails(
        below + ": expected a folder to write checkpoints into, found ",
        "--checkpoint",
        below.toString());
    assertThat(file).hasContent("content");
  }

  @Test
  void wrongUsage() {
    CommandLineRun keep = CommandLineRun.of("train", "--keep", "0");
    assertThat(keep.exitCode()).isEqualTo(2);
    assertThat(keep.err()).startsWith("error: --keep is 0, expected at least 1");
    CommandLineRun two = CommandLineRun.of("train", "--resume", "a", "--checkpoint", "b");
    assertThat(two.exitCode()).isEqualTo(2);
    assertThat(two.err())
        .startsWith("error: --checkpoint is b, expected the folder of --resume or none");
  }

  /** Changes a file as someone who takes the checksum out. */
  private static void editByHand(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from).containsPattern(",\\s+\"checksum\" : \"[0-9a-f]{8}\"");
    Files.writeString(
        file, text.replace(from, to).replaceFirst(",\\s+\"checksum\" : \"[0-9a-f]{8}\"", ""));
  }

  private byte[] network(int epoch) throws IOException {
    return Files.readAllBytes(runs.resolve(step(epoch)).resolve(Checkpoint.NETWORK));
  }

  private static List<String> withoutTimes(CommandLineRun run) {
    return run.outLines().stream()
        .map(line -> line.replaceFirst("  \\S+ s  \\d+ images/s", ""))
        .toList();
  }
}
