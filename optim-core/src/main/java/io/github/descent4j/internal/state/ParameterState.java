package io.github.descent4j.internal.state;

import io.github.descent4j.Parameter;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.kernel.Span;
import io.github.descent4j.rule.Slot;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What an update rule remembers of one parameter, and the scalars of its current step. */
public final class ParameterState {

  /** Room for the scalars of a step. */
  public static final int SCALARS = 5;

  /** In the order of the rule. */
  public final INDArray[] slots;

  /** Where they are. */
  public final Span[] slotSpans;

  /** The logical order in which the slots are dense: that of the parameter at its first step. */
  public final char order;

  /** Completed steps of this parameter. */
  public long steps;

  /** Scalars of the current step, or else of the last one, laid out by the rule. */
  public final double[] scalars = new double[SCALARS];

  /** What decoupled decay takes off at the current step. */
  public double decoupledDecay;

  /** The parameter's. */
  public final long[] shape;

  /** The parameter's, which is not always {@linkplain #slotType that of the slots}. */
  public final DataType type;

  /** Makes the slots of a rule. */
  public ParameterState(Parameter parameter, Slot[] rule) {
    shape = parameter.value().shape();
    type = parameter.value().dataType();
    order = ParameterAccess.ACCESS.valueSpan(parameter).order();
    slots = new INDArray[rule.length];
    slotSpans = new Span[rule.length];
    DataType slotType = slotType(type);
    for (int s = 0; s < rule.length; s++) {
      slots[s] = create(parameter, slotType, rule[s].initialValue());
      slotSpans[s] = Span.of(slots[s]);
    }
  }

  /**
   * Goes on from a state file.
   *
   * @param slots in the order of the rule, of the parameter's shape and {@link #slotType}
   */
  public ParameterState(long[] shape, DataType type, char order, INDArray[] slots, long steps) {
    this.shape = shape;
    this.type = type;
    this.order = order;
    this.slots = slots;
    this.steps = steps;
    slotSpans = new Span[slots.length];
    for (int s = 0; s < slots.length; s++) {
      if (slots[s].rank() > 1 && slots[s].ordering() != order) {
        slots[s] = copy(slots[s], order);
      }
      slotSpans[s] = Span.of(slots[s]);
    }
  }

  /** The same with one more slot, whose contents do not matter. */
  public ParameterState withScratch() {
    INDArray[] more = Arrays.copyOf(slots, slots.length + 1);
    more[slots.length] = copy(slots[0], order);
    return new ParameterState(shape, type, order, more, steps);
  }

  /** The type of a parameter's slots. */
  public static DataType slotType(DataType type) {
    return type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
  }

  /**
   * Sees to it that a parameter is of the type and shape that it was of.
   *
   * @throws IllegalArgumentException if it is not
   */
  public void requireMatch(Parameter parameter) {
    if (ParameterAccess.ACCESS.valueSpan(parameter).is(type, shape)) {
      return;
    }
    if (parameter.value().dataType() != type) {
      throw new IllegalArgumentException(String.format(
          "parameter '%s' is of type %s, expected %s as at its first step",
          parameter.name(), parameter.value().dataType(), type));
    }
    throw new IllegalArgumentException(String.format(
        "parameter '%s' has shape %s, expected %s as at its first step",
        parameter.name(), Arrays.toString(parameter.value().shape()), Arrays.toString(shape)));
  }

  /** Takes over the scalars of a parameter that has taken the same steps. */
  public void copyScalars(ParameterState other) {
    System.arraycopy(other.scalars, 0, scalars, 0, SCALARS);
    decoupledDecay = other.decoupledDecay;
  }

  @SuppressWarnings("try") // As below.
  private static INDArray copy(INDArray slot, char order) {
    try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      return slot.dup(order);
    }
  }

  /** A slot outlives the workspace that the caller of a step may have open. */
  @SuppressWarnings("try") // The scope is left by closing it, and has no other use.
  private INDArray create(Parameter parameter, DataType slotType, double initialValue) {
    try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      if (shape.length == 0) {
        boolean empty = parameter.value().isEmpty();
        return empty ? Nd4j.empty(slotType) : Nd4j.scalar(slotType, initialValue);
      }
      INDArray slot = Nd4j.create(slotType, shape, order);
      return initialValue == 0 || slot.isEmpty() ? slot : slot.assign(initialValue);
    }
  }
}
