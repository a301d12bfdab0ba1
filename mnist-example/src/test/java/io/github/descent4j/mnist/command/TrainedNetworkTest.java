package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.GreyImage;
import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.report.RunRecord;
import io.github.descent4j.mnist.report.TestResult;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.run.TestRun;
import io.github.descent4j.mnist.run.TrainedModel;
import io.github.descent4j.mnist.terminal.CommandText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** evaluate, predict, and the files of train, on one epoch of MNIST. */
@Tag("slow")
class TrainedNetworkTest {
  @TempDir
  static Path folder;

  private static Path checkpoints;
  private static CommandLineRun training;

  @BeforeAll
  static void train() {
    checkpoints = folder.resolve("checkpoints");
    training = CommandLineRun.of(
        "train",
        "--epochs",
        "1",
        "--checkpoint",
        checkpoints.toString(),
        "--report",
        folder.resolve("run.html").toString(),
        "--metrics",
        folder.resolve("run.csv").toString());
    assertThat(training.err()).isEmpty();
  }

  @Test
  void evaluateEndsAsTrainDid() throws IOException {
    Path report = folder.resolve("evaluation.html");
    Path mistakes = folder.resolve("mistakes");
    CommandLineRun run = CommandLineRun.of(
        "evaluate",
        "--checkpoint",
        checkpoints.toString(),
        "--worst",
        "3",
        "--report",
        report.toString(),
        "--mistakes",
        mistakes.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.lastLine()).isEqualTo(training.lastLine());
    assertThat(run.outLines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(88));
    assertThat(run.out()).contains("class  precision  recall  images", "worst mistakes", "@");
    assertThat(report).content().contains("<h2>Confusion matrix</h2>", "evaluate --checkpoint ");
    try (Stream<Path> pictures = Files.list(mistakes)) {
      assertThat(pictures).hasSize(3).allMatch(file -> file.toString().endsWith(".png"));
    }
  }

  @Test
  void theCountsAreThoseOfTheLabels() {
    TrainedModel model = TrainedModel.read(checkpoints, warning -> {});
    LabelledImages images = MnistData.bundled().test();
    TestResult result = TestRun.of(model.network(), images, model.scale(), 10);
    int[] counts = new int[10];
    for (int i = 0; i < images.size(); i++) {
      counts[images.label(i)]++;
    }
    for (int label = 0; label < 10; label++) {
      assertThat(result.examples(label)).isEqualTo(counts[label]);
    }
    assertThat(result.correct()).isEqualTo(training.correct());
    assertThat(result.worst())
        .hasSize(10)
        .isSortedAccordingTo((a, b) -> Double.compare(b.loss(), a.loss()));
    assertThat(result.worst())
        .allMatch(mistake -> mistake.label() != mistake.predicted()
            && mistake.label() == images.label(mistake.example()));
  }

  @Test
  void predictReadsPicturesOfDigits() throws IOException {
    LabelledImages images = MnistData.bundled().test();
    String[] args = new String[3 + 50];
    args[0] = "predict";
    args[1] = "--checkpoint";
    args[2] = checkpoints.toString();
    for (int i = 0; i < 50; i++) {
      GreyImage digit = images.picture(i);
      byte[] inverted = new byte[784];
      for (int j = 0; j < 784; j++) {
        inverted[j] = (byte) (255 - digit.grey(j / 28, j % 28));
      }
      Path file = folder.resolve("digit-" + i + ".png");
      Files.write(file, new GreyImage(28, 28, i % 2 == 0 ? inverted : digit.pixels()).png(11));
      args[3 + i] = file.toString();
    }
    CommandLineRun run = CommandLineRun.of(args);
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    int right = 0;
    List<String> lines = run.outLines();
    assertThat(lines).hasSize(51);
    for (int i = 0; i < 50; i++) {
      String[] fields = lines.get(1 + i).split(" +");
      assertThat(fields).hasSizeBetween(12, 13);
      right += Integer.parseInt(fields[1]) == images.label(i) ? 1 : 0;
    }
    assertThat(right).isGreaterThanOrEqualTo(47);
  }

  @Test
  void predictGoesOnAfterAFileThatIsNoPicture() throws IOException {
    Path digit = Files.write(
        folder.resolve("seven.png"), MnistData.bundled().test().picture(0).png(3));
    Path missing = folder.resolve("missing.png");
    CommandLineRun run = CommandLineRun.of(
        "predict",
        "--checkpoint",
        checkpoints.toString(),
        "--show",
        missing.toString(),
        digit.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errLines())
        .containsExactly("error: " + missing + ": expected a picture, found no such file");
    assertThat(run.out())
        .containsPattern(Pattern.quote(digit.toString()) + " +7  ")
        .contains("@@");
  }

