package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.schedule.Schedule;

/** Hands the learning rate of a schedule into every step. */
final class ScheduledOptimizer extends Decorator {
  private final Schedule schedule;

  ScheduledOptimizer(Optimizer inner, Schedule schedule) {
    super(inner);
    this.schedule = requireNonNull(schedule, "schedule is null, expected a schedule");
  }

  @Override
  public double learningRate() {
    return super.learningRateFrom(schedule.at(steps()));
  }

  @Override
  void check(StepContext context) {
    if (!context.hasLearningRate()) {
      context.learningRate(schedule.at(steps()));
    }
    beginInner(context);
  }

  @Override
  public String toString() {
    return inner + ".scheduled(" + schedule + ")";
  }
}
