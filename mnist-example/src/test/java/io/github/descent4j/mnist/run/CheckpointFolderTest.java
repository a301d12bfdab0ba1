package io.github.descent4j.mnist.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.report.RunRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which checkpoints stay, which one is the best, and in which order the files of one are written. */
class CheckpointFolderTest {
  private static final double[] NONE = {};

  @TempDir
  static Path data;

  private static MnistData images;
  private static TrainingRun run;

  @TempDir
  Path temporary;

  private Path folder;

  @BeforeAll
  static void readImages() {
    images = SmallRun.images(data);
    run = SmallRun.of(images, 9, () -> false);
    run.epoch();
  }

  @BeforeEach
  void chooseFolder() {
    folder = temporary.resolve("runs");
  }

  /** After each of seven epochs, the second of which was the best. */
  @ParameterizedTest
  @CsvSource({
    "1, 2 7",
    "2, 2 6 7",
    "3, 2 5 6 7",
    "5, 2 3 4 5 6 7",
    "6, 2 3 4 5 6 7",
    "7, 1 2 3 4 5 6 7"
  })
  void keepsAsManyAsAskedAndTheBest(int keep, String epochs) {
    double[] accuracies = {0.5, 0.9, 0.6, 0.7, 0.8, 0.9, 0.1};
    save(keep, accuracies, NONE);
    assertThat(steps()).containsExactly(stepsOf(epochs));
  }

  /** Of those that are there: what was deleted earlier cannot come back. */
  @Test
  void theBestSoFarStaysUntilThereIsABetterOne() {
    save(1, new double[] {0.5, 0.4, 0.6, 0.3, 0.2}, NONE);
    assertThat(steps()).containsExactly(stepsOf("3 5"));
  }

  @Test
  void theImagesHeldOutDecideByTheirLastResult() {
    double[] test = {0.1, 0.2, 0.9, 0.99};
    double[] validation = {0.6, 0.9, 0.8, 0.7};
    save(1, test, validation);
    assertThat(steps()).containsExactly(stepsOf("2 4"));
  }

  @Test
  void theMiddleOfAnEpochIsNeverTheBest() throws IOException {
    try (CheckpointFolder opened = CheckpointFolder.open(folder, 1)) {
      opened.save(run, SmallRun.state(images, run, 0, new double[] {0.9}, NONE), SmallRun.record());
      // Its last epoch was as good, but two more steps have been taken.
      opened.save(run, SmallRun.state(images, run, 2, new double[] {0.9}, NONE), SmallRun.record());
      opened.save(
          run, SmallRun.state(images, run, 0, new double[] {0.9, 0.4}, NONE), SmallRun.record());
    }
    assertThat(steps()).containsExactly(4L, 8L);
    mark(8, 0.75f);
    mark(4, 0.25f);
    assertThat(bestMark()).isEqualTo(0.25f);
  }

  /** Where the checkpoint of the epoch before is gone, its accuracy is nobody's. */
  @Test
  void theMiddleOfAnEpochHasNotTheAccuracyOfTheEpochBefore() {
    try (CheckpointFolder opened = CheckpointFolder.open(folder, 1)) {
      opened.save(run, SmallRun.state(images, run, 2, new double[] {0.9}, NONE), SmallRun.record());
      opened.save(
          run, SmallRun.state(images, run, 0, new double[] {0.9, 0.4}, NONE), SmallRun.record());
    }
    assertThat(steps()).containsExactly(8L);
  }

  @Test
  void anEpochWithNothingRightIsBetterThanTheMiddleOfOne() {
    try (CheckpointFolder opened = CheckpointFolder.open(folder, 1)) {
      opened.save(run, SmallRun.state(images, run, 2, NONE, NONE), SmallRun.record());
      opened.save(run, SmallRun.state(images, run, 0, new double[] {0}, NONE), SmallRun.record());
    }
    assertThat(steps()).containsExactly(4L);
  }

  @Test
  void aCheckpointThatIsThereStaysAsItIs() throws IOException {
    RunState state = SmallRun.state(images, run, 0, new double[] {0.9}, NONE);
    Path target = folder.resolve("step-00000004");
    try (CheckpointFolder opened = CheckpointFolder.open(folder, 1)) {
      assertThat(opened.save(run, state, SmallRun.record())).isEqualTo(target);
      Files.writeString(target.resolve("note.txt"), "mine");
      assertThat(opened.save(run, state, SmallRun.record())).isEqualTo(target);
    }
    assertThat(target.resolve("note.txt")).hasContent("mine");
    assertThat(names(folder)).containsExactly("lock", "step-00000004");
  }

  @Test
  void withoutAnyThatIsWholeTheLastOneSaysWhy() throws IOException {
    refused(
        folder
            + ": expected a folder with checkpoints, as train --checkpoint writes them, found no such folder");
    Files.createDirectory(folder);
    refused(
        folder
            + ": expected a folder with checkpoints, as train --checkpoint writes them, found none in it");
    save(2, new double[] {0.5, 0.9}, NONE);
    for (long steps : new long[] {4, 8}) {
      Files.delete(folder.resolve(CheckpointName.of(steps)).resolve(Checkpoint.RUN));
    }
    refused(folder.resolve("step-00000008").resolve(Checkpoint.RUN)
        + ": expected a readable file, found no such file");
  }

  private void refused(String message) {
    assertThatThrownBy(() -> TrainedModel.read(folder, warning -> {
          throw new AssertionError(warning);
        }))
        .isInstanceOf(CommandException.class)
        .hasMessage(message);
  }

