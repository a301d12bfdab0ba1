package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.internal.access.GradientMonitorAccess;

/**
 * An optimizer that tells a monitor of every step: what {@link Optimizer#monitored} returns. Nothing of it is in a
 * state file: no step depends on it.
 *
 * <pre>{@code
 * GradientMonitor monitor = GradientMonitor.builder().build();
 * Optimizer optimizer = new Adam().monitored(monitor);
 * }</pre>
 */
public final class MonitoredOptimizer extends Decorator {
  private final GradientMonitor monitor;

  /**
   * What {@link Optimizer#monitored} returns.
   *
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if the monitor has another use
   */
  public MonitoredOptimizer(Optimizer inner, GradientMonitor monitor) {
    super(inner);
    this.monitor = requireNonNull(monitor, "monitor is null, expected a gradient monitor");
    GradientMonitorAccess.ACCESS.belongTo(monitor, inner);
  }

  @Override
  protected void check(StepContext context) {
    context.requireWholeGradients(this);
    GradientMonitorAccess.ACCESS.before(monitor, context, inner.steps() + 1);
    try {
      beginInner(context);
    } catch (NonFiniteGradientException e) {
      // What a guard refuses is what one wants to read of afterwards.
      GradientMonitorAccess.ACCESS.after(monitor, false);
      throw e;
    }
  }

  @Override
  protected void commit(StepContext context) {
    long before = stepsTaken(inner);
    finishInner(context);
    GradientMonitorAccess.ACCESS.after(monitor, stepsTaken(inner) > before);
  }

  @Override
  public String toString() {
    return inner + ".monitored(" + monitor + ")";
  }
}
