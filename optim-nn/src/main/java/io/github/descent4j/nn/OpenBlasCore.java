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
 * Tells OpenBLAS which kernels to use on processors that are younger than it.
 *
 * <p>The OpenBLAS that ND4J brings (0.3.19, of 2021) does not know Intel's models that came after it and falls back to its
 * oldest kernels, of the Prescott of 2004, which makes matrix products several times slower; on AMD's processors with AVX-512, which came later too, it takes kernels
 * without that, which are slower for the small products of convolutions. It listens to the environment
 * variable {@code OPENBLAS_CORETYPE} when it is loaded, so the variable is set in this process before that; one that the
 * user has set is left alone. What was done is logged once.
 *
 * <p>{@link Sequential} calls {@link #choose} when the first network is made. A program that uses ND4J before that calls it at its
 * start:
 *
 * <pre>{@code
 * OpenBlasCore.choose();
 * INDArray x = Nd4j.create(128, 784); // loads OpenBLAS
 * }</pre>
 *
 * <p>A program that wants its environment left alone calls {@link #refuse} instead, or is started with {@code
 * -Dio.github.descent4j.blasCore=none}.
 */
public final class OpenBlasCore {
  private static final String VARIABLE = "OPENBLAS_CORETYPE";
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Path LOADED = Path.of("/proc/self/maps");
  private static final Logger log = LoggerFactory.getLogger(OpenBlasCore.class);

  /** The system property: {@code none} leaves the environment alone, {@code auto}, the default, does not. */
  private static final String PROPERTY = "io.github.descent4j.blasCore";

  private static boolean done;

  /** What {@link #choose} has set. */
  private static String chosen;

  /** The C library's part that we need. */
  interface C extends Library {
    int setenv(String name, String value, int overwrite);
  }

  private OpenBlasCore() {}

  /**
   * Sets the variable where that helps: on Linux, on an Intel processor with AVX2 or an AMD processor with AVX-512, where the user has not set it, and before
   * OpenBLAS is loaded. Does nothing elsewhere, when called again, or when the program has refused it.
   *
   * @throws IllegalStateException if the system property {@code io.github.descent4j.blasCore} is neither {@code auto} nor {@code none}
   */
  public static synchronized void choose() {
    if (done) {
      return;
    }
    try {
      String processors = Files.isReadable(PROCESSORS) ? Files.readString(PROCESSORS) : "";
      Optional<String> core =
          wanted(System.getProperty(PROPERTY), System.getenv(VARIABLE), processors);
      done = true;
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
      done = true;
      log.info("{} stays unset", VARIABLE, e);
    }
  }

  /**
   * Leaves the environment of this process alone from now on: {@link #choose} does nothing any more.
   *
   * @throws IllegalStateException if the variable has been set already
   */
  public static synchronized void refuse() {
    if (chosen != null) {
      throw new IllegalStateException(VARIABLE + " was set to " + chosen
          + " already, expected refuse() before the first network and before choose()");
    }
    done = true;
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

  /**
   * What to set the variable to.
   *
   * @param property of the JVM, null if it is not set
   * @param given value of the variable, null if it is not set
   */
  static Optional<String> wanted(String property, String given, String processors) {
    if (property != null && !property.equals("auto") && !property.equals("none")) {
      throw new IllegalStateException(PROPERTY + " is '" + property + "', expected auto or none");
    }
    return "none".equals(property) || given != null ? Optional.empty() : coreOf(processors);
  }

  /** The kernels for a processor as Linux describes it; empty where OpenBLAS decides well by itself. */
  static Optional<String> coreOf(String processors) {
    String vendor = value(processors, "vendor_id");
    boolean intel = vendor.equals("GenuineIntel");
    if (!intel && !vendor.equals("AuthenticAMD")) {
      return Optional.empty();
    }
    Set<String> flags = new HashSet<>(Arrays.asList(value(processors, "flags").split(" ")));
    if (flags.containsAll(Set.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"))) {
      return Optional.of("SKYLAKEX");
    }
    return intel && flags.containsAll(Set.of("avx2", "fma"))
        ? Optional.of("HASWELL")
        : Optional.empty();
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
