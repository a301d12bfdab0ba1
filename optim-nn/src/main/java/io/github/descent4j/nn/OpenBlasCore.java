package io.github.descent4j.nn;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells OpenBLAS which kernels to use on Intel processors that are younger than it.
 *
 * <p>The OpenBLAS that ND4J brings (0.3.19, of 2021) does not know the models that came after it and falls back to its
 * oldest kernels, of the Prescott of 2004, which makes matrix products several times slower. It listens to the environment
 * variable {@code OPENBLAS_CORETYPE} when it is loaded, so the variable is set in this process before that; one that the
 * user has set is left alone. What was done is logged once.
 *
 * <p>{@link Sequential} calls this when it is first used. A program that uses ND4J before its first network calls it at its
 * start:
 *
 * <pre>{@code
 * OpenBlasCore.choose();
 * INDArray x = Nd4j.create(128, 784); // loads OpenBLAS
 * }</pre>
 */
public final class OpenBlasCore {
  private static final String VARIABLE = "OPENBLAS_CORETYPE";
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Path LOADED = Path.of("/proc/self/maps");
  private static final Logger log = LoggerFactory.getLogger(OpenBlasCore.class);

  private static boolean done;

  /** What {@link #choose} has set. */
  private static String chosen;

  /** The C library's part that we need. */
  interface C extends Library {
    int setenv(String name, String value, int overwrite);
  }

  private OpenBlasCore() {}

  /**
   * Sets the variable where that helps: on Linux, on an Intel processor with AVX2, where the user has not set it, and before
   * OpenBLAS is loaded. Does nothing elsewhere, or when called again.
   */
  public static synchronized void choose() {
    if (done) {
      return;
    }
    done = true;
    if (System.getenv(VARIABLE) != null || !Files.isReadable(PROCESSORS)) {
      return;
    }
    try {
      Optional<String> core = coreOf(Files.readString(PROCESSORS));
      if (core.isEmpty()) {
        return;
      }
      if (Files.readString(LOADED).contains("libopenblas")) {
        log.info(
            "OpenBLAS is loaded already, and keeps the kernels it has chosen;"
                + " OpenBlasCore.choose() at the start of the program, or {}={} in the environment, may"
                + " make it faster",
            VARIABLE,
            core.get());
        return;
      }
      Native.loadLibrary("c", C.class).setenv(VARIABLE, core.get(), 0);
      chosen = core.get();
      log.info("{}={} for this process", VARIABLE, core.get());
    } catch (IOException | LinkageError e) {
      log.info("{} stays unset", VARIABLE, e);
    }
  }

  /**
   * The processor that OpenBLAS was told to compute for, by the environment or by {@link #choose}.
   *
   * @return a name such as {@code HASWELL}; empty where OpenBLAS decides by itself
   */
  public static synchronized Optional<String> coreType() {
    String given = System.getenv(VARIABLE);
    return Optional.ofNullable(given != null ? given : chosen);
  }

  /** The kernels for a processor as Linux describes it; empty where OpenBLAS decides well by itself. */
  static Optional<String> coreOf(String processors) {
    if (!value(processors, "vendor_id").equals("GenuineIntel")) {
      return Optional.empty();
    }
    Set<String> flags = new HashSet<>(Arrays.asList(value(processors, "flags").split(" ")));
    if (flags.containsAll(Set.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"))) {
      return Optional.of("SKYLAKEX");
    }
    return flags.containsAll(Set.of("avx2", "fma")) ? Optional.of("HASWELL") : Optional.empty();
  }

  /** The value of the first line of a key, or an empty text. */
  private static String value(String processors, String key) {
    return processors
        .lines()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }
}
