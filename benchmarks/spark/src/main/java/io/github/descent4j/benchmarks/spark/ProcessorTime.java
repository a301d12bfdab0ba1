package io.github.descent4j.benchmarks.spark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** CPU time, in milliseconds: what else the machine does changes it less than the clock on the wall. */
final class ProcessorTime {
  /** What the kernel counts times in: USER_HZ of Linux. */
  private static final double TICKS_PER_MILLI = 0.1;

  private ProcessorTime() {}

  static OperatingSystemMXBean system() {
    return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }

  /** Of all threads of this JVM. */
  static double ofThisProcess() {
    return system().getProcessCpuTime() / 1e6;
  }

  /** Of its children, which the executors of local-cluster are. */
  static double ofChildren() {
    return ProcessHandle.current()
        .descendants()
        .mapToDouble(process ->
            process.info().totalCpuDuration().map(d -> d.toNanos() / 1e6).orElse(0.0))
        .sum();
  }

  /** How long the garbage collections of this JVM have taken, by the clock on the wall. */
  static double ofCollections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  /** Of the live threads of this JVM, by what they are; empty where there is no {@code /proc}. */
  static Map<String, Double> byThread() {
    Map<String, Double> times = new TreeMap<>();
    Path tasks = Path.of("/proc/self/task");
    if (!Files.isDirectory(tasks)) {
      return times;
    }
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        try {
          String stat = Files.readString(thread.resolve("stat"));
          int end = stat.lastIndexOf(')');
          String[] fields = stat.substring(end + 2).split(" ", -1);
          double ticks = Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
          times.merge(
              group(stat.substring(stat.indexOf('(') + 1, end)),
              ticks / TICKS_PER_MILLI,
              Double::sum);
        } catch (NoSuchFileException e) {
          // It has ended meanwhile.
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return times;
  }

  /** Linux keeps the first fifteen characters of a name. */
  private static String group(String name) {
    if (name.startsWith("C1 Comp") || name.startsWith("C2 Comp") || name.startsWith("Sweeper")) {
      return "JIT compilers";
    }
    if (name.startsWith("GC Thread") || name.startsWith("G1 ") || name.startsWith("VM ")) {
      return "garbage collection, VM";
    }
    if (name.startsWith("Executor task")) {
      return "tasks";
    }
    if (name.startsWith("java") || name.startsWith("main")) {
      return "the driver's loop";
    }
    return name.replaceAll("[-#]?[0-9]+$", "");
  }
}
