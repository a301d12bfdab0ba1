package io.github.descent4j.schedule;

import io.github.descent4j.internal.Check;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rate of a plateau, whatever the step, and its state as a memory. */
record PlateauSchedule(ReduceOnPlateau plateau) implements Schedule, ScheduleMemory {

  @Override
  public double at(long step) {
    Check.step(step);
    return plateau.learningRate();
  }

  @Override
  public List<ScheduleMemory> memories() {
    return List.of(this);
  }

  @Override
  public Map<String, Double> save() {
    ReduceOnPlateau.State state = plateau.state();
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("learningRate", state.learningRate());
    numbers.put("best", state.best());
    numbers.put("badEpochs", (double) state.badEpochs());
    numbers.put("remainingCooldown", (double) state.remainingCooldown());
    return numbers;
  }

  @Override
  public Runnable restore(Map<String, Double> numbers) {
    ReduceOnPlateau.State state = new ReduceOnPlateau.State(
        number("learningRate", numbers),
        number("best", numbers),
        whole("badEpochs", numbers),
        whole("remainingCooldown", numbers));
    return () -> plateau.restore(state);
  }

  private static double number(String name, Map<String, Double> numbers) {
    Double number = numbers.get(name);
    if (number == null) {
      throw new IllegalArgumentException(name + " is missing, expected a number");
    }
    return number;
  }

  private static int whole(String name, Map<String, Double> numbers) {
    double number = number(name, numbers);
    Check.require(number == (int) number, name, number, "a whole number");
    return (int) number;
  }

  @Override
  public String toString() {
    return "plateau(" + plateau.state() + ")";
  }
}
