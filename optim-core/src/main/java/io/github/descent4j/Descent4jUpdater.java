package io.github.descent4j;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.shade.jackson.databind.annotation.JsonDeserialize;
import org.nd4j.shade.jackson.databind.util.StdConverter;

/**
 * Not used but by name: networks that were saved before {@link io.github.descent4j.dl4j.Descent4jUpdater} had its
 * package name this class in their JSON, and get that one.
 */
@JsonDeserialize(converter = Descent4jUpdater.Moved.class)
abstract class Descent4jUpdater implements IUpdater {
  private static final long serialVersionUID = 1;

  @Override
  public abstract IUpdater clone();

  /** The fields are the same. */
  static final class Moved
      extends StdConverter<io.github.descent4j.dl4j.Descent4jUpdater, IUpdater> {

    @Override
    public IUpdater convert(io.github.descent4j.dl4j.Descent4jUpdater updater) {
      return updater;
    }
  }
}
