package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

/**
 * What a {@link LineSearch} has found.
 *
 * @param step the step to take
 * @param value the value there
 * @param evaluations of the function along the ray
 * @param status how good it is
 */
public record LineSearchResult(double step, double value, int evaluations, Status status) {

  /** Takes them as they are. */
  public LineSearchResult {
    requireNonNull(status, "status is null, expected how good the step is");
  }

  /** How good a step is. */
  public enum Status {
    /** All that the search asks for is true. */
    FOUND,
    /** The value is lower, but a limit or rounding ended the search before all was true. */
    DECREASED,
    /** The greatest step allowed, lower by what was asked for, where the function still falls steeply. */
    STILL_FALLING,
    /** No step is good: nothing to take. */
    FAILED
  }

  static LineSearchResult failed(double value, int evaluations) {
    return new LineSearchResult(0, value, evaluations, Status.FAILED);
  }
}
