package io.github.descent4j.mnist.run;

/** What a campaign looks for: a run that did not stand what was done to it. */
final class Harmed extends RuntimeException {
  private static final long serialVersionUID = 1;

  Harmed(String message) {
    super(message);
  }

  Harmed(String message, Throwable cause) {
    super(message, cause);
  }
}
