package io.github.descent4j.mnist;

/**
 * A failure the user can do something about. The command prints its message as one line, without a stack trace, and
 * exits with status 1.
 */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandException(String message) {
    super(message);
  }

  CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
