package io.github.descent4j.internal.access;

import io.github.descent4j.Parameter;
import io.github.descent4j.clip.AdaptiveClip;

/** The settings of an {@link AdaptiveClip}, for the optimizer that clips by them. */
public interface AdaptiveClipAccess {
  /** The only one. */
  AdaptiveClipAccess ACCESS = Registry.of(AdaptiveClipAccess.class, AdaptiveClip.class);

  /** The largest ratio of the norms of gradient and parameter. */
  double clipping(AdaptiveClip clip);

  /** The least norm of a parameter. */
  double epsilon(AdaptiveClip clip);

  /** Whether the outputs are in the first dimension, or else in the last. */
  boolean isOutputsFirst(AdaptiveClip clip);

  /**
   * How many units a parameter has, 0 for one that is not clipped.
   *
   * @throws IllegalArgumentException if it has more than five dimensions and the outputs last
   */
  int units(AdaptiveClip clip, Parameter parameter);
}
