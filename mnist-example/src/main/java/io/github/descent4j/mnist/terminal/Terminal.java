package io.github.descent4j.mnist.terminal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** Finds out whether standard error is a terminal. */
public final class Terminal {
  /** Assumed of a terminal that does not know its own. */
  private static final int USUAL_WIDTH = 80;

  private Terminal() {}

  /**
   * The width of the terminal that standard error is; empty if it is none, or if there is no POSIX shell to ask.
   *
   * <p>Java tells nothing about standard error, only about standard input and output together.
   */
  public static OptionalInt errorWidth() {
    try {
      Process process = new ProcessBuilder("sh", "-c", "test -t 2 && stty size <&2")
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
      process.getOutputStream().close();
      String[] rowsAndColumns = new String(
              process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
          .strip()
          .split(" ", 2);
      if (rowsAndColumns.length < 2) {
        return OptionalInt.empty();
      }
      int width = Integer.parseInt(rowsAndColumns[1]);
      return OptionalInt.of(width == 0 ? USUAL_WIDTH : width);
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
