package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.run.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a checkpoint's files say: one line that names the file, and exit status 1. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HostileCheckpointTest {
  private static final String SUM = ",\\s+\"checksum\" : \"[0-9a-f]{8}\"";

  @TempDir
  static Path folder;

  private static Path runs;
  private static Path checkpoint;
  private static String run;
  private static String record;

  @BeforeAll
  static void train() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    IdxBytes.writeDataSet(data, 200, 50, 8, 8);
    runs = folder.resolve("runs");
    CommandLineRun trained = CommandLineRun.of(
        "train",
        "--data=" + data,
        "--epochs=2",
        "--early-stopping=5",
        "--validation=20",
        "--checkpoint=" + runs,
        "--report=" + folder.resolve("report.html"));
    assertThat(trained.err()).isEmpty();
    checkpoint = runs.resolve("step-00000004");
    run = Files.readString(checkpoint.resolve(Checkpoint.RUN));
    record = Files.readString(checkpoint.resolve(Checkpoint.RECORD));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      "--model" : "mlp"            | "--model" : "vgg"
      "--model" : "mlp",           |
      "--seed" : "42"              | "--dropout" : "0.0"
      "--model" : "mlp"            | "--model" : null
      "--epochs" : "2"             | "--epochs" : "-2"
      "--epochs" : "2"             | "--epochs" : "99999999999"
      "--epochs" : "2"             | "--epochs" : "@/etc/passwd"
      "--epochs" : "2"             | "@/etc/passwd" : "2"
      "--epochs" : "2"             | "--help" : "true"
      "--epochs" : "2"             | "--checkpoint" : "elsewhere"
      "--epochs" : "2"             | "--augment" : "false"
      "--epochs" : "2"             | "" : ""
      "--seed" : "42"              | "--seed" : "\\u001b[2J\\nerror"
      "--batch-size" : "128"       | "--batch-size" : "0"
      "--validation" : "20"        | "--validation" : "2147483647"
      "settings" : {               | "settings" : null, "nothing" : {
      "rows" : 8                   | "rows" : -8
      "rows" : 8                   | "rows" : 0
      "rows" : 8                   | "rows" : 2147483647
      "rows" : 8                   | "rows" : 1e99
      "rows" : 8                   | "rows" : null
      "columns" : 8                | "columns" : 20000
      "steps" : 4                  | "steps" : -4
      "steps" : 4                  | "steps" : 5
      "steps" : 4                  | "steps" : 9223372036854775807
      "epochs" : 2                 | "epochs" : 2147483647
      "batches" : 0                | "batches" : 77
      "scale" : {                  | "scale" : null, "nothing" : {
      "mean" :                     | "mean" : 1e300, "nothing" :
      "deviation" :                | "deviation" : -1, "nothing" :
      "validations" : [            | "validations" : [ null,
      "epochs" : [                 | "epochs" : [ null,
      "formatVersion" : 1          | "formatVersion" : []
      """)
  void aRunThatIsNone(String from, String to) throws IOException {
    Path file = checkpoint.resolve(Checkpoint.RUN);
    try {
      edit(file, run, from, to == null ? "" : to);
      failsInOneLine(file, "train", "--resume=" + runs);
    } finally {
      Files.writeString(file, run);
    }
  }

  /** The layers refuse such numbers by a name of their own, which says nothing of a file. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      "--drop-connect" : "1.5" | expected a setting --drop-connect in [0, 1), found 1.5
      "--drop-connect" : "NaN" | expected a setting --drop-connect in [0, 1), found NaN
      "--l0" : "-1"            | expected a setting --l0 that is a finite number of at least 0, found -1.0
      "--l0" : "NaN"           | expected a setting --l0 that is a finite number of at least 0, found NaN
      "--l0" : "Infinity"      | expected a setting --l0 that is a finite number of at least 0, found Infinity
      """)
  void aPartOutOfRange(String setting, String message) throws IOException {
    Path file = checkpoint.resolve(Checkpoint.RUN);
    try {
      edit(file, run, "\"--epochs\" : \"2\"", "\"--epochs\" : \"2\", " + setting);
      CommandLineRun failed = CommandLineRun.of("evaluate", "--checkpoint=" + checkpoint);
      assertThat(failed.errLines()).containsExactly("error: " + file + ": " + message);
      assertThat(failed.exitCode()).isEqualTo(1);
    } finally {
      Files.writeString(file, run);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      "steps" : [                  | "steps" : [ null,
      "epochs" : [                 | "epochs" : [ null,
      "gradients" : [              | "gradients" : [ null,
      "sessions" : [               | "sessions" : [ null,
      "parameters" : [             | "parameters" : [ null,
      "parameters" : [             | "parameters" : [ "another",
      "parameters" : [             | "parameters" : null, "nothing" : [
      "--model" : "mlp"            | "--model" : null
      "environment" : {            | "environment" : null, "nothing" : {
      "command" :                  | "command" : null, "nothing" :
      "norms" : [                  | "norms" : [ 1,
      "norms" : [                  | "norms" : null, "nothing" : [
      "updateRatios" : [           | "updateRatios" : null, "nothing" : [
      """)
  void aRecordThatIsNone(String from, String to) throws IOException {
    Path file = checkpoint.resolve(Checkpoint.RECORD);
    try {
      edit(file, record, from, to);
      failsInOneLine(file, "train", "--resume=" + runs, "--report=" + folder.resolve("again.html"));
    } finally {
      Files.writeString(file, record);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"run.json", "record.json"})
  void nestsTooDeep(String name) throws IOException {
    Path file = checkpoint.resolve(name);
    String whole = Files.readString(file);
    try {
      Files.writeString(file, "{\"settings\":" + "[".repeat(1_000_000));
      failsInOneLine(file, "train", "--resume=" + runs);
    } finally {
      Files.writeString(file, whole);
    }
  }

  /** One digit of the mean changes the results, and nothing else would tell. */
  @Test
  void aChangedDigitIsFound() throws IOException {
    Path file = checkpoint.resolve(Checkpoint.RUN);
    try {
      Files.writeString(file, run.replaceFirst("(\"mean\" : \\d*)\\d\\.", "$17."));
      assertThat(Files.readString(file)).isNotEqualTo(run);
      failsInOneLine(file, "train", "--resume=" + runs);
      failsInOneLine(file, "evaluate", "--checkpoint=" + checkpoint);
    } finally {
      Files.writeString(file, run);
    }
  }

  @Test
  void filesOfEarlierVersionsHaveNoChecksum() throws IOException {
    Path runFile = checkpoint.resolve(Checkpoint.RUN);
    Path recordFile = checkpoint.resolve(Checkpoint.RECORD);
    try {
      Files.writeString(runFile, run.replaceFirst(SUM, ""));
      Files.writeString(recordFile, record.replaceFirst(SUM, "").replaceAll("\\n *", " "));
      CommandLineRun again = CommandLineRun.of("train", "--resume=" + runs);
      assertThat(again.err()).isEmpty();
      assertThat(again.exitCode()).isZero();
    } finally {
      Files.writeString(runFile, run);
      Files.writeString(recordFile, record);
    }
  }

  private static void edit(Path file, String whole, String from, String to) throws IOException {
    String text = whole.replaceFirst(SUM, "");
    assertThat(text).isNotEqualTo(whole).contains(from);
    Files.writeString(file, text.replaceFirst(Pattern.quote(from), to.replace("\\", "\\\\")));
  }

  private static void failsInOneLine(Path file, String... args) {
    CommandLineRun failed = CommandLineRun.of(args);
    List<String> lines = failed.errLines();
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .startsWith("error: ")
        .contains(file.toString())
        .doesNotContain("\u001b");
    assertThat(lines.get(0).length()).isLessThan(2 * file.toString().length() + 700);
    assertThat(failed.exitCode()).isEqualTo(1);
  }
}
