package io.github.descent4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A second JVM on the class path of this one. */
public final class JavaProcess {

  private JavaProcess() {}

  /** Starts a main class with its output in a file. */
  public static Process start(Path output, Class<?> main, String... arguments) throws IOException {
    return startOn(System.getProperty("java.class.path"), output, main, arguments);
  }

  /** The same on another class path. */
  public static Process startOn(String classPath, Path output, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // It ends after seconds, so C2 and a collector's threads would only take time from the tests.
    command.addAll(List.of("-ea", "-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", classPath));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** Waits for the end, and gives the exit status; a process that hangs is killed. */
  public static int finish(Process process) throws InterruptedException {
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return process.waitFor();
  }
}
