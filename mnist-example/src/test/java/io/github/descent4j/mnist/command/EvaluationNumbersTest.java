package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.Sequential;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What evaluate says of a network that was made by hand: it takes an image for the class whose number its only bright pixel has,
 * so that all counts, losses and probabilities follow from a few lines.
 */
class EvaluationNumbersTest {
  private static final int SIDE = 8;

  /** Of the 500 images that are shown to the network at a time, and 12 more. */
  private static final int SURE = 496;

  /** Label, class that the bright pixel stands for, and its grey value. */
  private static final int[][] LAST = {
    {0, 0, 255}, {0, 0, 255}, {0, 0, 255}, {0, 0, 255}, {0, 0, 255}, {0, 1, 150},
    {1, 0, 255}, {1, 0, 100}, {1, 1, 255}, {1, 1, 255}, {1, 1, 255}, {1, 2, 200},
    {2, 2, 255}, {2, 2, 255}, {2, 2, 255}, {2, 2, 255},
  };

  @TempDir
  static Path folder;

  private static Path data;
  private static Path checkpoint;
  private static CommandLineRun run;
  private static double mean;
  private static double deviation;

  @BeforeAll
  static void evaluate() throws IOException {
    data = Files.createDirectory(folder.resolve("data"));
    IdxBytes.writeDataSet(data, 100, 10, SIDE, SIDE);
    writeTestSet();
    Path runs = folder.resolve("runs");
    CommandLineRun training = CommandLineRun.of(
        "train", "--data=" + data, "--epochs=1", "--batch-size=100", "--checkpoint=" + runs);
    assertThat(training.err()).isEmpty();
    checkpoint = runs.resolve("step-00000001");
    byHand().save(checkpoint.resolve(Checkpoint.NETWORK));
    JsonNode scale =
        new JsonMapper().readTree(checkpoint.resolve(Checkpoint.RUN).toFile()).get("scale");
    mean = scale.get("mean").asDouble();
    deviation = scale.get("deviation").asDouble();
    run = CommandLineRun.of(
        "evaluate",
        "--data=" + data,
        "--checkpoint=" + checkpoint,
        "--worst=3",
        "--report=" + folder.resolve("report.html"),
        "--mistakes=" + folder.resolve("mistakes"));
    assertThat(run.err()).isEmpty();
  }

  private static void writeTestSet() {
    int count = SURE + LAST.length;
    byte[] labels = new byte[count];
    byte[] pixels = new byte[count * SIDE * SIDE];
    for (int i = 0; i < count; i++) {
      int[] image = i < SURE ? new int[] {3, 3, 255} : LAST[i - SURE];
      labels[i] = (byte) image[0];
      pixels[i * SIDE * SIDE + image[1]] = (byte) image[2];
    }
    IdxBytes.write(
        data.resolve("t10k-images-idx3-ubyte"), IdxBytes.images(count, SIDE, SIDE, pixels));
    IdxBytes.write(
        data.resolve("t10k-labels-idx1-ubyte.gz"), IdxBytes.gzip(IdxBytes.labels(labels)));
  }

  /** Logit k is the input at pixel k, if that is above 0, as only those of bright pixels are. */
  private static Sequential byHand() {
    Sequential network = ModelChoice.MLP.build(SIDE, SIDE, 10, 0, 0);
    network.parameters().forEach(parameter -> parameter.value().assign(0));
    for (String layer : List.of("fc1.weight", "fc2.weight", "fc3.weight")) {
      INDArray weight = network.parameters().get(layer).value();
      for (int k = 0; k < 10; k++) {
        weight.putScalar(k, k, 1);
      }
    }
    return network;
  }

  /** Cross-entropy of an image: one logit is its bright pixel's input, nine are 0. */
  private static double loss(int[] image) {
    double logit = (image[2] - mean) / deviation;
    return Math.log(Math.exp(logit) + 9) - (image[0] == image[1] ? logit : 0);
  }

  private static double probability(int grey) {
    double logit = (grey - mean) / deviation;
    return Math.exp(logit) / (Math.exp(logit) + 9);
  }

  private static double meanLoss() {
    double sum = SURE * loss(new int[] {3, 3, 255});
    for (int[] image : LAST) {
      sum += loss(image);
    }
    return sum / (SURE + LAST.length);
  }

