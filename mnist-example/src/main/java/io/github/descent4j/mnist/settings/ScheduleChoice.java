package io.github.descent4j.mnist.settings;

import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.schedule.Schedules;
import java.util.Locale;

/** The schedules of {@code --schedule}. Each begins at the learning rate and is stretched over the run. */
public enum ScheduleChoice {
  /** The learning rate, always. */
  CONSTANT {
    @Override
    Schedule over(double rate, long steps, long stepsPerEpoch) {
      return Schedules.constant(rate);
    }
  },
  /** A straight line to 0 at the end. */
  LINEAR {
    @Override
    Schedule over(double rate, long steps, long stepsPerEpoch) {
      return Schedules.linear(rate, 0, steps);
    }
  },
  /** Half a cosine to 0 at the end. */
  COSINE {
    @Override
    Schedule over(double rate, long steps, long stepsPerEpoch) {
      return Schedules.cosine(rate, steps);
    }
  },
  /** Half a cosine to 0 in each epoch, whose ends are snapshots for an ensemble. */
  RESTARTS {
    @Override
    Schedule over(double rate, long steps, long stepsPerEpoch) {
      return Schedules.cosineWarmRestarts(rate, 0, stepsPerEpoch, 1);
    }
  },
  /** Half of the rate before, after each epoch. */
  STEP {
    @Override
    Schedule over(double rate, long steps, long stepsPerEpoch) {
      return Schedules.step(rate, stepsPerEpoch, 0.5);
    }
  },
  /** The lecture's {@code e^(-lambda t)}, a hundredth at the end. */
  EXPONENTIAL {
    @Override
    Schedule over(double rate, long steps, long stepsPerEpoch) {
      return Schedules.exponentialDecay(rate, StrictMath.log(100) / steps);
    }
  },
  /** The lecture's {@code (beta t + 1)^(-1/2)}, a tenth at the end. */
  POLYNOMIAL {
    @Override
    Schedule over(double rate, long steps, long stepsPerEpoch) {
      return Schedules.polynomialDecay(rate, 99.0 / steps, 0.5);
    }
  };

  /** Whether it is another one for a longer run. */
  public boolean dependsOnLength() {
    return this != CONSTANT && this != STEP && this != RESTARTS;
  }

  /** The schedule of a run of {@code steps} steps. */
  abstract Schedule over(double rate, long steps, long stepsPerEpoch);

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
