package io.github.descent4j.rule;

import io.github.descent4j.OptimizerState;
import io.github.descent4j.internal.state.ParameterState;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The live view of what an update rule remembers. */
final class RuleState implements OptimizerState {
  private final UpdateRule rule;
  private final Map<String, ParameterState> states;

  RuleState(UpdateRule rule, Map<String, ParameterState> states) {
    this.rule = rule;
    this.states = states;
  }

  @Override
  public Set<String> parameters() {
    return Collections.unmodifiableSet(states.keySet());
  }

  @Override
  public Set<String> slots(String parameterName) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(find(parameterName).slotNames()));
  }

  @Override
  public INDArray slot(String parameterName, String slotName) {
    INDArray slot = find(parameterName).slot(slotName);
    if (slot == null) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT, "slot name is '%s', expected one of %s", slotName, slots(parameterName)));
    }
    return slot;
  }

  @Override
  public long steps(String parameterName) {
    return find(parameterName).steps;
  }

  private ParameterState find(String parameterName) {
    ParameterState state = states.get(parameterName);
    if (state == null) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "parameter name is '%s', expected one that has been stepped: %s",
          parameterName,
          states.keySet()));
    }
    return state;
  }

  @Override
  public String toString() {
    return rule + " after " + rule.steps() + " steps of " + states.keySet();
  }
}
