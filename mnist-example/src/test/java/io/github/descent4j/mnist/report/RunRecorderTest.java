package io.github.descent4j.mnist.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.report.RunRecord.Step;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.StepMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunRecorderTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @CsvSource({"1,1,1", "1000,1000,1", "1001,501,2", "2000,1000,2", "2001,501,4", "93800,733,128"})
  void stepsAreThinnedToEvenDistances(int steps, int kept, int distance) {
    RunRecorder recorder = Runs.recorder();
    for (int step = 1; step <= steps; step++) {
      recorder.onStep(new StepMetrics(step, 1, step, steps, 1.0 / step, 0.1));
    }
    List<Step> all = recorder.record().steps();
    assertThat(all).hasSize(kept);
    for (int i = 0; i < kept; i++) {
      long step = 1L + (long) i * distance;
      assertThat(all.get(i)).isEqualTo(new Step(step, (double) step / steps, 1.0 / step, 0.1));
    }
  }

  @Test
  void aResumedRunHasTheRecordOfTheWholeRun() throws IOException {
    RunRecorder whole = Runs.recorder();
    RunRecorder first = Runs.recorder();
    for (int epoch = 1; epoch <= 6; epoch++) {
      Runs.train(whole, epoch, 469, 6 * 469);
    }
    for (int epoch = 1; epoch <= 3; epoch++) {
      Runs.train(first, epoch, 469, 6 * 469);
    }
    Path file = folder.resolve("record.json");
    first.record().save(file);
    RunRecorder second = RunRecorder.resume(RunRecord.load(file), 3 * 469);
    second.begin("train --resume", Runs.environment());
    for (int epoch = 4; epoch <= 6; epoch++) {
      Runs.train(second, epoch, 469, 6 * 469);
    }
    assertThat(second.record())
        .usingRecursiveComparison()
        .ignoringFields("sessions")
        .isEqualTo(whole.record());
    assertThat(second.record().sessions())
        .extracting(RunRecord.Session::fromStep)
        .containsExactly(0L, 3L * 469);
  }

  @Test
  void numbersThatAreNotFiniteSurvive() throws IOException {
    RunRecorder recorder = Runs.recorder();
    recorder.onStep(new StepMetrics(1, 1, 1, 1, Double.NaN, Double.POSITIVE_INFINITY));
    recorder.add(
        new EpochMetrics(1, Double.NaN, 0.5, 1, 1), new Evaluation(1, 2, Double.NEGATIVE_INFINITY));
    Path file = folder.resolve("record.json");
    recorder.record().save(file);
    assertThat(RunRecord.load(file)).isEqualTo(recorder.record());
  }

  @Test
  void theNormOfAllGradientsIsThatOfOneVector() {
    RunRecorder recorder = Runs.recorder();
    recorder.addGradients(
        new StepMetrics(1, 1, 1, 2, 1, 0.1), List.of("w", "b"), new double[] {3, 4}, new double[] {
          0.1, Double.NaN
        });
    assertThat(recorder.record().gradients().get(0).norm()).isEqualTo(5);
    assertThatThrownBy(() -> recorder.addGradients(
            new StepMetrics(2, 1, 2, 2, 1, 0.1), List.of("w"), new double[1], new double[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("names is [w], expected [w, b]");
  }

  @Test
  void stepsRise() {
    Step step = new Step(1, 0.5, 1, 0.1);
    assertThatThrownBy(() -> new RunRecord(
            Map.of(), List.of(), List.of(), List.of(), List.of(step, step), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("step is 1 after 1, expected rising numbers");
  }

  @Test
  void anotherFileIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("other.json"), "{\"epochs\": []}");
    assertThatThrownBy(() -> RunRecord.load(file))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith(file + ": expected the record of a run, found ");
  }

  @Test
  void whatIsBetweenTheDistancesIsLeftOut() {
    Thinned<Long> thinned = new Thinned<>(5, Long::longValue, List.of());
    for (long step : new long[] {1, 11, 15, 21, 32, 41}) {
      thinned.add(step);
    }
    assertThat(thinned.kept()).containsExactly(1L, 11L, 21L, 41L);
  }
}
