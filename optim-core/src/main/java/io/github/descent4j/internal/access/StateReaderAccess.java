package io.github.descent4j.internal.access;

import io.github.descent4j.Parameters;
import io.github.descent4j.internal.file.Fields;
import io.github.descent4j.state.LoadOption;
import io.github.descent4j.state.StateReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What decorators and groups of this library find in a state file around what is in it. */
public interface StateReaderAccess {
  /** The only one. */
  StateReaderAccess ACCESS = Registry.of(StateReaderAccess.class, StateReader.class);

  /**
   * Reads a state file, and makes the changes once all of it has been checked.
   *
   * @param model null if any will do
   * @param newNames of parameters by those in the file
   * @param owner whose state it is, for messages
   * @param optimizer checks what is in it
   */
  void read(
      Path file,
      Parameters model,
      Map<String, String> newNames,
      Set<LoadOption> options,
      Object owner,
      Consumer<StateReader> optimizer);

  /** The fields of a reader's object. */
  Fields fields(StateReader in);

  /**
   * A reader's object as that of a decorator, null where the file has none and that is allowed.
   *
   * @throws io.github.descent4j.state.StateFileException if the file has none, or another
   */
  StateReader decorator(StateReader in, String name);

  /** The object of what this decorator decorates. */
  StateReader inside(StateReader decorator);

  /** The same object, where a parameter has to pass one more check ahead of being loaded. */
  StateReader checking(StateReader in, Consumer<String> parameterName);
}
