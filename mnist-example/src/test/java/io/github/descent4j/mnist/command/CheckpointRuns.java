package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A small data set and a folder for checkpoints, and the command on them. */
abstract class CheckpointRuns {
  private static final int STEPS_PER_EPOCH = 50;

  @TempDir
  static Path data;

  @TempDir
  Path folder;

  Path runs;

  @BeforeAll
  static void writeDataSet() {
    IdxBytes.writeDataSet(data, 1000, 200, 16, 16);
  }

  @BeforeEach
  void chooseFolder() {
    runs = folder.resolve("nested").resolve("runs");
  }

  static List<String> shortRun() {
    return List.of("--batch-size", "20", "--epochs", "2");
  }

  static CommandLineRun train(List<String> settings, String... options) {
    List<String> args = new ArrayList<>(List.of("train", "--data", data.toString()));
    args.addAll(settings);
    args.addAll(List.of(options));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  static void fails(String message, String... options) {
    List<String> args = new ArrayList<>(List.of("train"));
    args.addAll(List.of(options));
    CommandLineRun run = CommandLineRun.of(args.toArray(String[]::new));
    assertThat(run.err()).startsWith("error: " + message);
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.exitCode()).isEqualTo(1);
  }

  List<String> checkpoints() {
    try (Stream<Path> all = Files.list(runs)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.equals("lock"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static CommandLineRun evaluate(Path checkpoint) {
    return CommandLineRun.of(
        "evaluate", "--data", data.toString(), "--worst=0", "--checkpoint", checkpoint.toString());
  }

  static String step(int epoch) {
    return String.format(Locale.ROOT, "step-%08d", epoch * STEPS_PER_EPOCH);
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
