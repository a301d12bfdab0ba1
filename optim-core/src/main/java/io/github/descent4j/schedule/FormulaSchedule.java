package io.github.descent4j.schedule;

import io.github.descent4j.internal.Check;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringJoiner;

/**
 * A formula that knows how it was made, and for how many steps if for a number of them; the formula
 * itself holds its end.
 */
record FormulaSchedule(String text, OptionalLong length, Schedule formula) implements Schedule {

  static Schedule endless(Schedule formula, String name, Object... arguments) {
    return new FormulaSchedule(call(name, arguments), OptionalLong.empty(), formula);
  }

  /** The formula before step {@code steps}, and the end rate from there on. */
  static Schedule finite(
      long steps, double endRate, Schedule formula, String name, Object... arguments) {
    return new FormulaSchedule(
        call(name, arguments),
        OptionalLong.of(steps),
        step -> step < steps ? formula.at(step) : endRate);
  }

  @Override
  public double at(long step) {
    return formula.at(Check.step(step));
  }

  @Override
  public Optional<String> expression() {
    return Optional.of(text);
  }

  @Override
  public String toString() {
    return text;
  }

  /** How a schedule is made, in the form that {@link Schedules#parse} reads: an array at the end is variable arguments. */
  private static String call(String name, Object... arguments) {
    StringJoiner text = new StringJoiner(", ", name + "(", ")");
    for (int i = 0; i < arguments.length; i++) {
      boolean last = i == arguments.length - 1;
      if (arguments[i] instanceof double[] rates) {
        Arrays.stream(rates).forEach(rate -> text.add(String.valueOf(rate)));
      } else if (arguments[i] instanceof long[] steps && last) {
        Arrays.stream(steps).forEach(step -> text.add(String.valueOf(step)));
      } else if (arguments[i] instanceof long[] steps) {
        text.add(Arrays.toString(steps));
      } else {
        text.add(arguments[i].toString());
      }
    }
    return text.toString();
  }
}
