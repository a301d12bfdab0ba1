package io.github.descent4j.decorator;

import static io.github.descent4j.internal.state.StateFields.OPTIMIZER;

import io.github.descent4j.Parameter;
import io.github.descent4j.internal.access.StateReaderAccess;
import io.github.descent4j.internal.state.Hyperparameters;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What groups put into a state file, and take from one: by their names, each with its optimizer. */
final class GroupsFile {
  private static final String GROUPS = "groups";
  private static final String RATE_FACTOR = "rateFactor";

  private GroupsFile() {}

  static void save(Group[] groups, StateWriter out) {
    StateWriter all = out.object(GROUPS);
    for (Group group : groups) {
      StateWriter own = all.object(group.name);
      Hyperparameters.save(hyperparameters(group), own);
      group.optimizer.save(own.object(OPTIMIZER));
    }
  }

  static void load(GroupedOptimizer optimizer, Group[] groups, StateReader in) {
    StateReader all = in.behindDecorators().object(GROUPS);
    List<String> names = optimizer.groups();
    if (!Set.copyOf(names).equals(all.names())) {
      throw in.problem(
          "has the groups " + all.names() + ", expected " + names + " as in " + optimizer);
    }
    Map<String, Group> owners = new HashMap<>();
    for (Group group : groups) {
      StateReader own = all.object(group.name);
      Hyperparameters.compare(hyperparameters(group), "group '" + group.name + "'", own);
      group.optimizer.load(StateReaderAccess.ACCESS.checking(own.object(OPTIMIZER), parameter -> {
        Group other = owners.putIfAbsent(parameter, group);
        if (other != null && other != group) {
          throw in.problem(String.format(
              Locale.ROOT,
              "has parameter '%s' in group '%s' and in '%s', expected it in one",
              parameter,
              other.name,
              group.name));
        }
        requireModels(optimizer, group, parameter, in);
      }));
    }
  }

  /** Without a model, the next step will find out. */
  private static void requireModels(
      GroupedOptimizer optimizer, Group group, String parameter, StateReader in) {
    Parameter own = in.inModel(parameter);
    Group taker = own == null ? group : optimizer.firstThatTakes(own);
    if (taker != group) {
      throw in.problem(String.format(
          Locale.ROOT,
          "has parameter '%s' in group '%s', expected it in %s as in %s",
          parameter,
          group.name,
          taker == null ? "none" : "'" + taker.name + "'",
          optimizer));
    }
  }

  private static Map<String, Object> hyperparameters(Group group) {
    return Map.of(RATE_FACTOR, group.rateFactor);
  }
}
