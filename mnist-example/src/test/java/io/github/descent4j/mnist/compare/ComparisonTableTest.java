package io.github.descent4j.mnist.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.descent4j.mnist.report.JsonText;
import io.github.descent4j.mnist.run.EpochResult;
import io.github.descent4j.mnist.settings.AugmentationSettings;
import io.github.descent4j.mnist.settings.DecayMode;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.mnist.settings.ModelSettings;
import io.github.descent4j.mnist.settings.OptimizerSettings;
import io.github.descent4j.mnist.settings.RegularizationSettings;
import io.github.descent4j.mnist.settings.ScheduleChoice;
import io.github.descent4j.mnist.settings.TrainingSettings;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The numbers of a comparison against what one computes by hand. */
class ComparisonTableTest {
  private static final Lineup LINEUP = Lineup.of(
      List.of(Entry.parse("adam:beta2=0.99"), Entry.parse("sgd:rate=0.1/2x")),
      List.of(Rate.parse("0.01"), Rate.parse("0.5x")));

  private static final List<ComparedRun> RUNS = List.of(
      run("adam:beta2=0.99", 0.01, 2, 980),
      run("adam:beta2=0.99", 0.01, 1, 970),
      run("adam:beta2=0.99", 0.01, 3, 990),
      run("adam:beta2=0.99", 0.001, 1, 981),
      run("sgd", 0.1, 1, 950),
      run("sgd", 0.1, 2, 951),
      run("sgd", 0.4, 1, 999),
      diverged("sgd", 0.4, 2));

  /** Numbers that differ by rounding are the same. */
  private static final Comparator<JsonNode> NEARLY =
      (a, b) -> a.isNumber() && b.isNumber() && Math.abs(a.asDouble() - b.asDouble()) < 1e-12
          ? 0
          : a.equals(b) ? 0 : 1;

  @Test
  void meanAndSpreadAndTheBest() {
    ComparisonTable table = new ComparisonTable(LINEUP, RUNS);
    StringWriter printed = new StringWriter();
    table.print(new PrintWriter(printed, true));
    // The deviation of 0.97, 0.98, 0.99 is sqrt(2 x 0.01² / 2), that of 0.950 and 0.951 0.0005
    // sqrt(2).
    assertThat(printed.toString()).isEqualToNormalizingNewlines("""
            test accuracy after the last epoch, over the seeds

            optimizer        learning rate    mean  deviation  lowest  highest
            adam:beta2=0.99           0.01  0.9800     0.0100  0.9700   0.9900
            adam:beta2=0.99          0.001  0.9810          -  0.9810   0.9810  best of all
            sgd                        0.1  0.9505     0.0007  0.9500   0.9510  best rate
            sgd                        0.4       -          -       -        -  1 of 2 diverged
            """);
  }

