package io.github.descent4j.decorator;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.ParametersAccess;
import io.github.descent4j.internal.gradient.Blend;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.state.ParameterState;
import io.github.descent4j.internal.state.SlotDefinition;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arrays that take the place of a step's gradients for all that is inside, and the step that has them: what changes
 * gradients in other ways than by scaling and clamping needs. One array per parameter, kept by name.
 */
final class ReplacedGradients {
  private static final SlotDefinition[] ARRAY = {SlotDefinition.zero("gradient")};

  private final boolean inTypeOfValue;
  private final Map<String, ParameterState> states = new HashMap<>();
  private final Blend blend = new Blend();
  private final StepContext inside = new StepContext();

  // Of the parameters of the last step: mostly those of the next one too.
  private Parameters source;
  private Parameters replaced;
  private ParameterState[] current = {};

  /** Whether the arrays have been kept by name: once a step has succeeded. */
  private boolean kept;

  /**
   * Without arrays yet.
   *
   * @param inTypeOfValue whether the array of a half type is of that type, not FLOAT
   */
  ReplacedGradients(boolean inTypeOfValue) {
    this.inTypeOfValue = inTypeOfValue;
  }

  /**
   * Finds or makes the array of every parameter.
   *
   * @throws IllegalArgumentException if one is of another type or shape than before
   */
  void find(Parameters parameters) {
    if (parameters == source) {
      return;
    }
    int size = parameters.size();
    ParameterState[] found = new ParameterState[size];
    Parameter[] withArrays = new Parameter[size];
    for (int i = 0; i < size; i++) {
      Parameter parameter = parameters.get(i);
      ParameterState known = states.get(parameter.name());
      if (known != null) {
        known.requireMatch(parameter);
      }
      found[i] = known == null ? create(parameter) : known;
      withArrays[i] = ParameterAccess.ACCESS.withGradient(parameter, found[i].slots[0]);
    }
    current = found;
    kept = false;
    replaced = ParametersAccess.ACCESS.trusted(withArrays);
    source = parameters;
  }

  private ParameterState create(Parameter parameter) {
    DataType type = parameter.value().dataType();
    return new ParameterState(
        parameter, ARRAY, inTypeOfValue ? type : ParameterState.slotType(type));
  }

  /** The parameters with the arrays for gradients. */
  Parameters parameters() {
    return replaced;
  }

  /** The array of a parameter. */
  INDArray array(int index) {
    return current[index].slots[0];
  }

  /** Where it is. */
  ArrayMemory memory(int index) {
    return current[index].slotMemory[0];
  }

  /** Sets all arrays to the gradients of a step as the decorators outside have left them. */
  void copyAll(StepContext outside) {
    blend.clear();
    for (int i = 0; i < current.length; i++) {
      copyLater(outside, i);
    }
    blend.run();
  }

  /** The same of some: begins. */
  void beginCopies() {
    blend.clear();
  }

  /** The same of one, done by {@link #runCopies}. */
  void copyLater(StepContext outside, int index) {
    blend.copy(
        memory(index),
        ParameterAccess.ACCESS.gradientMemory(source.get(index)),
        outside.transform(index));
  }

  /** Does what {@link #copyLater} has listed. */
  void runCopies() {
    blend.run();
  }

  /** The step inside, with the arrays as they are and the learning rate from outside. */
  StepContext inside(StepContext outside) {
    inside.reset(replaced);
    inside.rate(outside.rate(), outside.rateFactor());
    if (outside.isGuarded()) {
      inside.guard();
    }
    return inside;
  }

  /** The step inside that is under way. */
  StepContext inside() {
    return inside;
  }

  /** Lets go of a parameter's array. */
  void forget(String parameterName) {
    states.remove(parameterName);
    source = null;
  }

  /** Keeps a parameter's array under another name. */
  void rename(String parameterName, String newName) {
    ParameterState.rename(states, parameterName, newName);
    source = null;
  }

  /** Keeps the arrays by name: the step has succeeded. */
  void keep() {
    if (kept) {
      return;
    }
    for (int i = 0; i < current.length; i++) {
      states.put(source.get(i).name(), current[i]);
    }
    kept = true;
  }
}
