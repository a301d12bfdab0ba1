package io.github.descent4j.decorator;

import io.github.descent4j.Optimizer;

/** What {@link Optimizer#accumulated} makes of the gradients of a window. */
public enum Accumulation {
  /** Their mean: the gradient of the mean loss over all micro-batches, where these are of one size. */
  MEAN,
  /** Their sum: for losses that have been divided already, or that are sums. */
  SUM
}
