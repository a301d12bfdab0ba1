package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
    assertThat(run.outLines().subList(12, 15))
        .satisfiesExactly(
            line -> assertThat(line).matches("learning rate +0\\.003 +0\\.1 *"),
            line -> assertThat(line).matches("adam( +[01]\\.\\d{4} \\(0\\.\\d{4}\\)){2}"),
            line -> assertThat(line).matches("sgd:warmup=10( +[01]\\.\\d{4} \\(0\\.\\d{4}\\)){2}"));

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
    assertThat(run.lastLine()).matches("sgd +1 of 1 diverged *");
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
        "--optimizer|adam:warmup=x|Invalid value for option '--optimizer' at index 0 (NAME): expected a name, as 'adam', or",
        "--optimizer|rmsprob|Invalid value for option '--optimizer' at index 0 (NAME): expected one of sgd, ",
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
