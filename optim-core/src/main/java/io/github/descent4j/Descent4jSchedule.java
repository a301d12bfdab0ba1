package io.github.descent4j;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.databind.annotation.JsonDeserialize;
import org.nd4j.shade.jackson.databind.util.StdConverter;

/**
 * Not used but by name: networks that were saved before {@link io.github.descent4j.dl4j.Descent4jSchedule} had its
 * package name this class in their JSON, and get that one.
 */
@JsonDeserialize(converter = Descent4jSchedule.Moved.class)
abstract class Descent4jSchedule implements ISchedule {
  private static final long serialVersionUID = 1;

  @Override
  public abstract ISchedule clone();

  /** The fields are the same. */
  static final class Moved
      extends StdConverter<io.github.descent4j.dl4j.Descent4jSchedule, ISchedule> {

    @Override
    public ISchedule convert(io.github.descent4j.dl4j.Descent4jSchedule schedule) {
      return schedule;
    }
  }
}
