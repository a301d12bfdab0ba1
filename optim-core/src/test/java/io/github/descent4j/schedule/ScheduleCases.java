package io.github.descent4j.schedule;

import java.util.List;

/** The table of schedules that every property test sweeps. A new schedule is one row. */
final class ScheduleCases {

  /** {@link ScheduleCase#holdsFrom} of schedules that never come to rest. */
  static final long NEVER = -1;

  /** {@link ScheduleCase#length} of schedules without one. */
  static final long NONE = -1;

  /**
   * One row.
   *
   * @param name begins with the factory's name
   * @param lowest no rate is below
   * @param highest no rate is above
   * @param holdsFrom the first step of the value held forever
   */
  record ScheduleCase(
      String name, Schedule schedule, double lowest, double highest, long holdsFrom, long length) {
    @Override
    public String toString() {
      return name;
    }
  }

  private ScheduleCases() {}

  static List<ScheduleCase> all() {
    long max = Long.MAX_VALUE;
    return List.of(
        row("constant", Schedules.constant(0.1), 0.1, 0.1, 0, NONE),
        row("constant 0", Schedules.constant(0), 0, 0, 0, NONE),
        row(
            "piecewiseConstant",
            Schedules.piecewiseConstant(new long[] {3, 40}, 0.1, 0.3, 0),
            0,
            0.3,
            40,
            NONE),
        row(
            "piecewiseConstant, one rate",
            Schedules.piecewiseConstant(new long[0], 0.2),
            0.2,
            0.2,
            0,
            NONE),
        row("exponentialDecay", Schedules.exponentialDecay(0.5, 0.05), 0, 0.5, NEVER, NONE),
        row("exponentialDecay, flat", Schedules.exponentialDecay(0.5, 0), 0.5, 0.5, 0, NONE),
        row(
            "exponentialDecay, steepest",
            Schedules.exponentialDecay(0.5, Double.MAX_VALUE),
            0,
            0.5,
            1,
            NONE),
        row("polynomialDecay", Schedules.polynomialDecay(0.5, 0.1, 0.5), 0, 0.5, NEVER, NONE),
        row(
            "polynomialDecay, flat",
            Schedules.polynomialDecay(0.5, Double.MAX_VALUE, 0),
            0.5,
            0.5,
            0,
            NONE),
        row("factor", Schedules.factor(0.3, 0.93), 0, 0.3, NEVER, NONE),
        row("factor, floor", Schedules.factor(2, 0.9, 0.01), 0.01, 2, 51, NONE),
        row("step", Schedules.step(0.1, 7, 0.5), 0, 0.1, NEVER, NONE),
        row("multiStep", Schedules.multiStep(0.5, 0.1, 5, 15, 30), 0.0005, 0.5, 30, NONE),
        row("multiStep, no milestone", Schedules.multiStep(0.5, 0.1), 0.5, 0.5, 0, NONE),
        row("linear, down", Schedules.linear(0.1, 0.01, 20), 0.01, 0.1, 20, 20),
        row("linear, up", Schedules.linear(0, 0.3, 7), 0, 0.3, 7, 7),
        row("linear, longest", Schedules.linear(0.1, 0, max), 0, 0.1, max, max),
        row("linearWarmup", Schedules.linearWarmup(500, 1e-3), 2e-6, 1e-3, 499, 500),
        row("linearWarmup, one step", Schedules.linearWarmup(1, 1e-3), 1e-3, 1e-3, 0, 1),
        row("linearWarmup, none", Schedules.linearWarmup(0, 1e-3), 1e-3, 1e-3, 0, 0),
        row("linearWarmup, start, none", Schedules.linearWarmup(0, 0, 1e-3), 1e-3, 1e-3, 0, 0),
        row("linearWarmup, longest", Schedules.linearWarmup(max, 1e-3), 0, 1e-3, max - 1, max),
        row("linearWarmup, start", Schedules.linearWarmup(5, 0.1, 0.3), 0.1, 0.3, 5, 5),
        row("polynomial", Schedules.polynomial(0.1, 0.001, 50, 2), 0.001, 0.1, 50, 50),
        row("polynomial, root, up", Schedules.polynomial(0, 0.1, 50, 0.5), 0, 0.1, 50, 50),
        row("cosine", Schedules.cosine(1e-3, 1000), 0, 1e-3, 1000, 1000),
        row("cosine, end", Schedules.cosine(0.1, 0.001, 50), 0.001, 0.1, 50, 50),
        row("cosine, up", Schedules.cosine(0, 0.1, 50), 0, 0.1, 50, 50),
        row("cosine, longest", Schedules.cosine(0.1, 0, max), 0, 0.1, max, max),
        row("cosineWarmRestarts", Schedules.cosineWarmRestarts(0.1, 0, 10, 1), 0, 0.1, NEVER, NONE),
        row(
            "cosineWarmRestarts, 2",
            Schedules.cosineWarmRestarts(0.2, 0.001, 10, 2),
            0.001,
            0.2,
            NEVER,
            NONE),
        row(
            "cosineWarmRestarts, max",
            Schedules.cosineWarmRestarts(0.2, 0, 3, max),
            0,
            0.2,
            NEVER,
            NONE),
        row(
            "cosineWarmRestarts, longest",
            Schedules.cosineWarmRestarts(0.2, 0, max, max),
            0,
            0.2,
            NEVER,
            NONE),
        row("oneCycle", Schedules.oneCycle(0.4, 50), 1.6e-6, 0.4, 49, 50),
        row("oneCycle, options", oneCycleWithOptions(), 1e-4, 0.1, 39, 40),
        row("oneCycle, no rise", Schedules.oneCycle(0.4, 50).pctStart(0), 1.6e-6, 0.4, 49, 50),
        row("oneCycle, peak at 0", Schedules.oneCycle(0.4, 4).pctStart(0.25), 1.6e-6, 0.4, 3, 4),
        row("oneCycle, one step", Schedules.oneCycle(0.4, 1), 1.6e-6, 0.4, 0, 1),
        row("oneCycle, longest", Schedules.oneCycle(0.4, max), 1.6e-6, 0.4, max - 1, max),
        row("triangular", Schedules.triangular(0.01, 0.1, 10, 5), 0.01, 0.1, NEVER, NONE),
        row("triangular2", Schedules.triangular2(0, 0.1, 8, 4), 0, 0.1, NEVER, NONE),
        row(
            "triangular2, longest",
            Schedules.triangular2(0, 0.1, max / 2, max / 2 + 1),
            0,
            0.1,
            NEVER,
            NONE),
        row("then", warmupAndCosine(), 0, 1e-3, 1500, 1500),
        row(
            "then, cut",
            Schedules.cosine(0.1, 50).then(20, Schedules.constant(0.2)),
            0,
            0.2,
            20,
            NONE),
        row("then, thrice", thrice(), 0.01, 0.1, 30, 30),
        row("scaled", warmupAndCosine().scaled(0.5), 0, 5e-4, 1500, 1500),
        row("perEpoch", Schedules.cosine(0.1, 10).perEpoch(50), 0, 0.1, 500, 500),
        row(
            "perEpoch, longest",
            Schedules.cosine(0.1, 10).perEpoch(max / 10),
            0,
            0.1,
            max / 10 * 10,
            max / 10 * 10),
        row("lambda", step -> 0.1 / (1 + step % 7), 0.1 / 7, 0.1, NEVER, NONE));
  }

  private static Schedule warmupAndCosine() {
    return Schedules.linearWarmup(500, 1e-3).then(Schedules.cosine(1e-3, 1000));
  }

  private static Schedule oneCycleWithOptions() {
    return Schedules.oneCycle(0.1, 40)
        .pctStart(0.25)
        .divFactor(10)
        .finalDivFactor(100)
        .annealing(Annealing.LINEAR);
  }

  private static Schedule thrice() {
    Schedule fall = Schedules.linear(0.1, 0.01, 10);
    return fall.then(fall).then(fall);
  }

  private static ScheduleCase row(
      String name, Schedule schedule, double lowest, double highest, long holdsFrom, long length) {
    return new ScheduleCase(name, schedule, lowest, highest, holdsFrom, length);
  }
}
