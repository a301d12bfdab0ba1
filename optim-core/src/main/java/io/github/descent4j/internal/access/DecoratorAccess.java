package io.github.descent4j.internal.access;

import io.github.descent4j.Optimizer;
import io.github.descent4j.decorator.Decorator;
import io.github.descent4j.decorator.ScheduledOptimizer;
import io.github.descent4j.schedule.Schedule;

/** What is inside of a {@link Decorator}, for who unwraps it. */
public interface DecoratorAccess {
  /** The only one. */
  DecoratorAccess ACCESS = Registry.of(DecoratorAccess.class, Decorator.class);

  /** What it decorates. */
  Optimizer inner(Decorator decorator);

  /** The schedule that gives the rate. */
  Schedule schedule(ScheduledOptimizer scheduled);
}
