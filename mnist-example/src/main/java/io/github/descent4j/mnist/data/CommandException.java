package io.github.descent4j.mnist.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A failure the user can do something about. The command prints its message as one line, without a stack trace, and
 * exits with status 1.
 */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Of what a file says, so much is worth repeating. */
  private static final int LONGEST_QUOTE = 200;

  public CommandException(String message) {
    super(message);
  }

  public CommandException(String message, Throwable cause) {
    super(message, cause);
  }

  /** For a file that is not as expected: always file, expected, found. */
  public static CommandException mismatch(String name, String expected, String found) {
    return mismatch(name, expected, found, null);
  }

  /** The same for what another exception told. */
  public static CommandException mismatch(
      String name, String expected, String found, Throwable cause) {
    return new CommandException(
        name + ": expected " + expected + ", found " + quoted(found), cause);
  }

  /** For a file that cannot be read. */
  public static CommandException unreadable(Path file, IOException cause) {
    String found = cause instanceof NoSuchFileException ? "no such file" : reason(cause);
    return mismatch(file.toString(), "a readable file", found, cause);
  }

  /** For a file that cannot be written. */
  public static CommandException unwritable(Path file, Exception cause) {
    return new CommandException(file + ": cannot be written: " + reason(cause), cause);
  }

  /** The same for one of several files in a folder: the one that the failure names. */
  public static CommandException unwritableIn(Path folder, IOException cause) {
    return cause instanceof FileSystemException known && known.getFile() != null
        ? unwritable(Path.of(known.getFile()), cause)
        : unwritable(folder, cause);
  }

  /** Why something failed, without the path, which the caller names. Never null. */
  public static String reason(Throwable failure) {
    Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : failure;
    if (cause instanceof FileSystemException known && known.getReason() != null) {
      return known.getReason();
    }
    if (cause instanceof NoSuchFileException) {
      return "no such folder";
    }
    if (cause instanceof AccessDeniedException) {
      return "no permission";
    }
    if (cause instanceof FileAlreadyExistsException) {
      return "a file";
    }
    return cause instanceof IOException && cause.getMessage() != null
        ? quoted(cause.getMessage())
        : quoted(cause.toString());
  }

  /** What a file says, as a message may repeat it: not too long, and in one line. */
  public static String quoted(String content) {
    return line(
        content.length() <= LONGEST_QUOTE ? content : content.substring(0, LONGEST_QUOTE) + "...");
  }

  /** Text in one line that does nothing to a terminal: control characters as their numbers. */
  public static String line(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints().forEach(c -> {
      if (c == '\n') {
        line.append("\\n");
      } else if (Character.isISOControl(c)
          || Character.getType(c) == Character.FORMAT
          || c == '\u2028'
          || c == '\u2029') {
        line.append("\\u").append(String.format(Locale.ROOT, "%04x", c));
      } else {
        line.appendCodePoint(c);
      }
    });
    return line.toString();
  }
}
