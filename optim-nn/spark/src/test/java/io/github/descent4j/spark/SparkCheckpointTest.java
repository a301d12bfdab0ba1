package io.github.descent4j.spark;

import static io.github.descent4j.spark.OneMachine.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Optimizer;
import io.github.descent4j.RAdam;
import io.github.descent4j.Sgd;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.schedule.Schedules;
import io.github.descent4j.state.StateFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class SparkCheckpointTest {
  private static final int EPOCHS = 3;

  @TempDir
  Path folder;

  private static SparkTrainer.Builder trainer() {
    Optimizer optimizer = new RAdam(0.01).scheduled(Schedules.cosine(0.01, 30));
    return SparkTrainer.builder(
            LocalSpark.of("local[2]"), Points::normalized, Points::dataset, optimizer)
        .shards(4)
        .batchSize(36)
        .seed(7);
  }

  private SparkTrainer.Builder saving() {
    return trainer().checkpoints(folder, 4);
  }

  private static Sequential whole(UnaryOperator<SparkTrainer.Builder> settings) {
    try (SparkTrainer trainer = settings.apply(trainer()).build()) {
      trainer.fit(EPOCHS);
      return trainer.network();
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> content = Files.list(folder)) {
      return content.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** Batches of 36 of 203: six steps an epoch. The driver is gone after some steps; the last checkpoint may be older. */
  @ParameterizedTest
  @CsvSource({"5, 4, 04", "8, 8, 08", "11, 8, 08", "13, 12, 12", "17, 16, 16"})
  void goesOnWithTheSameBits(int stop, int saved, String digits) throws IOException {
    int[] left = {stop};
    try (SparkTrainer first = saving().stopWhen(() -> left[0]-- == 0).build()) {
      first.fit(EPOCHS);
    }
    assertThat(names()).startsWith("lock").endsWith("step-000000" + digits).hasSizeBetween(2, 3);
    try (SparkTrainer second = saving().build()) {
      assertThat(second.resume()).isTrue();
      assertThat(second.progress().steps()).isEqualTo(saved);
      List<EpochMetrics> epochs = second.fit(EPOCHS - second.progress().epochs());
      assertThat(epochs.get(epochs.size() - 1).epoch()).isEqualTo(EPOCHS);
      assertSameBits(second.network(), whole(settings -> settings));
    }
    assertThat(names()).containsExactly("lock", "step-00000012", "step-00000016");
  }

  @Test
  void goesOnBetweenRoundsOfLocalSteps() {
    UnaryOperator<SparkTrainer.Builder> local =
        settings -> settings.localSteps(4, () -> new Sgd(0.1));
    int[] left = {3};
    try (SparkTrainer first =
        local.apply(saving()).stopWhen(() -> left[0]-- == 0).build()) {
      first.fit(EPOCHS);
      assertThat(first.progress().steps()).isEqualTo(10);
    }
    try (SparkTrainer second = local.apply(saving()).build()) {
      assertThat(second.resume()).isTrue();
      assertThat(second.progress().steps()).isEqualTo(10);
      second.fit(EPOCHS - second.progress().epochs());
      assertSameBits(second.network(), whole(local));
    }
  }

  @Test
  void beginsWhereThereIsNone() {
    try (SparkTrainer trainer = saving().build()) {
      assertThat(trainer.resume()).isFalse();
      assertThat(trainer.fit(1)).hasSize(1);
      assertThatThrownBy(trainer::resume)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this trainer has taken 6 steps, expected none");
    }
  }

  @Test
  void refusesOtherSettings() {
    try (SparkTrainer first = saving().build()) {
      first.fit(1);
    }
    try (SparkTrainer other = saving().shards(3).build()) {
      Sequential before = Points.normalized();
      assertThatThrownBy(other::resume)
          .isInstanceOf(StateFileException.class)
          .hasMessageContaining("is of a run with shards 4, expected 3, that of this trainer");
      assertSameBits(other.network(), before);
    }
    try (SparkTrainer other = saving().seed(8).build()) {
      assertThatThrownBy(other::resume).hasMessageContaining("seed 7, expected 8");
    }
    try (SparkTrainer other = saving().batchSize(40).build()) {
      assertThatThrownBy(other::resume).hasMessageContaining("batchSize 36, expected 40");
    }
    try (SparkTrainer other = saving().loss(() -> new SoftmaxCrossEntropy(0.1)).build()) {
      assertThatThrownBy(other::resume)
          .hasMessageContaining("loss SoftmaxCrossEntropy label smoothing 0.0, expected"
              + " SoftmaxCrossEntropy label smoothing 0.1");
    }
    try (SparkTrainer other = saving().localSteps(2, () -> new Sgd(0.1)).build()) {
      assertThatThrownBy(other::resume).hasMessageContaining("innerOptimizer null, expected Sgd(");
    }
    try (SparkTrainer fresh = saving().build()) {
      assertThatThrownBy(() -> fresh.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("step-00000004 is a checkpoint of a later step than 0")
          .hasMessageContaining("resume() goes on from it");
    }
  }

  @Test
  void refusesADamagedDescription() throws IOException {
    try (SparkTrainer first = saving().build()) {
      first.fit(1);
    }
    Path run = folder.resolve("step-00000004").resolve("run.json");
    String text = Files.readString(run);
    assertThat(text).contains("\"formatVersion\" : 1", "\"shards\" : \"4\"", "\"steps\" : 4");
    for (String damaged : List.of(
        "",
        "{",
        "null",
        text.replace("\"steps\" : 4,", ""),
        text.replace(": 1,", ": 2,"),
        text.replace("\"epochs\" : 0", "\"epochs\" : -1"),
        text + "x")) {
      Files.write(run, damaged.getBytes(StandardCharsets.UTF_8));
      try (SparkTrainer second = saving().build()) {
        assertThatThrownBy(second::resume)
            .as(damaged)
            .isInstanceOf(StateFileException.class)
            .hasMessageContaining("run.json");
        assertThat(second.progress().steps()).isZero();
      }
    }
  }

  @Test
  void refusesADamagedOptimizerAndPutsTheNetworkBack() throws IOException {
    try (SparkTrainer first = saving().build()) {
      first.fit(1);
    }
    Path optimizer = folder.resolve("step-00000004").resolve("optimizer.npz");
    byte[] whole = Files.readAllBytes(optimizer);
    Files.write(optimizer, Arrays.copyOf(whole, whole.length / 2));
    try (SparkTrainer second = saving().build()) {
      assertThatThrownBy(second::resume)
          .isInstanceOf(StateFileException.class)
          .hasMessageContaining("optimizer.npz");
      assertSameBits(second.network(), Points.normalized());
      assertThat(second.progress().steps()).isZero();
      Files.write(optimizer, whole);
      assertThat(second.resume()).isTrue();
      assertThat(second.progress().steps()).isEqualTo(4);
    }
  }

  @Test
  void oneRunAtATimeHasTheFolder() {
    try (SparkTrainer second = saving().build()) {
      try (SparkTrainer first = saving().build()) {
        assertThat(first.resume()).isFalse();
        String refusal = "checkpoints " + folder
            + " belong to another run that is open, expected a folder for this run alone";
        assertThatThrownBy(second::resume)
            .isInstanceOf(IllegalStateException.class)
            .hasMessage(refusal);
        assertThatThrownBy(() -> second.fit(1)).hasMessage(refusal);
        assertSameBits(second.network(), Points.normalized());
        first.fit(1);
      }
      assertThat(second.resume()).isTrue();
      assertThat(second.progress().steps()).isEqualTo(4);
    }
  }

  @Test
  void overwritesNoOther() throws IOException {
    Files.createFile(folder.resolve("step-00000004"));
    try (SparkTrainer trainer = saving().build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(
              "checkpoint " + folder.resolve("step-00000004") + " is there already");
    }
  }

  @Test
  void leavesWhatIsNotItsOwn() throws IOException {
    Files.createDirectories(folder.resolve(".step-00000002"));
    Files.createFile(folder.resolve(".step-00000002").resolve("mine.txt"));
    Files.createDirectories(folder.resolve(".step-00000003"));
    Files.createFile(folder.resolve("notes"));
    try (SparkTrainer trainer = saving().build()) {
      trainer.fit(1);
    }
    assertThat(names()).containsExactly(".step-00000002", "lock", "notes", "step-00000004");
  }
}
