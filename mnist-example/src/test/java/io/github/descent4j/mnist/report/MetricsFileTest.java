package io.github.descent4j.mnist.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.StepMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsFileTest {
  @TempDir
  Path folder;

  @Test
  void eachEpochIsARowWhenItEnds() throws IOException {
    Path file = folder.resolve("metrics.csv");
    RunRecorder recorder = Runs.recorder();
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try (MetricsFile metrics = MetricsFile.open(file, recorder.record())) {
      assertThat(file).content().hasLineCount(1);
      recorder.onStep(new StepMetrics(1, 1, 1, 1, 2.5, 0.01));
      recorder.add(new EpochMetrics(1, 2.5, 0.25, 1.5, 2000), new Evaluation(1, 2, Double.NaN));
      metrics.append(recorder.record());
      assertThat(file).content().isEqualTo("""
              epoch,step,train_loss,train_accuracy,test_loss,test_accuracy,learning_rate,seconds,examples_per_second
              1,1,2.5,0.25,NaN,0.5,0.01,1.5,2000.0
              """);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void jsonLinesHaveStepsAheadOfTheirEpoch() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    RunRecorder recorder = Runs.recorder();
    try (MetricsFile metrics = MetricsFile.open(file, recorder.record())) {
      for (int epoch = 1; epoch <= 2; epoch++) {
        for (int batch = 1; batch <= 2; batch++) {
          int step = 2 * (epoch - 1) + batch;
          recorder.onStep(new StepMetrics(step, epoch, batch, 2, Double.NaN, step / 100.0));
        }
        recorder.add(new EpochMetrics(epoch, 2.5, 0.25, 1.5, 2000), new Evaluation(1, 2, 3));
        metrics.append(recorder.record());
      }
    }
    assertThat(file).content().isEqualTo("""
            {"type":"step","epoch":1,"step":1,"loss":null,"learning_rate":0.01}
            {"type":"step","epoch":1,"step":2,"loss":null,"learning_rate":0.02}
            {"type":"epoch","epoch":1,"step":2,"train_loss":2.5,"train_accuracy":0.25,"test_loss":3.0,"test_accuracy":0.5,"learning_rate":0.02,"seconds":1.5,"examples_per_second":2000.0}
            {"type":"step","epoch":2,"step":3,"loss":null,"learning_rate":0.03}
            {"type":"step","epoch":2,"step":4,"loss":null,"learning_rate":0.04}
            {"type":"epoch","epoch":2,"step":4,"train_loss":2.5,"train_accuracy":0.25,"test_loss":3.0,"test_accuracy":0.5,"learning_rate":0.04,"seconds":1.5,"examples_per_second":2000.0}
            """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"metrics.csv", "metrics.jsonl"})
  void aResumedRunHasEachRowOnce(String name) throws IOException {
    Path whole = folder.resolve("whole-" + name);
    Path resumed = folder.resolve(name);
    RunRecorder recorder = Runs.recorder();
    Runs.train(recorder, 1, 20, 60);
    RunRecord checkpoint = recorder.record();
    Runs.train(recorder, 2, 20, 60);
    MetricsFile.open(resumed, recorder.record()).close();
    RunRecorder again = RunRecorder.resume(checkpoint, 20);
    try (MetricsFile metrics = MetricsFile.open(resumed, checkpoint)) {
      Runs.train(again, 2, 20, 60);
      metrics.append(again.record());
    }
    MetricsFile.open(whole, recorder.record()).close();
    assertThat(resumed).hasSameTextualContentAs(whole);
  }

  @Test
  void theNameSaysTheFormat() {
    assertThat(MetricsFile.accepts(Path.of("a.csv"))).isTrue();
    assertThat(MetricsFile.accepts(Path.of("a.JSONL"))).isTrue();
    assertThat(MetricsFile.accepts(Path.of("a.json"))).isFalse();
  }
}
