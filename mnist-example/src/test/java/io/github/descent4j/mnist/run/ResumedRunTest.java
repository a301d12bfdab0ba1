package io.github.descent4j.mnist.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.nn.train.EarlyStopping;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run that goes on knows of the time before. */
class ResumedRunTest {
  @TempDir
  static Path data;

  private static MnistData images;

  @TempDir
  Path folder;

  @BeforeAll
  static void readImages() {
    images = SmallRun.images(data);
  }

  /** Against the rule itself, which has seen each epoch: results of five values have many ties. */
  @Test
  void patienceAndTheBestEpochAreThoseOfTheRunThatWentThrough() {
    SplittableRandom random = new SplittableRandom(3);
    for (int trial = 0; trial < 200; trial++) {
      TrainingRun run = SmallRun.stoppedEarly(images, 12, 3);
      EarlyStopping expected = EarlyStopping.onHighest(run.network(), 3, 0);
      List<Evaluation> validations = new ArrayList<>();
      int epochs = random.nextInt(1, 9);
      double[] test = new double[epochs];
      double[] validation = new double[epochs];
      for (int i = 0; i < epochs; i++) {
        validation[i] = random.nextInt(5) / 5.0;
        validations.add(SmallRun.evaluation(validation[i]));
        expected.update(i + 1, validations.get(i).accuracy());
      }
      RunState state = SmallRun.state(images, run, 0, test, validation);
      // Three steps of 90 images an epoch, since ten are held out.
      Progress progress = new Progress(3L * epochs, epochs, 0, 0, 0, 0, 0);
      run.resume(progress, state.epochs(), validations);
      EarlyStopping stopping = run.stopping();
      assertThat(stopping.bestEpoch()).isEqualTo(expected.bestEpoch());
      assertThat(stopping.best()).isEqualTo(expected.best());
      assertThat(stopping.epochsWithoutImprovement())
          .isEqualTo(expected.epochsWithoutImprovement());
      assertThat(run.finished()).isEqualTo(expected.stopped());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5})
  void theSumsOfABrokenEpochGoOn(int lastStep) throws IOException {
    TrainingRun whole = SmallRun.of(images, 2, () -> false);
    List<EpochResult> expected =
        List.of(whole.epoch().orElseThrow(), whole.epoch().orElseThrow());

    TrainingRun[] first = new TrainingRun[1];
    first[0] = SmallRun.of(images, 2, () -> first[0].progress().steps() >= lastStep);
    while (first[0].epoch().isPresent()) {
      assertThat(first[0].finished()).isFalse();
    }
    Progress broken = first[0].progress();
    assertThat(broken.steps()).isEqualTo(lastStep);
    Path checkpoint;
    try (CheckpointFolder opened = CheckpointFolder.open(folder, 1)) {
      RunState fabricated = SmallRun.state(images, first[0], 0, new double[0], new double[0]);
      RunState state = new RunState(
          RunState.FORMAT_VERSION,
          fabricated.settings(),
          fabricated.dataFingerprint(),
          8,
          8,
          10,
          fabricated.scale(),
          broken,
          first[0].results(),
          List.of());
      checkpoint = opened.save(first[0], state, SmallRun.record());
      assertThat(RunState.read(checkpoint.resolve(Checkpoint.RUN))).isEqualTo(state);
    }

    TrainingRun second = SmallRun.of(images, 2, () -> false);
    Checkpoint.read(checkpoint).restore(second);
    assertThat(second.progress()).isEqualTo(broken);
    while (!second.finished()) {
      assertThat(second.epoch()).isPresent();
    }
    assertThat(second.results())
        .usingRecursiveComparison()
        .ignoringFields("training.seconds", "training.examplesPerSecond")
        .isEqualTo(expected);
    EpochResult resumed = second.results().get(broken.epochs());
    assertThat(resumed.training().seconds()).isGreaterThan(broken.seconds());
    assertThat(resumed.training().examplesPerSecond())
        .isCloseTo(100 / resumed.training().seconds(), within(1e-6));
  }

  @Test
  void aRunThatWasStoppedEarlyEndsWithTheBestWeights() {
    TrainingRun run = SmallRun.stoppedEarly(images, 9, 1);
    EpochResult best = run.epoch().orElseThrow();
    float[] weights =
        run.network().parameters().get("fc1.weight").value().dup().data().asFloat();
    run.network().parameters().forEach(parameter -> parameter.value().assign(0));
    assertThat(run.finish()).isEqualTo(best.test());
    assertThat(run.network().parameters().get("fc1.weight").value().data().asFloat())
        .isEqualTo(weights);
  }
}
