package io.github.descent4j.internal.access;

import io.github.descent4j.Parameters;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.internal.gradient.GradientTransform;

/** What this library does with a {@link StepContext} beyond what users see. */
public interface StepContextAccess {
  /** The only one. */
  StepContextAccess ACCESS = Registry.of(StepContextAccess.class, StepContext.class);

  /** A new one, not reset yet. */
  StepContext create();

  /** Begins a step of these parameters. */
  void reset(StepContext context, Parameters parameters);

  /** Lets go of the caller's arrays. */
  void clear(StepContext context);

  /** What is to happen to the gradient of a parameter. */
  GradientTransform transform(StepContext context, int index);

  /**
   * Where a guard outside asks for it, sees to it that every gradient can be squared.
   *
   * @throws io.github.descent4j.decorator.NonFiniteGradientException if one cannot
   */
  void requireSquarable(StepContext context);
}
