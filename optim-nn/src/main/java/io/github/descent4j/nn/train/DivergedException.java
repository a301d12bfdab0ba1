package io.github.descent4j.nn.train;

/**
 * Training produced a loss or a gradient that is NaN or infinite. The step that would have used it was not done: the
 * network and the optimizer are as the step before left them.
 */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long step;

  DivergedException(long step, String message, Throwable cause) {
    super(message, cause);
    this.step = step;
  }

  /**
   * The step that could not be done.
   *
   * @return number of the step since the trainer was made, from 1
   */
  public long step() {
    return step;
  }
}
