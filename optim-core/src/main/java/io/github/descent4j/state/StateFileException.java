package io.github.descent4j.state;

import io.github.descent4j.internal.file.Quote;
import java.nio.file.Path;

/**
 * A state file is damaged, or is not one, or does not fit what it is loaded into; nothing has
 * changed. The message names the file, the entry in it, the value and what was expected.
 */
public final class StateFileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private static final int LONGEST = 1000;
  private static final int END = 300;

  private final transient Path file;

  /**
   * With what is wrong with a file.
   *
   * @param file the file
   * @param problem a phrase of which the file is the subject
   * @param cause may be null
   */
  public StateFileException(Path file, String problem, Throwable cause) {
    super("state file " + file + " " + shortened(problem), cause);
    this.file = file;
  }

  /** Names in a file may be of any length, and have any characters. */
  private static String shortened(String problem) {
    String line = Quote.line(problem);
    return line.length() <= LONGEST
        ? line
        : line.substring(0, LONGEST - END) + " ... " + line.substring(line.length() - END);
  }

  /** The file, null if this exception has been serialized. */
  public Path file() {
    return file;
  }
}
