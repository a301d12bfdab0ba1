package io.github.descent4j;

import static io.github.descent4j.StateWriter.CONTENT;
import static io.github.descent4j.StateWriter.DECORATOR;
import static io.github.descent4j.StateWriter.INSIDE;
import static io.github.descent4j.StateWriter.OPTIMIZER;
import static io.github.descent4j.StateWriter.OPTIMIZER_STATE;

import io.github.descent4j.file.ArrayFileReader;
import io.github.descent4j.file.EntryName;
import io.github.descent4j.file.Fields;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What one optimizer of a nest of them finds in a state file: the inverse of {@link StateWriter}.
 *
 * <p>While they read, optimizers only check and leave with {@link #whenAllIsWell} what would change
 * them, so that a file that does not fit changes none of them.
 */
final class StateReader {

  /** What all of one file's readers share. */
  private record Load(
      ArrayFileReader file,
      Map<String, Parameter> model,
      Set<LoadOption> options,
      List<Runnable> changes,
      Set<String> unread,
      Set<String> missing) {}

  private final Load load;
  private final Fields fields;
  private final List<String> around;
  private final String prefix;

  /** Is told of every parameter that is to be loaded. */
  private final Consumer<String> parameterCheck;

  private StateReader(
      Load load,
      Fields fields,
      List<String> around,
      String prefix,
      Consumer<String> parameterCheck) {
    this.load = load;
    this.fields = fields;
    this.around = around;
    this.prefix = prefix;
    this.parameterCheck = parameterCheck;
  }

  /**
   * Loads an optimizer with all that is inside it.
   *
   * @param model null if any will do
   */
  static void load(
      AbstractOptimizer optimizer, Path file, Parameters model, Set<LoadOption> options) {
    optimizer.alone(() -> {
      try (ArrayFileReader reader = ArrayFileReader.open(file)) {
        Fields description = reader.description();
        if (!description.text(CONTENT).equals(OPTIMIZER_STATE)) {
          throw description.bad(CONTENT, '"' + OPTIMIZER_STATE + '"');
        }
        Map<String, Parameter> byName = model == null ? null : model.byName();
        Load load = new Load(
            reader,
            byName,
            options,
            new ArrayList<>(),
            new LinkedHashSet<>(reader.arrays()),
            new LinkedHashSet<>(byName == null ? Set.of() : byName.keySet()));
        optimizer.load(
            new StateReader(load, description.object(OPTIMIZER), List.of(), "", name -> {}));
        requireComplete(optimizer, load);
        load.changes.forEach(Runnable::run);
      }
    });
  }

  private static void requireComplete(AbstractOptimizer optimizer, Load load) {
    if (!load.missing.isEmpty() && !load.options.contains(LoadOption.ALLOW_MISSING_PARAMETERS)) {
      throw load.file.problem("has no parameter '" + load.missing.iterator().next()
          + "', expected one as in the model; ALLOW_MISSING_PARAMETERS starts it anew");
    }
    boolean complete = !load.options.contains(LoadOption.ALLOW_EXTRA_PARAMETERS)
        && !load.options.contains(LoadOption.ALLOW_OTHER_DECORATORS);
    if (complete && !load.unread.isEmpty()) {
      throw load.file.problem("has an array '" + load.unread.iterator().next()
          + "' that belongs to nothing in " + optimizer);
    }
  }

  /** The fields of this optimizer's object. */
  Fields fields() {
    return fields;
  }

  boolean allows(LoadOption option) {
    return load.options.contains(option);
  }

  /** The array of a parameter and slot. */
  INDArray slot(String parameter, String slot) {
    String name = EntryName.of(parameter, prefix + slot);
    load.unread.remove(name);
    return load.file.array(name);
  }

  /** An object of this one. */
  StateReader object(String name) {
    return new StateReader(load, fields.object(name), around, prefix, parameterCheck);
  }

  /** The object of what this decorator decorates. */
  StateReader inside() {
    List<String> all = StateWriter.with(around, fields.text(DECORATOR));
    return new StateReader(load, fields.object(INSIDE), all, "", parameterCheck);
  }

  /** The same object, where a parameter has to pass one more check ahead of being loaded. */
  StateReader checking(Consumer<String> parameterName) {
    return new StateReader(load, fields, around, prefix, parameterCheck.andThen(parameterName));
  }

  /** Leaves a change that cannot fail, for the moment when everything has been checked. */
  void whenAllIsWell(Runnable change) {
    load.changes.add(change);
  }

  /** An exception about the file. */
  StateFileException problem(String problem) {
    return load.file.problem(problem);
  }

  /** The model's parameter of that name, null if there is none or any model will do. */
  Parameter inModel(String parameter) {
    return load.model == null ? null : load.model.get(parameter);
  }

  /**
   * Whether a parameter of the file is to be loaded.
   *
   * @throws StateFileException if the model lacks it, and that is not allowed
   */
  boolean isWanted(String parameter) {
    load.missing.remove(parameter);
    if (load.model == null || load.model.containsKey(parameter)) {
      parameterCheck.accept(parameter);
      return true;
    }
    if (allows(LoadOption.ALLOW_EXTRA_PARAMETERS)) {
      return false;
    }
    throw problem("has a parameter '" + parameter + "' that the model has not: "
        + load.model.keySet() + "; ALLOW_EXTRA_PARAMETERS leaves it out");
  }

  /**
   * This object as that of a decorator, null where the file has none and that is allowed.
   *
   * @throws StateFileException if the file has none, or another
   */
  StateReader decorator(String name) {
    StateReader at = this;
    while (at.isDecorator() && !at.fields.text(DECORATOR).equals(name)) {
      at = at.inside();
    }
    boolean found = at.isDecorator();
    if (at == this && found) {
      return new StateReader(
          load, fields, around, StateWriter.prefix(around, name), parameterCheck);
    }
    if (!allows(LoadOption.ALLOW_OTHER_DECORATORS)) {
      throw problem("has "
          + (isDecorator()
              ? "the state of a decorator '" + fields.text(DECORATOR) + "'"
              : "no state of a decorator")
          + ", expected that of '" + name
          + "'; ALLOW_OTHER_DECORATORS leaves both as they are");
    }
    return found ? at.decorator(name) : null;
  }

  /**
   * The object behind those of decorators that nobody asked for.
   *
   * @throws StateFileException if there are any, and that is not allowed
   */
  StateReader behindDecorators() {
    if (!isDecorator()) {
      return this;
    }
    if (!allows(LoadOption.ALLOW_OTHER_DECORATORS)) {
      throw problem("has the state of a decorator '" + fields.text(DECORATOR)
          + "', expected none; ALLOW_OTHER_DECORATORS leaves it out");
    }
    return inside().behindDecorators();
  }

  private boolean isDecorator() {
    return fields.names().contains(DECORATOR);
  }
}
