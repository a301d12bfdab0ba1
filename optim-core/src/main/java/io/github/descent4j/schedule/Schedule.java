package io.github.descent4j.schedule;

import io.github.descent4j.internal.Check;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A learning rate for every step: a pure function of the zero-based optimizer step.
 *
 * <p>{@code at(0)} is the rate of the first step. The same step always has the same rate, so a
 * schedule can be shared between optimizers, plotted before training, and resumed from nothing but
 * the step count. Factories are in {@link Schedules}; a lambda is a schedule too.
 *
 * <pre>{@code
 * Schedule schedule = Schedules.linearWarmup(500, 1e-3).then(Schedules.cosine(1e-3, 10_000));
 * double first = schedule.at(0); // 2e-6
 * double peak = schedule.at(500); // 1e-3
 * double last = schedule.at(10_500); // 0, and 0 from there on
 * }</pre>
 */
@FunctionalInterface
public interface Schedule {

  /**
   * Returns the learning rate of a step.
   *
   * @param step completed optimizer steps, from 0
   * @return the rate, finite and not negative
   * @throws IllegalArgumentException if {@code step} is negative, in every schedule of this package
   */
  double at(long step);

  /**
   * Returns the number of steps this schedule is made for, if it knows one: it covers the steps 0
   * to {@code length - 1}, and {@link #then(Schedule)} goes on at step {@code length}.
   *
   * <p>Linear, polynomial and cosine schedules, warmups and {@link OneCycle} have a length. Those
   * that go on forever, and lambdas, have none.
   *
   * @return the length, at least 0, or empty
   */
  default OptionalLong length() {
    return OptionalLong.empty();
  }

  /**
   * Returns what this schedule depends on beyond the step, for the optimizer's state file. Pure
   * schedules have none; those that are composed have their parts'.
   *
   * @return the memories, always as many and in the same order
   */
  default List<ScheduleMemory> memories() {
    return List.of();
  }

  /**
   * Returns the text that {@link Schedules#parse} makes this schedule from: how it was made, such as
   * {@code linearWarmup(500, 0.001).then(500, cosine(0.001, 0.0, 10000))}.
   *
   * <p>All of {@link Schedules} have one, and so have compositions of them. Lambdas and {@link
   * ReduceOnPlateau#schedule} have none, and nothing that is composed of them has.
   *
   * @return the expression, or empty
   */
  default Optional<String> expression() {
    return Optional.empty();
  }

  /**
   * Returns this schedule before step {@code boundary}, and {@code next} from there on. The second
   * part counts from its own zero:
   *
   * <pre>
   * step &lt; boundary:  this.at(step)
   * step &gt;= boundary: next.at(step - boundary)
   * </pre>
   *
   * <p>If this schedule is shorter than the boundary, it holds its last value until then; if it is
   * longer, the rest is cut off. A boundary of 0 leaves this schedule out: {@code next} begins at once.
   * The result has the length {@code boundary + next.length()} if {@code next} has one and the sum is a
   * long.
   *
   * @param boundary the first step of {@code next}, at least 0
   * @param next what follows
   * @return both parts as one schedule
   * @throws IllegalArgumentException if {@code boundary} is negative
   * @throws NullPointerException if {@code next} is null
   */
  default Schedule then(long boundary, Schedule next) {
    Check.atLeastZero("boundary", boundary);
    Objects.requireNonNull(next, "next is null, expected a schedule");
    Schedule both = step -> Check.step(step) < boundary ? at(step) : next.at(step - boundary);
    OptionalLong nextLength = next.length();
    boolean endless = nextLength.isEmpty() || nextLength.getAsLong() > Long.MAX_VALUE - boundary;
    return new ComposedSchedule(
        expression()
            .flatMap(first ->
                next.expression().map(second -> first + ".then(" + boundary + ", " + second + ")")),
        endless ? OptionalLong.empty() : OptionalLong.of(boundary + nextLength.getAsLong()),
        Stream.concat(memories().stream(), next.memories().stream()).toList(),
        both);
  }

  /**
   * Returns this schedule for its own length, and {@code next} after it: {@code
   * then(length().getAsLong(), next)}.
   *
   * @param next what follows
   * @return both parts as one schedule
   * @throws UnsupportedOperationException if this schedule has no length
   * @throws NullPointerException if {@code next} is null
   */
  default Schedule then(Schedule next) {
    Objects.requireNonNull(next, "next is null, expected a schedule");
    OptionalLong length = length();
    if (length.isEmpty()) {
      throw new UnsupportedOperationException(
          "this schedule has no length of its own, expected then(boundary, next) with the step at which next begins");
    }
    return then(length.getAsLong(), next);
  }

  /**
   * Returns this schedule with epochs in place of steps: what it gives for epoch e is the rate of every
   * step of epoch e.
   *
   * <pre>{@code
   * Schedule schedule = Schedules.cosine(1e-2, 10).perEpoch(938); // 10 epochs of 938 steps
   * }</pre>
   *
   * <p>The rate changes between epochs and not within one, as where PyTorch's schedulers are stepped once
   * an epoch. The length is {@code length() * stepsPerEpoch} if this has one and the product is a long.
   *
   * @param stepsPerEpoch optimizer steps in an epoch, above 0: batches, divided by the accumulated ones
   *     where gradients are accumulated, rounded up where the last one may be smaller
   * @return {@code at(step / stepsPerEpoch)}, rounded down
   * @throws IllegalArgumentException if {@code stepsPerEpoch} is not above 0
   */
  default Schedule perEpoch(long stepsPerEpoch) {
    Check.atLeastOne("stepsPerEpoch", stepsPerEpoch);
    OptionalLong epochs = length();
    boolean endless = epochs.isEmpty() || epochs.getAsLong() > Long.MAX_VALUE / stepsPerEpoch;
    return new ComposedSchedule(
        expression().map(text -> text + ".perEpoch(" + stepsPerEpoch + ")"),
        endless ? OptionalLong.empty() : OptionalLong.of(epochs.getAsLong() * stepsPerEpoch),
        memories(),
        step -> at(Check.step(step) / stepsPerEpoch));
  }

  /**
   * Returns this schedule with every rate multiplied by a factor. The length stays.
   *
   * @param factor finite, at least 0
   * @return {@code factor * at(step)}
   * @throws IllegalArgumentException if {@code factor} is negative or not finite
   */
  default Schedule scaled(double factor) {
    Check.atLeastZero("factor", factor);
    return new ComposedSchedule(
        expression().map(text -> text + ".scaled(" + factor + ")"),
        length(),
        memories(),
        step -> factor * at(Check.step(step)));
  }
}
