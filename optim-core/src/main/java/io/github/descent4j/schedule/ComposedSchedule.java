package io.github.descent4j.schedule;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A formula over other schedules, with what it has from them. */
record ComposedSchedule(
    Optional<String> expression,
    OptionalLong length,
    List<ScheduleMemory> memories,
    Schedule formula)
    implements Schedule {

  @Override
  public double at(long step) {
    return formula.at(step);
  }

  @Override
  public String toString() {
    return expression.orElseGet(formula::toString);
  }
}
