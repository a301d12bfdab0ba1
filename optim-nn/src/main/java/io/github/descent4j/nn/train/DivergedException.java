package io.github.descent4j.nn.train;

import java.util.Optional;

/**
 * Training produced a loss or a gradient that is NaN or infinite. The optimizer did not take the step: parameters and
 * optimizer are as the step before left them.
 */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long step;
  private final String parameterName;

  /**
   * With what was found.
   *
   * @param step number of the step that could not be done, from 1
   * @param parameterName the first parameter whose value or gradient is not finite; may be null
   * @param found such as "the loss is NaN, expected a finite number"
   * @param cause what names the parameter already; may be null
   */
  public DivergedException(long step, String parameterName, String found, Throwable cause) {
    super(
        "training diverged at step "
            + step
            + ": "
            + found
            + (cause == null && parameterName != null
                ? "; the first parameter that is not finite, or has such a gradient, is '"
                    + parameterName
                    + "'"
                : ""),
        cause);
    this.step = step;
    this.parameterName = parameterName;
  }

  /**
   * The step that could not be done.
   *
   * @return number of the step since the trainer was made, from 1
   */
  public long step() {
    return step;
  }

  /**
   * The first parameter whose value or gradient is not finite.
   *
   * @return its name, or nothing if all are finite
   */
  public Optional<String> parameterName() {
    return Optional.ofNullable(parameterName);
  }
}
