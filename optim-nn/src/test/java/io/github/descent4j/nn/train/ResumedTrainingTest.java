package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Optimizer;
import io.github.descent4j.RAdam;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.schedule.Schedules;
import io.github.descent4j.state.StateFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Training that is stopped, saved and resumed by other objects ends with the bits of training that went through. */
class ResumedTrainingTest {
  private static final int SIZE = 103;
  private static final int EPOCHS = 3;

  @TempDir
  Path folder;

  /** A network, an optimizer and a trainer as they are at the start. */
  private static final class Run {
    final Sequential network = Sequential.builder(DataType.FLOAT, 3)
        .input(1, 8, 8)
        .conv2d("conv1", 3, 3)
        .relu()
        .maxPool2d(2)
        .flatten()
        .dropout(0.3)
        .dense("fc1", 8)
        .relu()
        .dropout(0.2)
        .dense("fc2", 2)
        .build();
    final Optimizer optimizer = new RAdam(0.01).scheduled(Schedules.cosine(0.01, 30));
    final Trainer trainer;
    final List<StepMetrics> steps = new ArrayList<>();

    /** A run that stops after {@code lastStep} steps. */
    Run(int batchSize, long lastStep) {
      trainer = Trainer.builder(network, optimizer)
          .batchSize(batchSize)
          .seed(7)
          .stopWhen(() -> optimizer.steps() >= lastStep)
          .listener(new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
              steps.add(metrics);
            }
          })
          .build();
    }
  }

  /** Batches of 12 go through the network whole, batches of 40 as shards with masks of their own. */
  @ParameterizedTest
  @CsvSource({"12, 0", "12, 5", "12, 9", "12, 20", "40, 1", "40, 3", "40, 8"})
  void endsWithTheSameBits(int batchSize, long lastStep) {
    Run whole = new Run(batchSize, Long.MAX_VALUE);
    List<EpochMetrics> expected = whole.trainer.fit(dataset(), EPOCHS);

    Run first = new Run(batchSize, lastStep);
    List<EpochMetrics> metrics = new ArrayList<>(first.trainer.fit(dataset(), EPOCHS));
    Progress progress = first.trainer.progress();
    assertThat(progress.steps()).isEqualTo(lastStep);
    assertThat(progress.epochs()).isEqualTo(metrics.size());
    first.network.save(folder.resolve("network.npz"));
    first.optimizer.state().save(folder.resolve("optimizer.npz"));

    Run second = new Run(batchSize, Long.MAX_VALUE);
    second.network.load(folder.resolve("network.npz"));
    second.optimizer.state().load(folder.resolve("optimizer.npz"));
    second.trainer.resume(progress);
    metrics.addAll(second.trainer.fit(dataset(), EPOCHS - progress.epochs()));

    second
        .network
        .parameters()
        .forEach(parameter -> assertThat(parameter.value().data().asFloat())
            .as(parameter.name())
            .containsExactly(
                whole.network.parameters().get(parameter.name()).value().data().asFloat()));
    List<StepMetrics> steps = new ArrayList<>(first.steps);
    steps.addAll(second.steps);
    assertThat(steps).isEqualTo(whole.steps);
    assertThat(metrics)
        .usingRecursiveComparison()
        .ignoringFields("seconds", "examplesPerSecond")
        .isEqualTo(expected);
    assertThat(second.trainer.progress()).isEqualTo(whole.trainer.progress());
  }

  @Test
  void goesOnByItselfAfterAStop() {
    Run whole = new Run(16, Long.MAX_VALUE);
    whole.trainer.fit(dataset(), EPOCHS);
    boolean[] stopped = {false};
    List<Long> steps = new ArrayList<>();
    Trainer trainer = Trainer.builder(whole.network, new RAdam(0.01))
        .batchSize(16)
        .stopWhen(() -> stopped[0])
        .listener(new TrainingListener() {
          @Override
          public void onStep(StepMetrics metrics) {
            steps.add(metrics.step());
            stopped[0] = metrics.step() == 3;
          }
        })
        .build();
    assertThat(trainer.fit(dataset(), 1)).isEmpty();
    assertThat(steps).containsExactly(1L, 2L, 3L);
    stopped[0] = false;
    assertThat(trainer.fit(dataset(), 1)).extracting(EpochMetrics::epoch).containsExactly(1);
    assertThat(steps).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
  }

  @Test
  void refusesTheFileOfAnotherNetwork() {
    Path file = folder.resolve("network.npz");
    Sequential.builder(DataType.FLOAT, 1).input(4).dense("fc1", 2).build().save(file);
    Sequential other =
        Sequential.builder(DataType.FLOAT, 2).input(4).dense("fc1", 3).build();
    float[] before = other.parameters().get("fc1.weight").value().data().asFloat();
    assertThatThrownBy(() -> other.load(file))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("fc1.weight");
    assertThat(other.parameters().get("fc1.weight").value().data().asFloat())
        .containsExactly(before);
  }

  @Test
  void progressIsChecked() {
    String expected = ", expected at least 0";
    refused("steps is -1" + expected, () -> new Progress(-1, 0, 0, 0, 0, 0, 0));
    refused("epochs is -1" + expected, () -> new Progress(0, -1, 0, 0, 0, 0, 0));
    refused("batches is -1" + expected, () -> new Progress(0, 0, -1, 0, 0, 0, 0));
    refused("examples is -1" + expected, () -> new Progress(0, 0, 0, -1, 0, 0, 0));
    refused("lossSum is -0.5" + expected, () -> new Progress(0, 0, 0, 0, -0.5, 0, 0));
    refused("lossSum is NaN" + expected, () -> new Progress(0, 0, 0, 0, Double.NaN, 0, 0));
    refused("correct is -1" + expected, () -> new Progress(0, 0, 0, 0, 0, -1, 0));
    refused("seconds is NaN" + expected, () -> new Progress(0, 0, 0, 0, 0, 0, Double.NaN));
    refused(
        "correct is 11, expected at most the 10 examples",
        () -> new Progress(1, 0, 1, 10, 2.5, 11, 1));
  }

  private static void refused(String message, ThrowingCallable making) {
    assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  private static Dataset dataset() {
    SplittableRandom random = new SplittableRandom(5);
    float[] features = new float[SIZE * 64];
    int[] labels = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      labels[i] = i % 2;
      for (int j = 0; j < 64; j++) {
        features[i * 64 + j] = (float) (random.nextDouble() + (labels[i] == j / 32 ? 0.5 : 0));
      }
    }
    return InMemoryDataset.of(features, labels, 2, 1, 8, 8);
  }
}
