package io.github.descent4j.dl4j;

import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.schedule.Schedules;
import java.io.Serial;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A schedule as ND4J's JSON holds it, by its expression. {@link Descent4j#schedule} makes it.
 *
 * <pre>{@code
 * ISchedule schedule = Descent4j.schedule(Schedules.cosine(1e-3, 10_000));
 * double rate = schedule.valueAt(100, 0);
 * }</pre>
 */
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
public final class Descent4jSchedule implements ISchedule {
  @Serial
  private static final long serialVersionUID = 1;

  private final String expression;
  private transient Schedule schedule;

  @JsonCreator
  Descent4jSchedule(@JsonProperty("expression") String expression) {
    this.expression = expression;
    schedule = Schedules.parse(expression);
  }

  @Override
  public double valueAt(int iteration, int epoch) {
    return schedule.at(iteration);
  }

  @Override
  public ISchedule clone() {
    return new Descent4jSchedule(expression);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Descent4jSchedule that && expression.equals(that.expression);
  }

  @Override
  public int hashCode() {
    return expression.hashCode();
  }

  @Override
  public String toString() {
    return expression;
  }

  @Serial
  private Object readResolve() {
    return new Descent4jSchedule(expression);
  }
}
