package io.github.descent4j.mnist;

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
 * variable {@code OPENBLAS_CORETYPE} when it is loaded, so the variable is set in this process before ND4J starts; one that
 * the user has set is left alone.
 */
final class OpenBlasCore {
  private static final String VARIABLE = "OPENBLAS_CORETYPE";
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Logger log = LoggerFactory.getLogger(OpenBlasCore.class);

  /** The C library's part that we need. */
  interface C extends Library {
    int setenv(String name, String value, int overwrite);
  }

  private OpenBlasCore() {}

  /** Sets the variable where that helps; call it before anything of ND4J. */
  static void choose() {
    if (System.getenv(VARIABLE) != null || !Files.isReadable(PROCESSORS)) {
      return;
    }
    try {
      Optional<String> core = coreOf(Files.readString(PROCESSORS));
      if (core.isPresent()) {
        C c = Native.loadLibrary("c", C.class);
        c.setenv(VARIABLE, core.get(), 0);
        log.debug("{}={}", VARIABLE, core.get());
      }
    } catch (IOException | LinkageError e) {
      log.debug("{} stays unset", VARIABLE, e);
    }
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