  @Test
  void aRunThatWasStoppedInItsFirstEpochHasItsOnlyCheckpointAsTheBest() {
    try (CheckpointFolder opened = CheckpointFolder.open(folder, 1)) {
      opened.save(run, SmallRun.state(images, run, 3, NONE, NONE), SmallRun.record());
    }
    mark(3, 0.5f);
    assertThat(bestMark()).isEqualTo(0.5f);
  }

  @ParameterizedTest
  @CsvSource({"0.5 0.9 0.9 0.7, 2", "0.9 0.9 0.9 0.9, 1", "0.5 0.6 0.7 0.8, 4", "0.8 0.7 0.8 0.8, 1"
  })
  void ofSeveralBestTheEarliestIsRead(String accuracies, int best) {
    double[] values =
        Stream.of(accuracies.split(" ")).mapToDouble(Double::parseDouble).toArray();
    save(9, values, NONE);
    for (int epoch = 1; epoch <= values.length; epoch++) {
      mark(4L * epoch, epoch);
    }
    assertThat(bestMark()).isEqualTo(best);
  }

  /** All else is there and has its name when run.json is begun, and nobody sees the checkpoint before. */
  @Test
  void runJsonIsTheLastFileOfAFolderThatGetsItsNameThen() throws IOException {
    TrainingRun stopped = SmallRun.stoppedEarly(images, 3, 2);
    stopped.epoch();
    Path target = folder.resolve("step-00000004");
    Path hidden = folder.resolve(".step-00000004");
    boolean[] saving = {false};
    int[] looks = {0};
    Map<String, String> settings = watched(() -> {
      if (!saving[0]) {
        return null;
      }
      looks[0]++;
      assertThat(target).doesNotExist();
      assertThat(names(hidden))
          .contains("best.npz", "network.npz", "optimizer.npz", "record.json")
          .doesNotContain("run.json");
      RunRecord.load(hidden.resolve(Checkpoint.RECORD));
      return null;
    });
    try (CheckpointFolder opened = CheckpointFolder.open(folder, 1)) {
      RunState state =
          SmallRun.state(images, stopped, settings, 0, new double[] {0.9}, new double[] {0.9});
      saving[0] = true;
      assertThat(opened.save(stopped, state, SmallRun.record())).isEqualTo(target);
    }
    assertThat(looks[0]).isPositive();
    assertThat(names(folder)).containsExactly("lock", "step-00000004");
    assertThat(names(target))
        .containsExactly("best.npz", "network.npz", "optimizer.npz", "record.json", "run.json");
  }

  @ParameterizedTest
  @CsvSource({"run.json", "record.json"})
  void afterAFailureNothingIsLeftAndTheOneBeforeIsWhole(String file) throws IOException {
    boolean[] full = {false};
    Map<String, String> failing = watched(() -> full[0] ? new IOException("no space") : null);
    boolean state = file.equals("run.json");
    RunState next = SmallRun.state(
        images, run, state ? failing : Map.of("--model", "mlp"), 0, new double[] {0.9, 0.95}, NONE);
    RunRecord record = state
        ? SmallRun.record()
        : new RunRecord(failing, List.of(), List.of(), List.of(), List.of(), List.of());
    try (CheckpointFolder opened = CheckpointFolder.open(folder, 1)) {
      opened.save(run, SmallRun.state(images, run, 0, new double[] {0.9}, NONE), SmallRun.record());
      full[0] = true;
      assertThatThrownBy(() -> opened.save(run, next, record))
          .isInstanceOf(CommandException.class)
          .hasMessageStartingWith(folder.resolve("step-00000008") + ": cannot be written: ")
          .hasMessageEndingWith("; the checkpoints before it are whole");
      assertThat(names(folder)).containsExactly("lock", "step-00000004");
      full[0] = false;
      opened.save(run, next, record);
    }
    assertThat(names(folder)).containsExactly("lock", "step-00000008");
  }

  private void save(int keep, double[] test, double[] validation) {
    try (CheckpointFolder opened = CheckpointFolder.open(folder, keep)) {
      for (int epochs = 1; epochs <= test.length; epochs++) {
        opened.save(
            run,
            SmallRun.state(
                images,
                run,
                0,
                Arrays.copyOf(test, epochs),
                Arrays.copyOf(validation, Math.min(epochs, validation.length))),
            SmallRun.record());
      }
    }
  }

  /** Makes the weights of a checkpoint tell which one it is. */
  private void mark(long steps, float mark) {
    TrainingRun other = SmallRun.of(images, 1, () -> false);
    other.network().parameters().get("fc3.bias").value().assign(mark);
    other.network().save(folder.resolve(CheckpointName.of(steps)).resolve(Checkpoint.NETWORK));
  }

  private float bestMark() {
    TrainedModel model = TrainedModel.read(folder, warning -> {
      throw new AssertionError(warning);
    });
    return model.network().parameters().get("fc3.bias").value().getFloat(0);
  }

  private List<Long> steps() {
    return names(folder).stream()
        .filter(name -> !name.equals("lock"))
        .map(name -> CheckpointName.steps(Path.of(name)).orElseThrow())
        .toList();
  }

  private static Long[] stepsOf(String epochs) {
    return Stream.of(epochs.split(" "))
        .map(epoch -> 4 * Long.parseLong(epoch))
        .toArray(Long[]::new);
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Settings that call somebody whenever they are read, and fail with what that returns. */
  private static Map<String, String> watched(Supplier<IOException> reader) {
    return new AbstractMap<>() {
      @Override
      public Set<Entry<String, String>> entrySet() {
        IOException failure = reader.get();
        if (failure != null) {
          throw new UncheckedIOException(failure);
        }
        return Map.of("--model", "mlp").entrySet();
      }
    };
  }
}
