package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The range test through the command, on small generated data. */
@Tag("slow")
class FindLrCommandTest {
  private static final String SUGGESTION =
      "learning rate (\\S+) \\(steepest\\), (\\S+) \\(a tenth of the lowest\\),"
          + " (\\S+) \\(the lowest\\)";

  @TempDir
  static Path small;

  /** What is printed without options. */
  private static List<String> usual;

  @BeforeAll
  static void writeSmallDataSet() {
    IdxBytes.writeDataSet(small, 1000, 200, 8, 10);
    usual = find().outLines();
  }

  @Test
  void printsTheCurveAndTheSuggestionLast() {
    CommandLineRun run = find("--batch-size", "50");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    List<String> lines = run.outLines();
    assertThat(lines.get(0)).isEqualTo("model      mlp on " + small);
    assertThat(lines.get(1)).isEqualTo("optimizer  radam, batch size 50, seed 42");
    assertThat(lines.get(2)).startsWith("rates      1.0E-6 to 10.0 in 200 steps");
    assertThat(lines.get(3)).isEqualTo("      rate        loss    smoothed");
    assertThat(lines.subList(4, 16))
        .allMatch(line -> line.matches(" *\\d\\.\\d\\de[+-]\\d+( +\\d+\\.\\d{4}){2}"));
    assertThat(lines).hasSize(17);
    assertThat(run.lastLine()).matches(SUGGESTION);
  }

  @ParameterizedTest
  @EnumSource(
      value = OptimizerChoice.class,
      names = {"ADAM", "RADAM"})
  void theSuggestionLearnsMnist(OptimizerChoice optimizer) {
    CommandLineRun run = CommandLineRun.of("find-lr", "--optimizer", optimizer.toString());
    assertThat(run.err()).isEmpty();
    String rate = run.lastLine().replaceFirst(SUGGESTION, "$2");
    CommandLineRun trained = CommandLineRun.of(
        "train", "--optimizer", optimizer.toString(), "--learning-rate", rate, "--epochs", "1");
    assertThat(trained.correct()).as("%s at %s", optimizer, rate).isGreaterThanOrEqualTo(9000);
  }

  /** Of the rules of the lecture, the rates that train takes with a schedule that falls to 0. */
  @ParameterizedTest
  @EnumSource(
      value = OptimizerChoice.class,
      names = {
        "SGD",
        "MOMENTUM",
        "NESTEROV",
        "ADAGRAD",
        "RMSPROP",
        "ADADELTA",
        "ADAM",
        "ADAMW",
        "AMSGRAD",
        "YOGI",
        "RADAM",
        "NADAM",
        "ADAMAX"
      })
  void theLowestLossIsNearTheRateThatTrainTakes(OptimizerChoice optimizer) {
    CommandLineRun run = CommandLineRun.of("find-lr", "--optimizer=" + optimizer);
    double lowest = Double.parseDouble(run.lastLine().replaceFirst(SUGGESTION, "$3"));
    assertThat(lowest)
        .isBetween(optimizer.defaultLearningRate / 4, optimizer.defaultLearningRate * 4);
  }

  @ParameterizedTest
  @CsvSource({
    "--optimizer, adam",
    "--set, beta2=0.9",
    "--clip-norm, 0.5",
    "--weight-decay, 1",
    "--from, 1e-5",
    "--to, 1",
    "--steps, 100",
    "--seed, 7",
    "--dropout, 0.3",
    "--label-smoothing, 0.2",
    "--batch-size, 64"
  })
  void eachOptionHasAnEffect(String option, String value) {
    List<String> other = find(option, value).outLines();
    assertThat(other.subList(4, other.size())).isNotEqualTo(usual.subList(4, usual.size()));
  }

  @Test
  void theSameSeedPrintsTheSame() {
    assertThat(find("--dropout", "0.2").out())
        .isEqualTo(find("--dropout", "0.2").out());
  }

