package io.github.descent4j.schedule;

import java.util.Map;

/**
 * What a schedule depends on beyond the step: a few numbers, which the state file of the optimizer
 * keeps. A schedule of your own that has some returns it from {@link Schedule#memories}.
 */
public interface ScheduleMemory {

  /** The numbers by name. */
  Map<String, Double> save();

  /**
   * Checks numbers that {@link #save} has returned, and changes nothing yet.
   *
   * @return what takes them over, and cannot fail
   * @throws IllegalArgumentException if a number is missing or out of its range
   */
  Runnable restore(Map<String, Double> numbers);
}
