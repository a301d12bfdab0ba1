package io.github.descent4j.mnist;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.run.Checkpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command in a JVM of its own, where its streams, its exit status and signals are real. */
@Tag("slow")
class MainProcessTest {
  private static final List<String> SIGNALS = withSignals();
  private static final int SIGINT_STATUS = 128 + 2;
  private static final int SIGTERM_STATUS = 128 + 15;

  /** Of 1000 images in batches of 2, after 5 epochs. */
  private static final String LAST_NETWORK = "step-00002500/network.npz";

  /** That of a run which nothing has stopped, once one is there. */
  private static byte[] lastNetwork;

  @TempDir
  Path data;

  private Path errors;

  @BeforeEach
  void writeDataSet() {
    IdxBytes.writeDataSet(data, 1000, 200, 8, 10);
    errors = data.resolve("stderr");
  }

  @Test
  void standardErrorIsEmptyWhenAllGoesWell() throws IOException, InterruptedException {
    Process process = start("train", "--data", data.toString(), "--epochs", "1");
    List<String> out = process.inputReader().lines().toList();
    assertThat(process.waitFor()).isZero();
    assertThat(errors).isEmptyFile();
    assertThat(out).hasSize(5);
    assertThat(out.get(4)).matches("test accuracy [01]\\.\\d{4} \\(\\d+/200\\)");
  }

