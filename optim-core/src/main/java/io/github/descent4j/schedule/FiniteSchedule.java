package io.github.descent4j.schedule;

import java.util.OptionalLong;

/** A formula that knows for how many steps it is made; the formula itself holds its end. */
record FiniteSchedule(long steps, Schedule formula) implements Schedule {

  @Override
  public double at(long step) {
    return formula.at(step);
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(steps);
  }
}
