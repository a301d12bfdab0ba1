package io.github.descent4j;

import static java.util.Objects.requireNonNull;

/** Tells a monitor of every step. Nothing of it is in a state file: no step depends on it. */
final class MonitoredOptimizer extends Decorator {
  private final GradientMonitor monitor;

  MonitoredOptimizer(Optimizer inner, GradientMonitor monitor) {
    super(inner);
    this.monitor = requireNonNull(monitor, "monitor is null, expected a gradient monitor");
    monitor.belongTo(inner);
  }

  @Override
  void check(StepContext context) {
    monitor.before(context, inner.steps() + 1);
    try {
      beginInner(context);
    } catch (NonFiniteGradientException e) {
      // What a guard refuses is what one wants to read of afterwards.
      monitor.after(false);
      throw e;
    }
  }

  @Override
  void commit(StepContext context) {
    long before = inner.steps();
    finishInner(context);
    monitor.after(inner.steps() > before);
  }

  @Override
  public String toString() {
    return inner + ".monitored(" + monitor + ")";
  }
}
