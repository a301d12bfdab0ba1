package io.github.descent4j.internal.access;

import io.github.descent4j.state.StateWriter;
import java.nio.file.Path;
import java.util.function.Consumer;

/** What decorators and groups of this library put into a state file around what is in it. */
public interface StateWriterAccess {
  /** The only one. */
  StateWriterAccess ACCESS = Registry.of(StateWriterAccess.class, StateWriter.class);

  /**
   * Writes a state file.
   *
   * @param optimizer puts what is to be in it
   */
  void write(Path file, Consumer<StateWriter> optimizer);

  /** The object of a writer as that of a decorator. */
  StateWriter decorator(StateWriter out, String name);

  /** The object of what this decorator decorates. */
  StateWriter inside(StateWriter decorator);
}
