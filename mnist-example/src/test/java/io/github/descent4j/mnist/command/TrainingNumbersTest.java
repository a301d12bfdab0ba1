package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.report.RunRecord;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.run.TrainedModel;
import io.github.descent4j.nn.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The numbers that train prints, writes and saves, each computed once more from something else: epochs of 1000 images in batches of
 * 300, of which the last has 100.
 */
class TrainingNumbersTest {
  private static final int EPOCHS = 3;
  private static final int STEPS = 4;
  private static final double RATE = 0.002;
  private static final int TEST_IMAGES = 150;

  @TempDir
  static Path folder;

  private static Path data;
  private static CommandLineRun run;
  private static final List<JsonNode> STEP_LINES = new ArrayList<>();
  private static final List<JsonNode> EPOCH_LINES = new ArrayList<>();

  @BeforeAll
  static void train() throws IOException {
    data = Files.createDirectory(folder.resolve("data"));
    IdxBytes.writeDataSet(data, 1000, TEST_IMAGES, 8, 8);
    Path metrics = folder.resolve("run.jsonl");
    run = CommandLineRun.of(
        "train",
        "--data=" + data,
        "--epochs=" + EPOCHS,
        "--batch-size=300",
        "--optimizer=adam",
        "--learning-rate=" + RATE,
        "--schedule=linear",
        "--metrics=" + metrics,
        "--checkpoint=" + folder.resolve("runs"),
        "--keep=" + EPOCHS);
    assertThat(run.err()).isEmpty();
    for (String line : Files.readAllLines(metrics)) {
      JsonNode node = new JsonMapper().readTree(line);
      (node.get("type").asText().equals("step") ? STEP_LINES : EPOCH_LINES).add(node);
    }
    assertThat(STEP_LINES).hasSize(EPOCHS * STEPS);
    assertThat(EPOCH_LINES).hasSize(EPOCHS);
  }

  private static Path checkpoint(int epoch) {
    return folder.resolve("runs").resolve(String.format(Locale.ROOT, "step-%08d", epoch * STEPS));
  }

  @Test
  void theRateFallsOnAStraightLineFromTheFirstStep() {
    for (int i = 0; i < EPOCHS * STEPS; i++) {
      JsonNode step = STEP_LINES.get(i);
      assertThat(step.get("step").asInt()).isEqualTo(i + 1);
      assertThat(step.get("epoch").asInt()).isEqualTo(i / STEPS + 1);
      assertThat(step.get("learning_rate").asDouble())
          .isCloseTo(RATE * (EPOCHS * STEPS - i) / (EPOCHS * STEPS), within(1e-15));
    }
    for (int i = 0; i < EPOCHS; i++) {
      JsonNode last = STEP_LINES.get(STEPS * i + STEPS - 1);
      JsonNode epoch = EPOCH_LINES.get(i);
      assertThat(epoch.get("epoch").asInt()).isEqualTo(i + 1);
      assertThat(epoch.get("step")).isEqualTo(last.get("step"));
      assertThat(epoch.get("learning_rate")).isEqualTo(last.get("learning_rate"));
    }
  }

  @Test
  void theLossOfAnEpochWeighsItsImagesAlike() {
    for (int i = 0; i < EPOCHS; i++) {
      double sum = 0;
      for (int batch = 0; batch < STEPS; batch++) {
        int images = batch == STEPS - 1 ? 100 : 300;
        sum += images * STEP_LINES.get(STEPS * i + batch).get("loss").asDouble();
      }
      assertThat(EPOCH_LINES.get(i).get("train_loss").asDouble())
          .isCloseTo(sum / 1000, within(1e-12));
    }
    assertThat(EPOCH_LINES.get(2).get("train_loss").asDouble())
        .isLessThan(EPOCH_LINES.get(0).get("train_loss").asDouble());
  }

  /** Image by image, with the softmax in double. */
  @Test
  void whatIsSaidOfTheTestImagesIsWhatTheSavedWeightsSay() {
    LabelledImages test = MnistData.read(data).test();
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
      TrainedModel model = TrainedModel.read(checkpoint(epoch), warning -> {});
      double lossSum = 0;
      int correct = 0;
      for (int i = 0; i < test.size(); i++) {
        float[] x = new float[64];
        for (int j = 0; j < 64; j++) {
          int grey = test.picture(i).grey(j / 8, j % 8);
          x[j] = (float) ((grey - model.scale().mean()) / model.scale().deviation());
        }
        double[] logits = model
            .network()
            .forward(Nd4j.createFromArray(x).reshape(1, 1, 8, 8), Mode.EVALUATION)
            .dup()
            .data()
            .asDouble();
        double sum = 0;
        int greatest = 0;
        for (int k = 0; k < logits.length; k++) {
          sum += Math.exp(logits[k]);
          greatest = logits[k] > logits[greatest] ? k : greatest;
        }
        lossSum += Math.log(sum) - logits[test.label(i)];
        correct += greatest == test.label(i) ? 1 : 0;
      }
      JsonNode line = EPOCH_LINES.get(epoch - 1);
      assertThat(line.get("test_loss").asDouble()).isCloseTo(lossSum / TEST_IMAGES, within(1e-5));
      assertThat(line.get("test_accuracy").asDouble()).isEqualTo((double) correct / TEST_IMAGES);
      if (epoch == EPOCHS) {
        assertThat(run.lastLine())
            .isEqualTo(String.format(
                Locale.ROOT,
                "test accuracy %.4f (%d/%d)",
                (double) correct / TEST_IMAGES,
                correct,
                TEST_IMAGES));
      }
    }
  }

  @Test
  void theLinesTheRecordAndTheMetricsSayTheSame() {
    RunRecord record = RunRecord.load(checkpoint(EPOCHS).resolve(Checkpoint.RECORD));
    for (int i = 0; i < EPOCHS; i++) {
      JsonNode line = EPOCH_LINES.get(i);
      double seconds = line.get("seconds").asDouble();
      assertThat(line.get("examples_per_second").asDouble())
          .isCloseTo(1000 / seconds, within(1e-6 / seconds));
      assertThat(run.outLines().get(3 + i))
          .isEqualTo(String.format(
              Locale.ROOT,
              "epoch %d/%d  loss %.4f  train %.4f  test %.4f  %.2f s  %.0f images/s",
              i + 1,
              EPOCHS,
              line.get("train_loss").asDouble(),
              line.get("train_accuracy").asDouble(),
              line.get("test_accuracy").asDouble(),
              seconds,
              line.get("examples_per_second").asDouble()));
      RunRecord.Epoch epoch = record.epochs().get(i);
      assertThat(new double[] {
            epoch.trainLoss(),
            epoch.trainAccuracy(),
            epoch.testLoss(),
            epoch.testAccuracy(),
            epoch.learningRate(),
            epoch.seconds(),
            epoch.examplesPerSecond()
          })
          .containsExactly(
              line.get("train_loss").asDouble(),
              line.get("train_accuracy").asDouble(),
              line.get("test_loss").asDouble(),
              line.get("test_accuracy").asDouble(),
              line.get("learning_rate").asDouble(),
              seconds,
              line.get("examples_per_second").asDouble());
    }
    assertThat(record.steps().get(5).epoch()).isEqualTo(1.5);
    assertThat(record.steps().get(7).epoch()).isEqualTo(2);
  }
}
