package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.file.Fields;
import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.schedule.ScheduleMemory;
import java.util.LinkedHashMap;
import java.util.Map;

/** Hands the learning rate of a schedule into every step. */
final class ScheduledOptimizer extends Decorator {
  private static final String MEMORIES = "memories";

  final Schedule schedule;

  ScheduledOptimizer(Optimizer inner, Schedule schedule) {
    super(inner);
    this.schedule = requireNonNull(schedule, "schedule is null, expected a schedule");
  }

  @Override
  public double learningRate() {
    return super.learningRateFrom(schedule.at(steps()));
  }

  @Override
  void check(StepContext context) {
    if (!context.hasLearningRate()) {
      context.learningRate(schedule.at(steps()));
    }
    beginInner(context);
  }

  @Override
  String savedAs() {
    return schedule.memories().isEmpty() ? null : "scheduled";
  }

  @Override
  void saveOwn(StateWriter out) {
    StateWriter memories = out.object(MEMORIES);
    int place = 0;
    for (ScheduleMemory memory : schedule.memories()) {
      memory.save().forEach(memories.object(String.valueOf(place++))::put);
    }
  }

  @Override
  void loadOwn(StateReader in) {
    StateReader memories = in.object(MEMORIES);
    int place = 0;
    for (ScheduleMemory memory : schedule.memories()) {
      Fields fields = memories.object(String.valueOf(place++)).fields();
      Map<String, Double> numbers = new LinkedHashMap<>();
      fields.names().forEach(name -> numbers.put(name, fields.number(name)));
      try {
        in.whenAllIsWell(memory.restore(numbers));
      } catch (IllegalArgumentException e) {
        throw in.problem("has the state of a schedule that does not fit: " + e.getMessage());
      }
    }
    if (memories.fields().names().size() != place) {
      throw in.problem("has the states of " + memories.fields().names().size()
          + " schedules, expected " + place + " as in " + this);
    }
  }

  @Override
  public String toString() {
    return inner + ".scheduled(" + schedule + ")";
  }
}
