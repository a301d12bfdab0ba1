package io.github.descent4j.decorator;

import io.github.descent4j.Optimizer;

/** What {@link Optimizer#guarded} does with a step one of whose gradients is NaN or infinite. */
public enum NonFinite {
  /** Throws {@link NonFiniteGradientException} before anything has changed. */
  FAIL,
  /** Leaves parameters, state and step count as they are, and counts the step as skipped. */
  SKIP
}
