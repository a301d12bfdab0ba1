package io.github.descent4j.decorator;

import io.github.descent4j.OptimizerState;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The states of several optimizers as one: each parameter has been stepped by one of them. */
record GroupedState(List<OptimizerState> states) implements OptimizerState {

  @Override
  public Set<String> parameters() {
    Set<String> names = new LinkedHashSet<>();
    for (OptimizerState state : states) {
      names.addAll(state.parameters());
    }
    return names;
  }

  @Override
  public Set<String> slots(String parameterName) {
    return of(parameterName).slots(parameterName);
  }

  @Override
  public INDArray slot(String parameterName, String slotName) {
    return of(parameterName).slot(parameterName, slotName);
  }

  @Override
  public long steps(String parameterName) {
    return of(parameterName).steps(parameterName);
  }

  private OptimizerState of(String parameterName) {
    for (OptimizerState state : states) {
      if (state.parameters().contains(parameterName)) {
        return state;
      }
    }
    throw new IllegalArgumentException(String.format(
        Locale.ROOT,
        "parameter name is '%s', expected one that has been stepped: %s",
        parameterName,
        parameters()));
  }

  @Override
  public String toString() {
    return states.toString();
  }
}
