package io.github.descent4j.clip;

/** A norm of the elements of one or of all gradients. */
public enum Norm {
  /** The sum of the absolute values. */
  L1,
  /** The root of the sum of the squares. */
  L2,
  /** The largest absolute value: the infinity norm. */
  MAX
}