  @Test
  void reportAndMetricsAreWritten() throws IOException {
    assertThat(folder.resolve("run.html"))
        .content()
        .contains(
            "<h1>mlp with radam</h1>",
            "Gradient norms",
            "Update ratios",
            "fc1.weight",
            "<h2>Worst mistakes</h2>",
            "java -jar mnist-example.jar train --epochs 1 ");
    assertThat(Files.readAllLines(folder.resolve("run.csv"))).hasSize(2);
    RunRecord record =
        RunRecord.load(checkpoints.resolve("step-00000469").resolve(Checkpoint.RECORD));
    assertThat(record.epochs()).hasSize(1);
    assertThat(record.steps()).hasSize(469);
    assertThat(record.gradients()).hasSizeBetween(15, 25);
    assertThat(record.gradients())
        .allSatisfy(gradients -> assertThat(gradients.updateRatios()[0]).isBetween(1e-8, 1.0));
  }

  @Test
  void evaluatePrintsJson() throws IOException {
    CommandLineRun run = CommandLineRun.of(
        "evaluate", "--checkpoint", checkpoints.toString(), "--worst=2", "--json");
    assertThat(run.err()).isEmpty();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("model").asText()).isEqualTo("mlp");
    assertThat(json.get("data").asText()).isEqualTo("MNIST");
    assertThat(json.get("correct").asInt()).isEqualTo(training.correct());
    assertThat(json.get("accuracy").asDouble()).isEqualTo(training.correct() / 10_000.0);
    assertThat(json.get("classes")).hasSize(10);
    assertThat(json.get("classes").get(1).get("images").asInt()).isEqualTo(1135);
    assertThat(json.get("confusion")).hasSize(10).allMatch(row -> row.size() == 10);
    assertThat(json.get("mistakes")).hasSize(2);
  }

  @Test
  void predictPrintsJson() throws IOException {
    Path digit = Files.write(
        folder.resolve("a seven.png"), MnistData.bundled().test().picture(0).png(3));
    Path missing = folder.resolve("missing.png");
    CommandLineRun run = CommandLineRun.of(
        "predict",
        "--checkpoint",
        checkpoints.toString(),
        "--json",
        missing.toString(),
        digit.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errLines())
        .containsExactly("error: " + missing + ": expected a picture, found no such file");
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json).hasSize(1);
    JsonNode picture = json.get(0);
    assertThat(picture.get("picture").asText()).isEqualTo(digit.toString());
    assertThat(picture.get("class").asInt()).isEqualTo(7);
    assertThat(picture.get("unsure").asBoolean()).isFalse();
    assertThat(picture.get("alone").asBoolean()).isTrue();
    assertThat(picture.get("probabilities")).hasSize(10);
    assertThat(picture.get("probabilities").get(7).asDouble()).isGreaterThan(0.9);
  }

  @Test
  void jsonHasNoRoomForPictures() {
    CommandLineRun run = CommandLineRun.of(
        "predict", "--checkpoint", checkpoints.toString(), "--json", "--show", "seven.png");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines())
        .startsWith("error: --show is true, expected no pictures with --json");
  }

  /** Another version may pick another rate. */
  @Test
  void theLearningRateIsInReportAndCheckpoint() throws IOException {
    assertThat(folder.resolve("run.html"))
        .content()
        .containsPattern("--learning-rate\\D+0\\.005\\D");
    Path run = checkpoints.resolve("step-00000469").resolve(Checkpoint.RUN);
    JsonNode settings = new ObjectMapper().readTree(run.toFile()).get("settings");
    assertThat(settings.get("--learning-rate").asText()).isEqualTo("0.005");
  }

  @Test
  void filesThatCannotBeWrittenAreOneLine() {
    Path file = folder.resolve("nowhere").resolve("run.html");
    for (String option : new String[] {"--report=" + file, "--metrics=" + file + ".csv"}) {
      CommandLineRun run = CommandLineRun.of("train", "--epochs=1", option);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.errLines()).hasSize(1);
      assertThat(run.err()).startsWith("error: ").contains("cannot be written: no such folder");
    }
  }

  @Test
  void otherImagesAreRefused(@TempDir Path data) {
    IdxBytes.writeDataSet(data, 100, 20, 8, 10);
    CommandLineRun run = CommandLineRun.of(
        "evaluate", "--checkpoint", checkpoints.toString(), "--data", data.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errLines())
        .containsExactly("error: " + data + ": expected images of 28 x 28 as in " + checkpoints
            + ", found 8 x 10");
  }

  @Test
  void commandLinesAreQuotedForAShell() {
    assertThat(CommandText.quoted("--data=/a/b")).isEqualTo("--data=/a/b");
    assertThat(CommandText.quoted("it's me")).isEqualTo("'it'\\''s me'");
  }
}
