package io.github.descent4j.mnist;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command in a JVM of its own, where its streams, its exit status and signals are real. */
class MainProcessTest {
  private static final int SIGTERM_STATUS = 128 + 15;

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
        .matches("error: out of memory \\(.*\\), expected a larger heap, as by java -Xmx4g\\R");
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

  private Process start(String... args) throws IOException {
    return start(List.of(), args);
  }

  private Process start(List<String> options, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // What JDK 24 and later would warn about otherwise.
      if (option.startsWith("--enable-native-access") || option.startsWith("--sun-misc-unsafe")) {
        command.add(option);
      }
    }
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(errors.toFile()).start();
  }
}
