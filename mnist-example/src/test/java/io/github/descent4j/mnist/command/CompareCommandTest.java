package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class CompareCommandTest {
  private static final String[] SMALL = {
    "--optimizer",
    "adam,sgd:warmup=10",
    "--learning-rate",
    "0.003",
    "0.1",
    "--seed",
    "5-6",
    "--epochs",
    "2",
    "--batch-size",
    "50"
  };

  @TempDir
  static Path data;

  @TempDir
  Path folder;

  @BeforeAll
  static void writeDataSet() {
    IdxBytes.writeDataSet(data, 1000, 200, 8, 10);
  }

  @Test
  void comparesAndRemembers() throws IOException {
    CommandLineRun run = compare("--jobs", "2");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines().get(0))
        .isEqualTo("8 runs of 2 epochs, model mlp, batch size 50; 0 of them are in " + folder);
    assertThat(run.outLines().subList(1, 9))
        .allMatch(line -> line.matches(
            "\\d/8  \\S+, learning rate \\S+, seed [56]  test accuracy [01]\\.\\d{4}"));
    assertThat(run.outLines().get(10))
        .isEqualTo("test accuracy after the last epoch, over the seeds");
    assertThat(run.outLines().get(12))
        .matches("optimizer +learning rate +mean +deviation +lowest +highest");
    String numbers = "( +[01]\\.\\d{4}){4}(  best (rate|of all))?";
    assertThat(run.outLines().subList(13, 17))
        .satisfiesExactly(
            line -> assertThat(line).matches("adam +0\\.003" + numbers),
            line -> assertThat(line).matches("adam +0\\.1" + numbers),
            line -> assertThat(line).matches("sgd:warmup=10 +0\\.003" + numbers),
            line -> assertThat(line).matches("sgd:warmup=10 +0\\.1" + numbers));
    assertThat(run.out()).containsOnlyOnce("best of all").containsOnlyOnce("best rate");

    Path removed = folder.resolve("adam-rate-0.1-seed-6.json");
    byte[] before = Files.readAllBytes(removed);
    Files.delete(removed);
    CommandLineRun again = compare("--jobs", "1");
    assertThat(again.outLines()).hasSize(run.outLines().size() - 7);
    assertThat(again.outLines().get(0)).endsWith("7 of them are in " + folder);
    assertThat(again.outLines().get(1))
        .startsWith("8/8  adam, learning rate 0.1, seed 6  test accuracy ");
    assertThat(again.out().substring(again.out().indexOf("test accuracy after")))
        .isEqualTo(run.out().substring(run.out().indexOf("test accuracy after")));
    assertThat(withoutTimes(Files.readAllBytes(removed))).isEqualTo(withoutTimes(before));
  }

  /** However many run at the same time, each is what train makes of the same options. */
  @Test
  void eachRunIsThatOfTrain() {
    CommandLineRun run = compare("--jobs", "4");
    CommandLineRun train = CommandLineRun.of(
        "train",
        "--data",
        data.toString(),
        "--optimizer",
        "sgd",
        "--warmup",
        "10",
        "--learning-rate",
        "0.1",
        "--seed",
        "6",
        "--epochs",
        "2",
        "--batch-size",
        "50");
    String accuracy = train.lastLine().replaceFirst(" \\(.*", "");
    assertThat(run.out()).contains("sgd:warmup=10, learning rate 0.1, seed 6  " + accuracy);
  }

  @Test
  void reportsWithCurves(@TempDir Path other) throws IOException {
    Path report = other.resolve("report.html");
    CommandLineRun run = compare("--report", report.toString());
    assertThat(run.err()).isEmpty();
    assertThat(report)
        .content()
        .contains(
            "Accuracy against learning rate",
            "Each at its best learning rate",
            "best of all",
            "\"lowest\":[",
            "\"strong\":true",
            "sgd:warmup=10",
            "Learning rate 0.003",
            "compare --data ");
    CommandLineRun unwritable =
        compare("--report", other.resolve("no/report.html").toString());
    assertThat(unwritable.exitCode()).isEqualTo(1);
    assertThat(unwritable.err())
        .isEqualToIgnoringNewLines("error: cannot write " + other.resolve("no/report.html")
            + ", expected an existing folder that may be written to");
  }

  /** The rows of the CSV, beside what the results of the runs are. */
  @Test
  void writesARowForEachRun(@TempDir Path other) throws IOException {
    Path csv = other.resolve("runs.csv");
    CommandLineRun run = compare("--csv", csv.toString());
    assertThat(run.err()).isEmpty();
    List<String> rows = Files.readAllLines(csv);
    assertThat(rows.get(0))
        .isEqualTo("optimizer,learning_rate,seed,epoch,train_loss,train_accuracy,test_loss,"
            + "test_accuracy,seconds,diverged");
    assertThat(rows.subList(1, 9).stream().map(row -> row.replaceFirst("(,\\d+),2,.*", "$1")))
        .containsExactly(
            "adam,0.003,5",
            "adam,0.003,6",
            "adam,0.1,5",
            "adam,0.1,6",
            "sgd:warmup=10,0.003,5",
            "sgd:warmup=10,0.003,6",
            "sgd:warmup=10,0.1,5",
            "sgd:warmup=10,0.1,6");
    for (String row : rows.subList(1, 9)) {
      String[] cells = row.split(",", -1);
      assertThat(cells).hasSize(10);
      assertThat(run.out())
          .contains(String.format(
              Locale.ROOT,
              "%s, learning rate %s, seed %s  test accuracy %.4f",
              cells[0],
              cells[1],
              cells[2],
              Double.parseDouble(cells[7])));
      assertThat(cells[9]).isEqualTo("false");
    }
  }

  /** What is printed is the document alone, and its numbers are those of the runs. */
  @Test
  void printsJson() throws IOException {
    CommandLineRun text = compare();
    CommandLineRun run = compare("--json");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("model").asText()).isEqualTo("mlp");
    assertThat(json.get("data").asText()).isEqualTo(data.toString());
    assertThat(json.get("epochs").asInt()).isEqualTo(2);
    assertThat(json.get("batchSize").asInt()).isEqualTo(50);
    assertThat(json.get("lines")).hasSize(4);
    List<JsonNode> best = new ArrayList<>();
    for (JsonNode line : json.get("lines")) {
      if (line.get("bestOfAll").asBoolean()) {
        best.add(line);
      }
      assertThat(line.get("runs")).hasSize(2);
      for (JsonNode one : line.get("runs")) {
        assertThat(text.out())
            .contains(String.format(
                Locale.ROOT,
                "%s, learning rate %s, seed %d  test accuracy %.4f",
                line.get("optimizer").asText(),
                line.get("learningRate").asDouble(),
                one.get("seed").asLong(),
                one.get("testAccuracy").asDouble()));
      }
    }
    assertThat(best).hasSize(1);
    assertThat(text.out())
        .containsPattern(best.get(0).get("optimizer").asText() + " .* "
            + String.format(Locale.ROOT, "%.4f", best.get(0).get("mean").asDouble())
            + " .*best of all");
  }

  @Test
  void quietIsTheTableAlone() {
    CommandLineRun loud = compare();
    CommandLineRun quiet = compare("--quiet");
    assertThat(quiet.err()).isEmpty();
    assertThat(quiet.outLines())
        .startsWith("test accuracy after the last epoch, over the seeds")
        .isEqualTo(loud.outLines().subList(10, loud.outLines().size()));
    assertThat(compare("--json", "-q").out()).isEqualTo(compare("--json").out());
  }

  /** Own rates, as numbers and as factors of what train picks, beside those of all. */
  @Test
  void eachAtItsOwnRates() {
    CommandLineRun run = CommandLineRun.of(
        "compare",
        "--data=" + data,
        "--output=" + folder,
        "--optimizer=sgd:rate=0.1/3x,adam:beta2=0.99:warmup=5,momentum",
        "--learning-rate=0.5x",
        "--seed=1",
        "--epochs=1");
    assertThat(run.err()).isEmpty();
    // train picks 0.2 for sgd, 0.002 for adam and 0.05 for momentum.
    assertThat(run.outLines().subList(9, 13))
        .satisfiesExactly(
            line -> assertThat(line).matches("sgd +0\\.1 .*"),
            line -> assertThat(line).matches("sgd +0\\.6 .*"),
            line -> assertThat(line).matches("adam:beta2=0\\.99:warmup=5 +0\\.001 .*"),
            line -> assertThat(line).matches("momentum +0\\.025 .*"));
    assertThat(run.outLines().get(9)).matches("sgd +0\\.1 +[01]\\.\\d{4} +- .*");
    assertThat(folder.resolve("adam-beta2-0.99-warmup-5-rate-0.001-seed-1.json"))
        .exists();
  }

  /** Early stopping, penalties and augmentation are those of train: of the best epoch of each run. */
  @Test
  void regularizesAndAugmentsAsTrainDoes() {
    String[] options = {
      "--data=" + data,
      "--learning-rate=0.05",
      "--epochs=4",
      "--batch-size=50",
      "--early-stopping=1",
      "--validation=200",
      "--l2=0.001",
      "--augment-shift=1"
    };
    List<String> compare = new ArrayList<>(List.of("compare", "--optimizer=sgd", "--seed=3"));
    compare.addAll(List.of("--output=" + folder));
    compare.addAll(List.of(options));
    CommandLineRun run = CommandLineRun.of(compare.toArray(String[]::new));
    assertThat(run.err()).isEmpty();
    List<String> train = new ArrayList<>(List.of("train", "--optimizer=sgd", "--seed=3"));
    train.addAll(List.of(options));
    String accuracy = CommandLineRun.of(train.toArray(String[]::new)).lastLine();
    assertThat(run.outLines().get(1))
        .isEqualTo("1/1  sgd, learning rate 0.05, seed 3  " + accuracy.replaceFirst(" \\(.*", ""));
    assertThat(run.out()).contains("test accuracy after the best epoch, over the seeds");
  }

  @Test
  void divergenceIsAResult() {
    CommandLineRun run = CommandLineRun.of(
        "compare",
        "--data",
        data.toString(),
        "--optimizer",
        "sgd",
        "--learning-rate",
        "1e30",
        "--seed",
        "1",
        "--epochs",
        "1",
        "--output",
        folder.toString());
    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines().get(1))
        .startsWith("1/1  sgd, learning rate 1.0E30, seed 1  training diverged at step ");
    assertThat(run.lastLine()).matches("sgd +1\\.0E30( +-){4}  1 of 1 diverged");
  }

  @Test
  void refusesResultsOfOtherSettings() {
    assertThat(compare().exitCode()).isZero();
    CommandLineRun run = compare("--dropout", "0.5");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualToIgnoringNewLines("error: " + folder.resolve("adam-rate-0.003-seed-5.json")
            + ": expected the result of a run with these options and images, found one of others:"
            + " choose another folder with --output");
  }

  @Test
  void refusesADamagedResult() throws IOException {
    assertThat(compare().exitCode()).isZero();
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.min(Comparator.naturalOrder()).orElseThrow();
    }
    for (String content : List.of("", "{", "{}", "[1]", "{\"settings\":null}")) {
      Files.writeString(file, content);
      CommandLineRun run = compare();
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.errLines()).hasSize(1);
      assertThat(run.err()).startsWith("error: " + file + ": expected the result of a run, found ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--optimizer|adam:beta3=0.9|Invalid value for option '--optimizer' at index 0 (NAME): hyperparameter is 'beta3', expected beta1 or beta2 of Adam in 'adam:beta3=0.9'",
        "--optimizer|adam:beta2=1|Invalid value for option '--optimizer' at index 0 (NAME): beta2 is 1.0, expected ",
        "--optimizer|adam:rate=0.1/-1x|adam:rate is -1.0x, expected finite numbers above 0",
        "--optimizer|adam:rate=fast|Invalid value for option '--optimizer' at index 0 (NAME): expected a number, or a factor",
        "--optimizer|sgd:rate=0.2/1x|sgd:rate is [0.2, 0.2], expected each value once",
        "--optimizer|adam,adam:rate=0.1|--optimizer is [adam, adam], expected each value once",
        "--l2|-1|--l2 is -1.0, expected a finite number of at least 0",
        "--validation|10|--validation is 10, expected --early-stopping with it",
        "--csv|runs.txt|--csv is runs.txt, expected a name that ends in .csv",
        "--optimizer|adam:warmup=x|Invalid value for option '--optimizer' at index 0 (NAME): expected a name, as 'adam', or",
        "--optimizer|rmsprob|Invalid value for option '--optimizer' at index 0 (NAME): expected rmsprop but was 'rmsprob'",
        "--optimizer|adam,sgd,adam|--optimizer is [adam, sgd, adam], expected each value once",
        "--optimizer|adam:warmup=100000|--optimizer is adam:warmup=100000, expected a warmup of fewer than the 40 steps",
        "--learning-rate|0.1,-1|--learning-rate is -1.0, expected finite numbers above 0",
        "--seed|1,1|--seed is [1, 1], expected each value once",
        "--epochs|0|--epochs is 0, expected at least 1",
        "--jobs|0|--jobs is 0, expected at least 1",
        "--clip-norm|-1|--clip-norm is -1.0, expected a finite number above 0"
      })
  void wrongUsage(String option, String value, String message) {
    CommandLineRun run = CommandLineRun.of(
        "compare", "--data", data.toString(), "--output", folder.toString(), option, value);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: " + message);
    assertThat(folder).isEmptyDirectory();
  }

  private CommandLineRun compare(String... options) {
    List<String> args = new ArrayList<>(
        List.of("compare", "--data", data.toString(), "--output", folder.toString()));
    args.addAll(List.of(SMALL));
    args.addAll(List.of(options));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  private static String withoutTimes(byte[] json) {
    return new String(json, StandardCharsets.UTF_8)
        .replaceAll("\"(seconds|examplesPerSecond|checksum)\" : [^,\n]+", "");
  }
}