  @Test
  void rowsForOtherPrograms(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("runs.csv");
    ComparisonCsv.write(new ComparisonTable(LINEUP, RUNS), file);
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "optimizer,learning_rate,seed,epoch,train_loss,train_accuracy,test_loss,test_accuracy,seconds,diverged",
            "adam:beta2=0.99,0.01,1,1,0.5,0.75,0.25,0.97,2.0,false",
            "adam:beta2=0.99,0.01,2,1,0.5,0.75,0.25,0.98,2.0,false",
            "adam:beta2=0.99,0.01,3,1,0.5,0.75,0.25,0.99,2.0,false",
            "adam:beta2=0.99,0.001,1,1,0.5,0.75,0.25,0.981,2.0,false",
            "sgd,0.1,1,1,0.5,0.75,0.25,0.95,2.0,false",
            "sgd,0.1,2,1,0.5,0.75,0.25,0.951,2.0,false",
            "sgd,0.4,1,1,0.5,0.75,0.25,0.999,2.0,false",
            "sgd,0.4,2,,,,,,0.0,true");
  }

  @Test
  void aDocumentForOtherPrograms() throws IOException {
    JsonNode json = new ObjectMapper()
        .readTree(JsonText.pretty(ComparisonJson.of(new ComparisonTable(LINEUP, RUNS))));
    JsonNode expected = new ObjectMapper().readTree("""
        {"result": "last epoch", "lines": [
          {"optimizer": "adam:beta2=0.99", "learningRate": 0.01,
           "mean": 0.98, "deviation": 0.01, "lowest": 0.97, "highest": 0.99,
           "diverged": 0, "bestRate": false, "bestOfAll": false, "runs": [
             {"seed": 1, "epoch": 1, "trainLoss": 0.5, "trainAccuracy": 0.75,
              "testLoss": 0.25, "testAccuracy": 0.97, "seconds": 2.0},
             {"seed": 2, "epoch": 1, "trainLoss": 0.5, "trainAccuracy": 0.75,
              "testLoss": 0.25, "testAccuracy": 0.98, "seconds": 2.0},
             {"seed": 3, "epoch": 1, "trainLoss": 0.5, "trainAccuracy": 0.75,
              "testLoss": 0.25, "testAccuracy": 0.99, "seconds": 2.0}]},
          {"optimizer": "adam:beta2=0.99", "learningRate": 0.001,
           "mean": 0.981, "deviation": null, "lowest": 0.981, "highest": 0.981,
           "diverged": 0, "bestRate": true, "bestOfAll": true, "runs": [
             {"seed": 1, "epoch": 1, "trainLoss": 0.5, "trainAccuracy": 0.75,
              "testLoss": 0.25, "testAccuracy": 0.981, "seconds": 2.0}]},
          {"optimizer": "sgd", "learningRate": 0.1,
           "mean": 0.9505, "deviation": 0.0007071067811865482, "lowest": 0.95, "highest": 0.951,
           "diverged": 0, "bestRate": true, "bestOfAll": false, "runs": [
             {"seed": 1, "epoch": 1, "trainLoss": 0.5, "trainAccuracy": 0.75,
              "testLoss": 0.25, "testAccuracy": 0.95, "seconds": 2.0},
             {"seed": 2, "epoch": 1, "trainLoss": 0.5, "trainAccuracy": 0.75,
              "testLoss": 0.25, "testAccuracy": 0.951, "seconds": 2.0}]},
          {"optimizer": "sgd", "learningRate": 0.4,
           "mean": null, "deviation": null, "lowest": null, "highest": null,
           "diverged": 1, "bestRate": false, "bestOfAll": false, "runs": [
             {"seed": 1, "epoch": 1, "trainLoss": 0.5, "trainAccuracy": 0.75,
              "testLoss": 0.25, "testAccuracy": 0.999, "seconds": 2.0},
             {"seed": 2, "divergence": "diverged", "seconds": 0.0}]}]}
        """);
    assertThat(json.equals(NEARLY, expected)).as(json.toPrettyString()).isTrue();
  }

  @Test
  void onlyRatesOfSeveralAreCommon() {
    Lineup lineup = Lineup.of(
        List.of(Entry.parse("adam"), Entry.parse("radam"), Entry.parse("sgd:rate=0.5/0.01")),
        List.of(Rate.parse("0.03"), Rate.parse("0.01")));
    assertThat(lineup.common()).containsExactly(0.01, 0.03);
    assertThat(LINEUP.common()).isEmpty();
  }

  private static ComparedRun run(String contender, double rate, long seed, int correct) {
    EpochResult epoch = new EpochResult(
        new EpochMetrics(1, 0.5, 0.75, 2, 500), new Evaluation(correct, 1000, 0.25));
    return new ComparedRun(settings(contender, rate, seed), "data", List.of(epoch), 1, null);
  }

  private static ComparedRun diverged(String contender, double rate, long seed) {
    return new ComparedRun(settings(contender, rate, seed), "data", List.of(), 0, "diverged");
  }

  private static TrainingSettings settings(String text, double rate, long seed) {
    Contender contender = Entry.parse(text).contender();
    return new TrainingSettings(
        new ModelSettings(ModelChoice.MLP, 0, 0, 128),
        new OptimizerSettings(
            contender.optimizer(),
            contender.hyperparameters(),
            rate,
            ScheduleChoice.CONSTANT,
            contender.warmup(),
            null,
            DecayMode.DECOUPLED,
            0),
        RegularizationSettings.NONE,
        AugmentationSettings.NONE,
        1,
        seed);
  }
}
