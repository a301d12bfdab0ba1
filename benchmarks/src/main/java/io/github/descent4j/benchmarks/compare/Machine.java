package io.github.descent4j.benchmarks.compare;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What a result must say about where it came from. */
final class Machine {
  private Machine() {}

  static String processor() {
    return run(Path.of("."), "lscpu")
        .flatMap(text -> text.lines()
            .filter(line -> line.startsWith("Model name:"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst())
        .orElse(System.getProperty("os.arch"));
  }

  static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  static String system() {
    return System.getProperty("os.name") + " " + System.getProperty("os.version");
  }

  /** Processes that wanted a core in the last minute: near 0 on a quiet machine. */
  static String load() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return String.format(Locale.ROOT, "%.1f", load);
  }

  static String jdk() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version")
        + ", " + System.getProperty("java.vendor");
  }

  /** The commit of the working tree, marked if it has changes. */
  static String commit(Path folder) {
    return run(folder, "git", "describe", "--always", "--dirty", "--abbrev=12")
        .map(String::strip)
        .orElse("unknown");
  }

  private static Optional<String> run(Path folder, String... command) {
    try {
      Process process = new ProcessBuilder(command).directory(folder.toFile()).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? Optional.of(text) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
