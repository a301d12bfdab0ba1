package io.github.descent4j.mnist;

import io.github.descent4j.mnist.data.CommandException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Why ND4J's native code does not load. JavaCPP unpacks it from the jar into a folder, {@code .javacpp/cache} of the home or else of the
 * temporary folder, and loads it from there: the folder must be one that can be written to, and executed from.
 */
final class NativeCode {
  private static final String CACHE = "org.bytedeco.javacpp.cachedir";

  private NativeCode() {}

  /** One line that names the cause, and the cure. */
  static String problem(LinkageError error) {
    String cure = "; expected java -D" + CACHE
        + "=DIR, with a folder DIR that can be written to and is not mounted noexec";
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("Could not create the cache")) {
        return "there is no folder to unpack ND4J's native code into: neither "
            + System.getProperty(
                CACHE,
                Path.of(System.getProperty("user.home"), ".javacpp", "cache").toString())
            + " nor one in " + System.getProperty("java.io.tmpdir") + " can be written to" + cure;
      }
      if (message.contains("failed to map segment")
          || message.contains("Operation not permitted")
          || message.contains("Permission denied")) {
        return "ND4J's native code must not be executed where it is unpacked, "
            + CommandException.quoted(message.split(": ", 2)[0]) + cure;
      }
      if (cause instanceof IOException) {
        return "ND4J's native code cannot be unpacked: " + CommandException.quoted(message) + cure;
      }
    }
    return "ND4J does not load on " + System.getProperty("os.name") + " "
        + System.getProperty("os.arch")
        + ", expected a jar built for this platform (docs/running.md)";
  }
}
