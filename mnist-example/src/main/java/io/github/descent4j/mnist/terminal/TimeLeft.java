package io.github.descent4j.mnist.terminal;

import java.util.Locale;
import java.util.Optional;

/** How long a run will go on, at the pace since it was first asked: what else it does between its steps takes its share. */
final class TimeLeft {
  private static final double NANOS = 1e9;

  private long firstStep;
  private long firstNanos;
  private boolean started;

  /**
   * The time as {@code h:mm:ss}; nothing at the first step that it hears of.
   *
   * @param step that has been done, from 1
   * @param remaining steps after it
   * @param nanos of any clock
   */
  Optional<String> after(long step, long remaining, long nanos) {
    if (!started) {
      started = true;
      firstStep = step;
      firstNanos = nanos;
    }
    if (step <= firstStep) {
      return Optional.empty();
    }
    double seconds = (nanos - firstNanos) / NANOS / (step - firstStep) * remaining;
    long whole = Math.round(seconds);
    return Optional.of(
        String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole % 3600 / 60, whole % 60));
  }
}
