package io.github.descent4j.schedule;

/**
 * A learning rate for every step: a pure function of the zero-based optimizer step.
 *
 * <p>{@code at(0)} is the rate of the first step. The same step always has the same rate, so a
 * schedule can be shared between optimizers, plotted before training, and resumed from nothing but
 * the step count. Factories are in {@link Schedules}.
 */
@FunctionalInterface
public interface Schedule {

  /**
   * Returns the learning rate of a step.
   *
   * @param step completed optimizer steps, from 0
   * @return the rate, finite and not negative
   */
  double at(long step);
}