  @Test
  void writesEachStepAsARow(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("steps.CSV");
    CommandLineRun run = find("--csv", file.toString(), "--steps", "50", "--to", "1e-4");
    assertThat(run.err()).isEmpty();
    List<String> rows = Files.readAllLines(file);
    assertThat(rows).hasSize(51);
    assertThat(rows.get(0)).isEqualTo("learning_rate,loss,smoothed_loss");
    assertThat(rows.get(1)).startsWith("1.0E-6,");
    String[] last = rows.get(50).split(",", -1);
    // Behind the last point there is none, so its smoothed loss is its loss.
    assertThat(last[1]).isEqualTo(last[2]);
    assertThat(run.outLines().get(15))
        .isEqualTo(String.format(
            Locale.ROOT,
            "%10.2e  %10.4f  %10.4f",
            Double.valueOf(last[0]),
            Double.valueOf(last[1]),
            Double.valueOf(last[2])));
  }

  @Test
  void drawsAPng(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("curve.PNG");
    assertThat(find("--plot", file.toString()).exitCode()).isZero();
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isEqualTo(1600);
    assertThat(image.getHeight()).isEqualTo(900);
    int curve = 0;
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        curve += (image.getRGB(x, y) & 0xFFFFFF) == 0x2F6FB5 ? 1 : 0;
      }
    }
    assertThat(curve).as("pixels in the color of the smoothed loss").isGreaterThan(200);
  }

  @Test
  void drawsAnSvg(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("curve.svg");
    assertThat(find("--plot", file.toString(), "--optimizer", "adam").exitCode())
        .isZero();
    String svg = Files.readString(file);
    assertThat(svg).contains("<svg", "<path", "rgb(47,111,181)"); // The color of the smoothed loss.
    assertThat(svg.replaceAll("\\s", "")).endsWith("</svg>");
  }

  @Test
  void aFolderThatIsNotThereIsToldBeforeTheTest(@TempDir Path folder) {
    Path file = folder.resolve("none").resolve("curve.svg");
    CommandLineRun run = find("--plot", file.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().strip())
        .isEqualTo(
            "error: cannot write " + file + ", expected an existing folder that may be written to");
  }

  @Test
  void aFileThatCannotBeWrittenIsOneLine(@TempDir Path folder) throws IOException {
    for (String name : List.of("folder.svg", "folder.png")) {
      Path file = Files.createDirectory(folder.resolve(name));
      CommandLineRun run = find("--plot", file.toString());
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.errLines()).hasSize(1);
      assertThat(run.err()).startsWith("error: " + file + ": cannot be written: ");
    }
  }

  @Test
  void aRangeWithoutAnyFallIsAnError() {
    CommandLineRun run = find("--from", "3", "--to", "10");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().strip())
        .isEqualTo("error: the loss does not fall at rates from 3.0 to 10.0,"
            + " expected a range with a rate that trains the network");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--from      | 0     | --from is 0.0, expected a finite number above 0",
        "--to        | 1e-9  | --to is 1.0E-9, expected a finite number above 1.0E-6",
        "--to        | NaN   | --to is NaN, expected a finite number above 1.0E-6",
        "--steps     | 19    | --steps is 19, expected at least 20",
        "--clip-norm | -1    | --clip-norm is -1.0, expected a finite number above 0",
        "--weight-decay | -1 | --weight-decay is -1.0, expected a finite number of at least 0",
        "--batch-size | 0    | --batch-size is 0, expected at least 1",
        "--csv       | a.txt | --csv is a.txt, expected a name that ends in .csv",
        "--plot      | a.gif | --plot is a.gif, expected a file *.svg or *.png"
      })
  void aWrongOptionIsNamed(String option, String value, String message) {
    CommandLineRun run = find(option, value);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines().get(0)).isEqualTo("error: " + message);
  }

  private static CommandLineRun find(String... options) {
    List<String> args = new ArrayList<>(List.of("find-lr", "--data", small.toString()));
    args.addAll(List.of(options));
    return CommandLineRun.of(args.toArray(new String[0]));
  }
}
