package io.github.descent4j.schedule;

import io.github.descent4j.internal.Check;
import java.util.Optional;

/** See {@link Schedules#cosineWarmRestarts}. */
record CosineWarmRestarts(double initialRate, double endRate, long period, long multiplier)
    implements Schedule {

  CosineWarmRestarts {
    Check.atLeastZero("initialRate", initialRate);
    Check.atLeastZero("endRate", endRate);
    Check.atLeastOne("period", period);
    Check.atLeastOne("multiplier", multiplier);
  }

  @Override
  public double at(long step) {
    return Annealing.COSINE.between(initialRate, endRate, progress(Check.step(step)));
  }

  @Override
  public Optional<String> expression() {
    return Optional.of(toString());
  }

  @Override
  public String toString() {
    return "cosineWarmRestarts(" + initialRate + ", " + endRate + ", " + period + ", " + multiplier
        + ")";
  }

  /** How much of its cycle a step has behind it, from 0 to 1. */
  private double progress(long step) {
    if (multiplier == 1) {
      return step % period / (double) period;
    }
    // Each cycle is at least twice as long as the one before, so this ends after at most 63 of
    // them.
    long position = step;
    long length = period;
    while (position >= length) {
      position -= length;
      if (length > Long.MAX_VALUE / multiplier) {
        // The next cycle is longer than a long can say, so the step is within it.
        return position / ((double) length * multiplier);
      }
      length *= multiplier;
    }
    return position / (double) length;
  }
}
