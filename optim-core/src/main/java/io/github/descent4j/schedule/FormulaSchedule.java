package io.github.descent4j.schedule;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A formula that knows how it was made, and for how many steps if for a number of them; the formula
 * itself holds its end.
 */
record FormulaSchedule(String text, OptionalLong length, Schedule formula) implements Schedule {

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
}
