package io.github.descent4j.mnist.report;

import io.github.descent4j.Threads;
import io.github.descent4j.internal.program.Loops;
import io.github.descent4j.mnist.data.Require;
import io.github.descent4j.nn.OpenBlasCore;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What speed and last bits depend on, besides the command line.
 *
 * @param version of descent4j
 * @param java name and version of the JVM
 * @param jvmOptions as given to {@code java}
 * @param os operating system and architecture
 * @param processors that the JVM may use
 * @param kernels of the optimizers: scalar or vector
 * @param threads that may work at a time
 * @param blasCore the processor that OpenBLAS was told to compute for, or "automatic"
 */
public record Environment(
    String version,
    String java,
    String jvmOptions,
    String os,
    int processors,
    String kernels,
    int threads,
    String blasCore) {

  /** Checks that nothing is missing. */
  public Environment {
    Require.present("version", version);
    Require.present("java", java);
    Require.present("jvmOptions", jvmOptions);
    Require.present("os", os);
    Require.present("kernels", kernels);
    Require.present("blasCore", blasCore);
  }

  /** That of this process. */
  public static Environment current(String version) {
    return new Environment(
        version,
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()),
        System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
            + System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        Loops.chosen().kind().name().toLowerCase(Locale.ROOT),
        Threads.available(),
        OpenBlasCore.coreType().orElse("automatic"));
  }

  /** Names and values, for a table. */
  Map<String, String> rows() {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("descent4j", version);
    rows.put("Java", java);
    rows.put("JVM options", jvmOptions.isEmpty() ? "none" : jvmOptions);
    rows.put("operating system", os);
    rows.put("processors", Integer.toString(processors));
    rows.put("optimizer kernels", kernels);
    rows.put("optimizer threads", Integer.toString(threads));
    rows.put("OpenBLAS core type", blasCore);
    return rows;
  }
}
