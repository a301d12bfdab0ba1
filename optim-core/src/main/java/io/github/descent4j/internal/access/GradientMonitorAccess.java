package io.github.descent4j.internal.access;

import io.github.descent4j.Optimizer;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.health.GradientMonitor;

/** How an optimizer tells a {@link GradientMonitor} of its steps. */
public interface GradientMonitorAccess {
  /** The only one. */
  GradientMonitorAccess ACCESS = Registry.of(GradientMonitorAccess.class, GradientMonitor.class);

  /**
   * From now on an optimizer tells of steps.
   *
   * @throws IllegalArgumentException if the monitor has another use
   */
  void belongTo(GradientMonitor monitor, Optimizer optimizer);

  /** The first half of an observation, of gradients as the decorators outside have left them. */
  void before(GradientMonitor monitor, StepContext context, long step);

  /**
   * The second half.
   *
   * @param stepped whether the parameters have been updated
   */
  void after(GradientMonitor monitor, boolean stepped);
}
