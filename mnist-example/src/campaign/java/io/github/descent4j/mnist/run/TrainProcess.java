package io.github.descent4j.mnist.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command {@code train} of the runnable jar in a JVM of its own. */
final class TrainProcess {
  /** The status of a process that SIGKILL has ended. */
  static final int KILLED = 128 + 9;

  private static final int LIMIT_SECONDS = 180;

  private final Process process;
  private final Path out;
  private final Path err;

  private TrainProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts it.
   *
   * @param before what starts the JVM in other circumstances, as a shell with a limit; nothing for itself
   * @param jvm the command line as far as the jar
   * @param streams names the files of its standard output and error
   */
  static TrainProcess start(
      List<String> before, List<String> jvm, List<String> arguments, Path streams)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(jvm);
    command.addAll(arguments);
    Path out = Path.of(streams + ".out");
    Path err = Path.of(streams + ".err");
    Process process = new ProcessBuilder(command)
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
    return new TrainProcess(process, out, err);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Kills it, if it has not ended yet; gives its status. */
  int kill() throws InterruptedException {
    process.destroyForcibly();
    return process.waitFor();
  }

  /** Gives the status with which it ends by itself; fails if it does not. */
  int await() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      kill();
      throw new Harmed("hung for " + LIMIT_SECONDS + " seconds");
    }
    return process.exitValue();
  }

  String errors() throws IOException {
    return Files.readString(err);
  }

  /** Whether it has said anything, which it does when the folder is its own. */
  boolean hasPrinted() {
    return out.toFile().length() > 0;
  }

  /** The last line on standard output. */
  String result() throws IOException {
    List<String> lines = Files.readAllLines(out);
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }
}