  @Test
  void theEnvironmentAsksForWhatNd4jLogs() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command(List.of(), "train", "--data", data.toString(), "--epochs", "1"));
    builder.environment().put("DESCENT4J_LOG", "INFO");
    Process process = builder.redirectError(errors.toFile()).start();
    assertThat(process.inputReader().lines()).hasSize(5);
    assertThat(process.waitFor()).isZero();
    assertThat(errors).content().contains(" INFO ").contains("Loaded [CpuBackend] backend");
  }

  /** In the second and the third locale, numbers have other digits. */
  @Test
  void nothingDependsOnTheLocale() throws IOException, InterruptedException {
    List<List<String>> printed = new ArrayList<>();
    for (List<String> locale : List.of(
        List.of("-Duser.language=en", "-Duser.country=US"),
        List.of("-Duser.language=ar", "-Duser.country=SA", "-Duser.extensions=u-nu-arab"),
        List.of("-Duser.language=mr", "-Duser.country=IN"))) {
      Path runs = data.resolve("runs-" + printed.size());
      List<String> lines = new ArrayList<>();
      for (String[] command : new String[][] {
        {"train", "--data=" + data, "--epochs=2", "--keep=1", "--checkpoint=" + runs},
        {"evaluate", "--data=" + data, "--checkpoint=" + runs}
      }) {
        Process process = start(locale, command);
        process
            .inputReader()
            .lines()
            .map(line ->
                line.replace(runs.toString(), "RUNS").replaceFirst(" \\d+\\.\\d\\d s .*", ""))
            .forEach(lines::add);
        assertThat(process.waitFor()).isZero();
        assertThat(errors).isEmptyFile();
      }
      assertThat(runs).isDirectoryContaining("glob:**/step-00000016");
      printed.add(lines);
    }
    assertThat(printed).allMatch(printed.get(0)::equals);
  }

  @Test
  void failuresAreOneLineAndAStatus() throws IOException, InterruptedException {
    Path missing = data.resolve("missing");
    Process process = start("train", "--data", missing.toString());
    assertThat(process.inputReader().lines()).isEmpty();
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(errors)
        .hasContent("error: " + missing
            + ": expected a directory with the four IDX files, found no such directory");
  }

  @Test
  void anotherPlatformIsOneLine() throws IOException, InterruptedException {
    Process process = start(
        List.of("-Dorg.bytedeco.javacpp.platform=macosx-ppc"), "train", "--data", data.toString());
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(errors)
        .content()
        .matches("error: ND4J does not load on .*, expected a jar built for this platform .*\\R");
  }

  @Test
  void aSmallHeapIsOneLine() throws IOException, InterruptedException {
    Process process = start(List.of("-Xmx30m"), "train");
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(errors)
        .content()
        .matches("error: out of memory( \\(.*\\))?, expected a larger heap, as by java -Xmx4g\\R");
  }

  @Test
  void endsAfterTheStepWhenAskedTo() throws IOException, InterruptedException {
    Process process = start("train", "--data", data.toString(), "--epochs", "1000000");
    try (BufferedReader out = process.inputReader()) {
      while (!out.readLine().startsWith("epoch ")) {
        // Training has not begun yet.
      }
      process.destroy();
      assertThat(process.waitFor(60, SECONDS)).isTrue();
    }
    assertThat(process.exitValue()).isEqualTo(SIGTERM_STATUS);
    assertThat(errors)
        .content()
        .matches("interrupted after step \\d+; nothing is saved without --checkpoint\\R");
  }

  @Test
  void ctrlCSavesAndTheRunGoesOnToTheSameBits() throws IOException, InterruptedException {
    Path broken = data.resolve("broken");
    Process process = start(training(broken));
    awaitEpochs(process, 1);
    signal(process, "INT");
    assertThat(process.waitFor(60, SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(SIGINT_STATUS);
    assertThat(errors)
        .content()
        .matches("interrupted after step \\d+; train --resume \\S+ goes on from here\\R");

    assertThat(start("train", "--resume", broken.toString()).waitFor()).isZero();
    assertThat(broken.resolve(LAST_NETWORK)).hasBinaryContent(lastNetwork());
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "HUP, 129"})
  void otherSignalsSaveToo(String signal, int status) throws IOException, InterruptedException {
    Path runs = data.resolve("runs");
    Process process = start(training(runs));
    awaitEpochs(process, 1);
    signal(process, signal);
    assertThat(process.waitFor(60, SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(status);
    assertThat(errors)
        .content()
        .matches("interrupted after step \\d+; train --resume \\S+ goes on from here\\R");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--report=/dev/full", "--metrics=LINK.csv"})
  void aFullDiskIsNamed(String option) throws IOException, InterruptedException {
    Path link = Files.createSymbolicLink(data.resolve("full.csv"), Path.of("/dev/full"));
    String argument = option.replace("LINK.csv", link.toString());
    Process process = start("train", "--data=" + data, "--epochs=1", argument);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(errors)
        .content()
        .matches("error: " + argument.replaceFirst(".*=", "")
            + ": cannot be written: No space left.*\\R");
  }

  @Test
  void aHomeThatCannotBeWrittenIsNamedWithTheCure() throws IOException, InterruptedException {
    Process process = start(
        List.of("-Duser.home=/proc/none", "-Djava.io.tmpdir=/proc"), "train", "--data=" + data);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(errors)
        .content()
        .matches("error: there is no folder to unpack ND4J's native code into: neither"
            + " /proc/none/.javacpp/cache nor one in /proc can be written to; expected java"
            + " -Dorg.bytedeco.javacpp.cachedir=DIR, .*\\R");
  }

  @Test
  void aKilledRunGoesOnFromItsLastCheckpoint() throws IOException, InterruptedException {
    Path killed = data.resolve("killed");
    Process process = start(training(killed));
    awaitEpochs(process, 2);
    process.destroyForcibly();
    process.waitFor();

    assertThat(start("train", "--resume", killed.toString()).waitFor()).isZero();
    assertThat(killed.resolve(LAST_NETWORK)).hasBinaryContent(lastNetwork());
  }

  /** Nobody reads the pipe: the run waits at it, so the first signal cannot have ended it before the second one comes. */
  @Test
  void theSecondCtrlCEndsAtOnce() throws IOException, InterruptedException {
    Path pipe = data.resolve("pipe.csv");
    new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    Process process = start("train", "--data", data.toString(), "--metrics", pipe.toString());
    process.inputReader().readLine();
    signal(process, "INT");
    assertThat(process.waitFor(1, SECONDS)).isFalse();
    signal(process, "INT");
    assertThat(process.waitFor(60, SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(SIGINT_STATUS);
    assertThat(errors).isEmptyFile();
  }

  @Test
  void aFullDiskLosesNothing() throws IOException, InterruptedException {
    Path runs = data.resolve("runs");
    Process process =
        start("train", "--data", data.toString(), "--epochs", "1", "--checkpoint", runs.toString());
    assertThat(process.waitFor()).isZero();
    Path first = runs.resolve("step-00000008");
    byte[] before = Files.readAllBytes(first.resolve(Checkpoint.NETWORK));

    Path other = data.resolve("other");
    List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -f 300; exec \"$@\"", "sh"));
    command.addAll(command(
        List.of("-XX:-UsePerfData"),
        "train",
        "--data",
        data.toString(),
        "--checkpoint",
        other.toString()));
    Process full = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    assertThat(full.waitFor()).isEqualTo(1);
    assertThat(errors)
        .content()
        .matches("error: \\S+step-00000008: cannot be written: .*File too large.*\\R");
    assertThat(other)
        .isDirectoryContaining("glob:**/lock")
        .isDirectoryNotContaining("glob:**step-*");
    assertThat(first.resolve(Checkpoint.NETWORK)).hasBinaryContent(before);
  }

  /** A run of 5 epochs of 500 steps, so that there is time left to a signal that comes after the first ones. */
  private String[] training(Path checkpoints) {
    return new String[] {
      "train",
      "--data",
      data.toString(),
      "--epochs",
      "5",
      "--batch-size",
      "2",
      "--dropout",
      "0.1",
      "--checkpoint",
      checkpoints.toString()
    };
  }

  private byte[] lastNetwork() throws IOException, InterruptedException {
    if (lastNetwork == null) {
      Path whole = data.resolve("whole");
      assertThat(start(training(whole)).waitFor()).isZero();
      lastNetwork = Files.readAllBytes(whole.resolve(LAST_NETWORK));
    }
    return lastNetwork;
  }

  private static void awaitEpochs(Process process, int epochs) throws IOException {
    BufferedReader out = process.inputReader();
    while (!out.readLine().startsWith("epoch " + epochs)) {
      // Not there yet.
    }
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  private Process start(String... args) throws IOException {
    return start(List.of(), args);
  }

  private Process start(List<String> options, String... args) throws IOException {
    return new ProcessBuilder(command(options, args))
        .redirectError(errors.toFile())
        .start();
  }

  /**
   * Nothing, or what gives a process the signals that it would have on a terminal: a build that nohup or a shell has put into the
   * background ignores some of them, and so does all that it starts.
   */
  private static List<String> withSignals() {
    List<String> env = List.of("env", "--default-signal=INT,HUP,TERM");
    List<String> probe = new ArrayList<>(env);
    probe.add("true");
    try {
      return new ProcessBuilder(probe).start().waitFor() == 0 ? env : List.of();
    } catch (IOException e) {
      // As on Windows.
      return List.of();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> command(List<String> options, String... args) {
    List<String> command = new ArrayList<>(SIGNALS);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // What JDK 24 and later would warn about otherwise, which collector is to be used, and how
      // many threads.
      if (option.startsWith("--enable-native-access")
          || option.startsWith("--sun-misc-unsafe")
          || option.startsWith("-XX:")
          || option.startsWith("-Dio.github.descent4j.threads")) {
        command.add(option);
      }
    }
    // C2 would take most of the time of processes that end after seconds.
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(args));
    return command;
  }
}
