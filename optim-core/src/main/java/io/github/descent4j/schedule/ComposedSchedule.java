package io.github.descent4j.schedule;

import java.util.List;
import java.util.OptionalLong;

/** A formula over other schedules, with the length and the memories it has from them. */
record ComposedSchedule(OptionalLong length, List<ScheduleMemory> memories, Schedule formula)
    implements Schedule {

  @Override
  public double at(long step) {
    return formula.at(step);
  }
}
