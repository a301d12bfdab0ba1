package io.github.descent4j.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Any text as the expression of a schedule: refused with a message, or a schedule that never gives a rate below 0 or NaN
 * and whose own expression makes the same schedule again.
 */
public final class ScheduleTarget {
  private static final long[] STEPS = {
    0, 1, 2, 3, 7, 10, 99, 1_000, 123_456, Integer.MAX_VALUE, 1L << 53, Long.MAX_VALUE
  };

  private ScheduleTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    Schedule schedule;
    try {
      schedule = Schedules.parse(new String(input, UTF_8));
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).contains("expected");
      return;
    }
    String expression = schedule.expression().orElseThrow();
    Schedule again = Schedules.parse(expression);
    assertThat(again.expression()).hasValue(expression);
    assertThat(again.length()).isEqualTo(schedule.length());
    for (long step : STEPS) {
      double rate = schedule.at(step);
      assertThat(rate).as("%s at %d", expression, step).isGreaterThanOrEqualTo(0);
      assertThat(again.at(step)).isEqualTo(rate);
    }
  }
}
