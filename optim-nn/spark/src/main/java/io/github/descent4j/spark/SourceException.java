package io.github.descent4j.spark;

/** A network or a training set could not be made: on this executor it would not help to try again. */
final class SourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