  @Test
  void classes() {
    assertThat(run.outLines())
        .containsSubsequence(
            "class  precision  recall  images",
            // 5 of 7, 5 of 6
            "    0     0.7143  0.8333       6",
            // 3 of 4, 3 of 6
            "    1     0.7500  0.5000       6",
            // 4 of 5, 4 of 4
            "    2     0.8000  1.0000       4",
            "    3     1.0000  1.0000     496",
            "    4        NaN     NaN       0")
        .containsSubsequence(
            "rows: labels, columns: predictions",
            "          0     1     2     3     4     5     6     7     8     9",
            "    0     5     1     .     .     .     .     .     .     .     .",
            "    1     2     3     1     .     .     .     .     .     .     .",
            "    2     .     .     4     .     .     .     .     .     .     .",
            "    3     .     .     .   496     .     .     .     .     .     .");
    // 508 of 512
    assertThat(run.lastLine()).isEqualTo("test accuracy 0.9922 (508/512)");
  }

  @Test
  void theWorstMistakesAreThoseOfTheBrightestWrongPixels() throws IOException {
    List<String> expected = new ArrayList<>();
    expected.add("image  label  taken for  probability     loss");
    int[] order = {502, 507, 501};
    for (int example : order) {
      int[] image = LAST[example - SURE];
      // Of another image than the label's the loss is that of a wrong class: all logits but one are
      // 0.
      assertThat(image[0]).isNotEqualTo(image[1]);
      expected.add(String.format(
          Locale.ROOT,
          "%5d  %5d  %9d  %11.4f  %7.3f",
          example,
          image[0],
          image[1],
          probability(image[2]),
          loss(image)));
    }
    int at = run.outLines().indexOf("worst mistakes");
    assertThat(run.outLines().subList(at + 1, at + 6)).startsWith(expected.toArray(String[]::new));
    assertThat(run.outLines().get(at + 5)).isEmpty();

    try (Stream<Path> files = Files.list(folder.resolve("mistakes"))) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .containsExactly(
              "01-image-502-label-1-taken-for-0.png",
              "02-image-507-label-1-taken-for-2.png",
              "03-image-501-label-0-taken-for-1.png");
    }
    BufferedImage second = ImageIO.read(folder
        .resolve("mistakes")
        .resolve("02-image-507-label-1-taken-for-2.png")
        .toFile());
    int pixel = second.getWidth() / SIDE;
    for (int k = 0; k < SIDE * SIDE; k++) {
      int x = k % SIDE * pixel + pixel / 2;
      int y = k / SIDE * pixel + pixel / 2;
      assertThat(second.getRaster().getSample(x, y, 0))
          .as("pixel %d", k)
          .isEqualTo(k == 2 ? 200 : 0);
    }
  }

  @Test
  void theReportSaysTheSame() throws IOException {
    String probability = String.format(Locale.ROOT, "%.1f", 100 * probability(200));
    assertThat(folder.resolve("report.html"))
        .content()
        .contains(
            "<dt>test accuracy</dt><dd>99.22 %</dd>",
            "<dt>mistakes</dt><dd>4 of 512</dd>",
            "<dt>test loss</dt><dd>" + String.format(Locale.ROOT, "%.4f", meanLoss()) + "</dd>",
            "<th scope=\"row\">0</th><td>0.7143</td><td>0.8333</td><td>6</td>",
            "<th scope=\"row\">1</th><td>0.7500</td><td>0.5000</td><td>6</td>",
            "1 taken for 2\n" + probability + " %, no. 507");
  }

  /** Of several greatest logits the first counts: a dark image has none above 0. */
  @Test
  void anImageWithoutAnyBrightPixelIsTakenForTheFirstClass(@TempDir Path dark) throws IOException {
    for (String name : List.of("train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz")) {
      Files.copy(data.resolve(name), dark.resolve(name));
    }
    IdxBytes.write(
        dark.resolve("t10k-images-idx3-ubyte"),
        IdxBytes.images(2, SIDE, SIDE, new byte[2 * SIDE * SIDE]));
    IdxBytes.write(dark.resolve("t10k-labels-idx1-ubyte"), IdxBytes.labels((byte) 0, (byte) 9));
    CommandLineRun tied =
        CommandLineRun.of("evaluate", "--data=" + dark, "--checkpoint=" + checkpoint, "--worst=1");
    assertThat(tied.lastLine()).isEqualTo("test accuracy 0.5000 (1/2)");
    assertThat(tied.outLines())
        .contains(String.format(
            Locale.ROOT, "    1      9          0       0.1000  %7.3f", Math.log(10)));
  }
}
