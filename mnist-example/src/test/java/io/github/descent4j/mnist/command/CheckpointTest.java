package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.run.CheckpointFolder;
import io.github.descent4j.mnist.run.TrainedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints through the command, in one JVM. */
class CheckpointTest {
  private static final int STEPS_PER_EPOCH = 50;

  @TempDir
  static Path data;

  @TempDir
  Path folder;

  private Path runs;

  @BeforeAll
  static void writeDataSet() {
    IdxBytes.writeDataSet(data, 1000, 200, 16, 16);
  }

  @BeforeEach
  void chooseFolder() {
    runs = folder.resolve("nested").resolve("runs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--dropout 0.3 --optimizer yogi",
        "--optimizer momentum --warmup 20 --clip-norm 1 --schedule linear",
        "--model cnn --dropout 0.2 --label-smoothing 0.1",
        "--optimizer adamw --weight-decay-mode decoupled --seed -5"
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
            Stream.of(bestEpoch, 5).distinct().map(CheckpointTest::step).toList());
    assertThat(evaluate(runs).lastLine())
        .isEqualTo(evaluate(runs.resolve(step(bestEpoch))).lastLine());
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

  private static List<String> shortRun() {
    return List.of("--batch-size", "20", "--epochs", "2");
  }

  private static CommandLineRun train(List<String> settings, String... options) {
    List<String> args = new ArrayList<>(List.of("train", "--data", data.toString()));
    args.addAll(settings);
    args.addAll(List.of(options));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  private static void fails(String message, String... options) {
    List<String> args = new ArrayList<>(List.of("train"));
    args.addAll(List.of(options));
    CommandLineRun run = CommandLineRun.of(args.toArray(String[]::new));
    assertThat(run.err()).startsWith("error: " + message);
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.exitCode()).isEqualTo(1);
  }

  private List<String> checkpoints() {
    try (Stream<Path> all = Files.list(runs)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.equals("lock"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CommandLineRun evaluate(Path checkpoint) {
    return CommandLineRun.of(
        "evaluate", "--data", data.toString(), "--worst=0", "--checkpoint", checkpoint.toString());
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

  private static String step(int epoch) {
    return String.format(Locale.ROOT, "step-%08d", epoch * STEPS_PER_EPOCH);
  }

  private static List<String> withoutTimes(CommandLineRun run) {
    return run.outLines().stream()
        .map(line -> line.replaceFirst("  \\S+ s  \\d+ images/s", ""))
        .toList();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
