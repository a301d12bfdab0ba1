package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.internal.access.ParametersAccess;
import io.github.descent4j.internal.access.Registry;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.state.ParameterFile;
import io.github.descent4j.state.LoadOption;
import io.github.descent4j.state.StateFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The parameters of one step: the whole model, in order, each name once.
 *
 * <p>Immutable, and cheap to make again where gradients are new arrays at every step.
 *
 * <pre>{@code
 * Parameters parameters = Parameters.of(Parameter.of("w", w, gradW), Parameter.of("b", b, gradB));
 * }</pre>
 */
public final class Parameters implements Iterable<Parameter> {
  private final Parameter[] parameters;

  static {
    Registry.register(ParametersAccess.class, new ParametersAccess() {
      @Override
      public Parameters trusted(Parameter[] parameters) {
        return new Parameters(parameters);
      }

      @Override
      public Map<String, Parameter> byName(Parameters parameters) {
        Map<String, Parameter> all = new LinkedHashMap<>();
        for (Parameter parameter : parameters.parameters) {
          all.put(parameter.name(), parameter);
        }
        return all;
      }
    });
  }

  private Parameters(Parameter[] parameters) {
    this.parameters = parameters;
  }

  /**
   * Collects parameters in the given order.
   *
   * @throws NullPointerException if one is null
   * @throws IllegalArgumentException if two have the same name, or the value of one shares memory
   *     with an array of another
   */
  public static Parameters of(Parameter... parameters) {
    return of(Arrays.asList(parameters));
  }

  /**
   * Collects parameters in the collection's order.
   *
   * @throws NullPointerException if one is null
   * @throws IllegalArgumentException if two have the same name, or the value of one shares memory
   *     with an array of another
   */
  public static Parameters of(Collection<Parameter> parameters) {
    Parameter[] copy = parameters.toArray(Parameter[]::new);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < copy.length; i++) {
      int index = i;
      requireNonNull(copy[i], () -> "parameter " + index + " is null, expected a parameter");
      if (!names.add(copy[i].name())) {
        throw new IllegalArgumentException(
            "parameter name '" + copy[i].name() + "' is given twice, expected distinct names");
      }
    }
    requireApart(copy);
    return new Parameters(copy);
  }

  /**
   * Saves the values in place of the file that may be there, as {@link OptimizerState#save} does.
   *
   * @param file of the default file system; a symbolic link is followed
   * @throws java.io.UncheckedIOException if it cannot be written; the old file is as it was
   * @throws IllegalArgumentException if a name has no UTF-8 form or more than some ten thousand
   *     characters
   * @throws IllegalStateException if an array has been closed
   */
  public void save(Path file) {
    requireNonNull(file, "file is null, expected a path");
    ParameterFile.save(this, file);
  }

  /**
   * Loads what {@link #save} has saved into the arrays of the parameters with these names, after
   * all of it has been read and checked.
   *
   * @param options {@link LoadOption#ALLOW_MISSING_PARAMETERS} and {@link
   *     LoadOption#ALLOW_EXTRA_PARAMETERS} matter here
   * @throws StateFileException if the file is damaged, or a parameter is missing, extra, or of
   *     another shape or type; no array has changed
   * @throws java.io.UncheckedIOException if it cannot be read; no array has changed
   * @throws IllegalStateException if an array has been closed
   */
  public void load(Path file, LoadOption... options) {
    requireNonNull(file, "file is null, expected a path");
    ParameterFile.load(this, file, Set.of(options));
  }

  /** How many. */
  public int size() {
    return parameters.length;
  }

  /**
   * A parameter by its place.
   *
   * @throws IndexOutOfBoundsException if the index is not in [0, size)
   */
  public Parameter get(int index) {
    return parameters[index];
  }

  /**
   * A parameter by its name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public Parameter get(String name) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equals(name)) {
        return parameter;
      }
    }
    throw new IllegalArgumentException(
        "parameter name is '" + name + "', expected one of " + Arrays.toString(parameters));
  }

  @Override
  public Iterator<Parameter> iterator() {
    return List.of(parameters).iterator();
  }

  @Override
  public String toString() {
    return Arrays.toString(parameters);
  }

  /**
   * A value that overlapped another array would make the result depend on the order of updates.
   * Sorted by address, only neighbours whose extents meet need a look.
   */
  private static void requireApart(Parameter[] parameters) {
    record Extent(Parameter owner, ArrayMemory memory, boolean isValue) {}

    List<Extent> extents = new ArrayList<>(2 * parameters.length);
    for (Parameter parameter : parameters) {
      extents.add(new Extent(parameter, parameter.valueMemory(), true));
      extents.add(new Extent(parameter, parameter.gradientMemory(), false));
    }
    extents.sort(Comparator.comparingLong(extent -> extent.memory.begin()));
    for (int i = 0; i < extents.size(); i++) {
      Extent a = extents.get(i);
      for (int j = i + 1; j < extents.size(); j++) {
        Extent b = extents.get(j);
        if (b.memory.begin() >= a.memory.end()) {
          break;
        }
        if ((a.isValue || b.isValue) && a.owner != b.owner && a.memory.overlaps(b.memory)) {
          throw new IllegalArgumentException(String.format(
              Locale.ROOT,
              "%s of parameter '%s' and %s of parameter '%s' share memory, expected two arrays",
              a.isValue ? "value" : "gradient",
              a.owner.name(),
              b.isValue ? "value" : "gradient",
              b.owner.name()));
        }
      }
    }
  }
}
