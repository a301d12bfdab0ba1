package io.github.descent4j.rule;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.access.ParametersAccess;
import io.github.descent4j.internal.state.ParameterState;
import io.github.descent4j.internal.state.SlotDefinition;
import io.github.descent4j.internal.state.SlotFile;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an update rule remembers of each parameter, by the parameter's name. */
final class RuleMemory {
  /** The slot with the value in float of a parameter of a half type. */
  static final String MASTER = "master";

  private static final Logger LOG = LoggerFactory.getLogger(UpdateRule.class);

  private final String rule;
  private final SlotDefinition[] slots;
  private final boolean masterValues;

  /** Whether each parameter gives slots names and shapes of its own. */
  private final boolean ownSlots;

  private final Map<String, ParameterState> states = new LinkedHashMap<>();
  private ParameterState[] current = {};

  /** The parameters that {@link #current} was last found for: mostly those of the next step too. */
  private Parameters found;

  private boolean warnedOfNames;

  RuleMemory(String rule, SlotDefinition[] slots, boolean masterValues, boolean ownSlots) {
    this.rule = rule;
    this.slots = slots;
    this.masterValues = masterValues;
    this.ownSlots = ownSlots;
  }

  /** Of the parameters that have been stepped, in the order of their first step: a live view. */
  Map<String, ParameterState> states() {
    return states;
  }

  /**
   * Finds or makes the state of every parameter; new ones are kept only once {@link #count} has been called.
   *
   * @throws IllegalArgumentException if a parameter is of another type or shape than at its first step
   */
  ParameterState[] find(Parameters parameters) {
    if (parameters == found) {
      return current;
    }
    found = null;
    if (current.length < parameters.size()) {
      current = new ParameterState[parameters.size()];
    }
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      ParameterState known = states.get(parameter.name());
      if (known == null) {
        current[i] = create(parameter);
        warnOfNames(parameter, parameters);
      } else {
        known.requireMatch(parameter);
        current[i] = known;
      }
    }
    found = parameters;
    return current;
  }

  /** Counts a step of the parameters that were last found. */
  void count() {
    for (int i = 0; i < found.size(); i++) {
      if (current[i].steps++ == 0) {
        states.put(found.get(i).name(), current[i]);
      }
    }
  }

  /**
   * Sees to it that no row has missed a step: a state file has no place for those.
   *
   * @throws IllegalStateException if one has
   */
  void requireUpToDate() {
    states.forEach((name, state) -> {
      if (state.rowHistory != null && state.rowHistory.isBehind()) {
        throw new IllegalStateException(RowSteps.behind(name));
      }
    });
  }

  void forget(String parameterName) {
    states.remove(parameterName);
    found = null;
  }

  void rename(String parameterName, String newName) {
    ParameterState.rename(states, parameterName, newName);
    found = null;
  }

  void save(StateWriter out) {
    if (ownSlots || masterValues) {
      SlotFile.saveNamed(states, out);
    } else {
      SlotFile.save(states, slots, out);
    }
  }

  /** Checks what has been saved after so many steps, and leaves with the reader what will change. */
  void load(StateReader in, long steps) {
    Map<String, ParameterState> loaded =
        ownSlots ? SlotFile.loadNamed(1, steps, in) : SlotFile.load(this::slots, 1, steps, in);
    in.whenAllIsWell(() -> {
      states.clear();
      states.putAll(loaded);
      found = null;
    });
  }

  private SlotDefinition[] slots(DataType type) {
    if (!masterValues || (type != DataType.FLOAT16 && type != DataType.BFLOAT16)) {
      return slots;
    }
    SlotDefinition[] withMaster = Arrays.copyOf(slots, slots.length + 1);
    withMaster[slots.length] = SlotDefinition.zero(MASTER);
    return withMaster;
  }

  private ParameterState create(Parameter parameter) {
    SlotDefinition[] own = slots(parameter.value().dataType());
    ParameterState state = new ParameterState(parameter, own);
    if (own != slots && !parameter.value().isEmpty()) {
      state.slot(MASTER).assign(parameter.value());
    }
    return state;
  }

  /** A parameter that has got another name begins anew, which is seldom meant. */
  private void warnOfNames(Parameter parameter, Parameters parameters) {
    if (warnedOfNames || states.isEmpty()) {
      return;
    }
    Set<String> present = ParametersAccess.ACCESS.byName(parameters).keySet();
    for (Map.Entry<String, ParameterState> known : states.entrySet()) {
      if (!present.contains(known.getKey()) && known.getValue().matches(parameter)) {
        warnedOfNames = true;
        LOG.warn(
            "Parameter '{}' is new to {} while '{}' of the same shape is gone: its slots begin anew. If it is the"
                + " same parameter, state().rename(\"{}\", \"{}\") keeps them",
            parameter.name(),
            rule,
            known.getKey(),
            known.getKey(),
            parameter.name());
        return;
      }
    }
  }
}
