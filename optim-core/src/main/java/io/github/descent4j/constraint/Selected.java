package io.github.descent4j.constraint;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.access.ParametersAccess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** A map of some parameters. */
class Selected implements ProximalMap {
  private final ProximalMap map;

  /** Null where names select. */
  private final Predicate<Parameter> members;

  private final List<String> names;

  Selected(ProximalMap map, Predicate<Parameter> members, List<String> names) {
    this.map = map;
    this.members = members;
    this.names = names;
  }

  @Override
  public void requireFit(Parameters parameters) {
    map.requireFit(select(parameters));
  }

  @Override
  public void apply(Parameters parameters, double step) {
    map.apply(select(parameters), step);
  }

  private Parameters select(Parameters parameters) {
    List<Parameter> selected = new ArrayList<>();
    if (members == null) {
      names.forEach(name -> selected.add(parameters.get(name)));
    } else {
      parameters.forEach(parameter -> {
        if (members.test(parameter)) {
          selected.add(parameter);
        }
      });
    }
    return ParametersAccess.ACCESS.trusted(selected.toArray(Parameter[]::new));
  }

  @Override
  public String toString() {
    return map + (members == null ? ".only" + names : ".only(predicate)");
  }

  /** Of some parameters. */
  static final class Projecting extends Selected implements Projection {

    Projecting(Projection map, Predicate<Parameter> members, List<String> names) {
      super(map, members, names);
    }

    @Override
    public void project(Parameters parameters) {
      apply(parameters, 1);
    }
  }

  /** Names that are distinct, and at least one. */
  static List<String> names(String... names) {
    List<String> list = List.copyOf(Arrays.asList(names));
    if (list.isEmpty() || list.stream().distinct().count() < list.size()) {
      throw new IllegalArgumentException(
          "names are " + list + ", expected at least one, each once");
    }
    return list;
  }
}
