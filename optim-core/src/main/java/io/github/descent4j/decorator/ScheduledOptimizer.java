package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.internal.access.StateReaderAccess;
import io.github.descent4j.internal.file.Fields;
import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.schedule.ScheduleMemory;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An optimizer that takes the learning rate of every step from a schedule: what {@link Optimizer#scheduled}
 * returns.
 *
 * <pre>{@code
 * Optimizer optimizer = new Adam().scheduled(Schedules.cosine(1e-3, 10_000));
 * double rate = optimizer.learningRate(); // of the next step
 * }</pre>
 *
 * <p><b>State.</b> What the schedule remembers, if anything, is part of the {@linkplain OptimizerState#save state
 * file}.
 */
public final class ScheduledOptimizer extends Decorator {
  private static final String MEMORIES = "memories";

  final Schedule schedule;

  /**
   * What {@link Optimizer#scheduled} returns.
   *
   * @throws NullPointerException if an argument is null
   */
  public ScheduledOptimizer(Optimizer inner, Schedule schedule) {
    super(inner);
    this.schedule = requireNonNull(schedule, "schedule is null, expected a schedule");
  }

  @Override
  public double learningRate() {
    return super.learningRateFrom(schedule.at(steps()));
  }

  @Override
  protected void check(StepContext context) {
    if (!context.hasLearningRate()) {
      context.learningRate(schedule.at(steps()));
    }
    beginInner(context);
  }

  @Override
  protected String savedAs() {
    return schedule.memories().isEmpty() ? null : "scheduled";
  }

  @Override
  protected void saveOwn(StateWriter out) {
    StateWriter memories = out.object(MEMORIES);
    int place = 0;
    for (ScheduleMemory memory : schedule.memories()) {
      memory.save().forEach(memories.object(String.valueOf(place++))::put);
    }
  }

  @Override
  protected void loadOwn(StateReader in) {
    StateReader memories = in.object(MEMORIES);
    int place = 0;
    for (ScheduleMemory memory : schedule.memories()) {
      Fields fields = StateReaderAccess.ACCESS.fields(memories.object(String.valueOf(place++)));
      Map<String, Double> numbers = new LinkedHashMap<>();
      fields.names().forEach(name -> numbers.put(name, fields.number(name)));
      try {
        in.whenAllIsWell(memory.restore(numbers));
      } catch (IllegalArgumentException e) {
        throw in.problem("has the state of a schedule that does not fit: " + e.getMessage());
      }
    }
    if (memories.names().size() != place) {
      throw in.problem("has the states of " + memories.names().size() + " schedules, expected "
          + place + " as in " + this);
    }
  }

  @Override
  public String toString() {
    return inner + ".scheduled(" + schedule + ")";
  }
}
