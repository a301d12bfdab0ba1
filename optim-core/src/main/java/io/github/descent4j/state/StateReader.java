package io.github.descent4j.state;

import static io.github.descent4j.internal.state.StateFields.CONTENT;
import static io.github.descent4j.internal.state.StateFields.DECORATOR;
import static io.github.descent4j.internal.state.StateFields.INSIDE;
import static io.github.descent4j.internal.state.StateFields.OPTIMIZER;
import static io.github.descent4j.internal.state.StateFields.OPTIMIZER_STATE;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.access.ParametersAccess;
import io.github.descent4j.internal.access.Registry;
import io.github.descent4j.internal.access.StateReaderAccess;
import io.github.descent4j.internal.file.ArrayFileReader;
import io.github.descent4j.internal.file.EntryName;
import io.github.descent4j.internal.file.Fields;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What one optimizer of a nest of them finds in a state file: the inverse of {@link StateWriter}.
 *
 * <p>While they read, optimizers only check and leave with {@link #whenAllIsWell} what would change
 * them, so that a file that does not fit changes none of them.
 *
 * <pre>{@code
 * protected void loadOwn(StateReader in) { // of a Decorator of yours
 *   long loaded = in.whole("seenSteps", 0);
 *   in.whenAllIsWell(() -> seenSteps = loaded);
 * }
 * }</pre>
 */
public final class StateReader {
  static {
    Registry.register(StateReaderAccess.class, new StateReaderAccess() {
      @Override
      public void read(
          Path file,
          Parameters model,
          Map<String, String> newNames,
          Set<LoadOption> options,
          Object owner,
          Consumer<StateReader> optimizer) {
        StateReader.read(file, model, newNames, options, owner, optimizer);
      }

      @Override
      public Fields fields(StateReader in) {
        return in.fields;
      }

      @Override
      public StateReader decorator(StateReader in, String name) {
        return in.decorator(name);
      }

      @Override
      public StateReader inside(StateReader decorator) {
        return decorator.inside();
      }

      @Override
      public StateReader checking(StateReader in, Consumer<String> parameterName) {
        return in.checking(parameterName);
      }
    });
  }

  /** What all of one file's readers share. */
  private record Load(
      ArrayFileReader file,
      Map<String, Parameter> model,
      Map<String, String> newNames,
      Set<String> notRenamed,
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

  private static void read(
      Path file,
      Parameters model,
      Map<String, String> newNames,
      Set<LoadOption> options,
      Object owner,
      Consumer<StateReader> optimizer) {
    try (ArrayFileReader reader = ArrayFileReader.open(file)) {
      Fields description = reader.description();
      if (!description.text(CONTENT).equals(OPTIMIZER_STATE)) {
        throw description.bad(CONTENT, '"' + OPTIMIZER_STATE + '"');
      }
      Map<String, Parameter> byName = model == null ? null : ParametersAccess.ACCESS.byName(model);
      Load load = new Load(
          reader,
          byName,
          newNames,
          new TreeSet<>(newNames.keySet()),
          options,
          new ArrayList<>(),
          new LinkedHashSet<>(reader.arrays()),
          new LinkedHashSet<>(byName == null ? Set.of() : byName.keySet()));
      optimizer.accept(
          new StateReader(load, description.object(OPTIMIZER), List.of(), "", name -> {}));
      requireComplete(owner, load);
      load.changes.forEach(Runnable::run);
    }
  }

  private static void requireComplete(Object owner, Load load) {
    if (!load.notRenamed.isEmpty()) {
      String name = load.notRenamed.iterator().next();
      throw load.file.problem(
          "has no parameter '" + name + "', which was to be '" + load.newNames.get(name) + "'");
    }
    if (!load.missing.isEmpty() && !load.options.contains(LoadOption.ALLOW_MISSING_PARAMETERS)) {
      throw load.file.problem("has no parameter '" + load.missing.iterator().next()
          + "', expected one as in the model; ALLOW_MISSING_PARAMETERS starts it anew");
    }
    boolean complete = !load.options.contains(LoadOption.ALLOW_EXTRA_PARAMETERS)
        && !load.options.contains(LoadOption.ALLOW_OTHER_DECORATORS);
    if (complete && !load.unread.isEmpty()) {
      throw load.file.problem("has an array '" + load.unread.iterator().next()
          + "' that belongs to nothing in " + owner);
    }
  }

  /** The names of the fields of this object, in the file's order. */
  public Set<String> names() {
    return fields.names();
  }

  /**
   * A field that is a number, NaN and the infinities included.
   *
   * @throws StateFileException if it is missing or anything else
   */
  public double number(String name) {
    return fields.number(name);
  }

  /**
   * A field that is a whole number.
   *
   * @throws StateFileException if it is missing, anything else or below {@code least}
   */
  public long whole(String name, long least) {
    return fields.whole(name, least);
  }

  /**
   * A field that is a count of steps: a whole number of at most 10<sup>15</sup>, which is more than a run can reach.
   *
   * @throws StateFileException if it is missing, anything else, below {@code least} or more than that
   */
  public long steps(String name, long least) {
    return fields.steps(name, least);
  }

  /**
   * A field that is a string.
   *
   * @throws StateFileException if it is missing or anything else
   */
  public String text(String name) {
    return fields.text(name);
  }

  /**
   * A field that is an object, of which the result reads.
   *
   * @throws StateFileException if it is missing or anything else
   */
  public StateReader object(String name) {
    return new StateReader(load, fields.object(name), around, prefix, parameterCheck);
  }

  /** Whether a difference between the file and what it is loaded into is allowed. */
  public boolean allows(LoadOption option) {
    return load.options.contains(option);
  }

  /**
   * The array of a parameter and slot that {@link StateWriter#putSlot} has put: a new one.
   *
   * @throws StateFileException if there is none, or it is damaged
   */
  public INDArray slot(String parameter, String slot) {
    String name = EntryName.of(parameter, prefix + slot);
    load.unread.remove(name);
    return load.file.array(name);
  }

  /**
   * Whether a parameter of the file is to be loaded: to be asked for each one that has slots.
   *
   * @throws StateFileException if the model lacks it, and that is not allowed
   */
  public boolean isWanted(String parameter) {
    String name = newName(parameter);
    load.notRenamed.remove(parameter);
    load.missing.remove(name);
    if (load.model == null || load.model.containsKey(name)) {
      parameterCheck.accept(name);
      return true;
    }
    if (allows(LoadOption.ALLOW_EXTRA_PARAMETERS)) {
      return false;
    }
    throw problem("has a parameter '" + name + "' that the model has not: " + load.model.keySet()
        + "; ALLOW_EXTRA_PARAMETERS leaves it out");
  }

  /** What a parameter of the file is called in the model. */
  public String newName(String parameter) {
    return load.newNames.getOrDefault(parameter, parameter);
  }

  /** The model's parameter for one of the file, null if there is none or any model will do. */
  public Parameter inModel(String parameter) {
    return load.model == null ? null : load.model.get(newName(parameter));
  }

  /** Leaves a change that cannot fail, for the moment when everything has been checked. */
  public void whenAllIsWell(Runnable change) {
    load.changes.add(change);
  }

  /**
   * An exception about the file, to be thrown.
   *
   * @param problem a phrase of which the file is the subject
   */
  public StateFileException problem(String problem) {
    return load.file.problem(problem);
  }

  /** An exception, to be thrown, that names a field of this object, its value and what was expected. */
  public StateFileException bad(String name, String expected) {
    return fields.bad(name, expected);
  }

  /**
   * The object behind those of decorators that nobody asked for: what an optimizer that is no decorator
   * reads.
   *
   * @throws StateFileException if there are any, and that is not allowed
   */
  public StateReader behindDecorators() {
    if (!isDecorator()) {
      return this;
    }
    if (!allows(LoadOption.ALLOW_OTHER_DECORATORS)) {
      throw problem("has the state of a decorator '" + fields.text(DECORATOR)
          + "', expected none; ALLOW_OTHER_DECORATORS leaves it out");
    }
    return inside().behindDecorators();
  }

  private StateReader inside() {
    List<String> all = StateWriter.with(around, fields.text(DECORATOR));
    return new StateReader(load, fields.object(INSIDE), all, "", parameterCheck);
  }

  private StateReader checking(Consumer<String> parameterName) {
    return new StateReader(load, fields, around, prefix, parameterCheck.andThen(parameterName));
  }

  private StateReader decorator(String name) {
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

  private boolean isDecorator() {
    return fields.names().contains(DECORATOR);
  }
}
