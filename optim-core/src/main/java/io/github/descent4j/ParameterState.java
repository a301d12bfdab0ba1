package io.github.descent4j;

import io.github.descent4j.kernel.Span;
import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What an update rule remembers of one parameter, and the scalars of its current step. */
final class ParameterState {

  /** A slot of an update rule. */
  record Slot(String name, double initialValue) {

    static Slot zero(String name) {
      return new Slot(name, 0);
    }
  }

  /** Room for the scalars of a step. */
  static final int SCALARS = 5;

  final INDArray[] slots;
  final Span[] slotSpans;

  /** The logical order in which the slots are dense: that of the parameter at its first step. */
  final char order;

  /** Completed steps of this parameter. */
  long steps;

  /** Scalars of the current step, or else of the last one, laid out by the rule. */
  final double[] scalars = new double[SCALARS];

  /** What decoupled decay takes off at the current step. */
  double decoupledDecay;

  final long[] shape;
  final DataType type;

  ParameterState(Parameter parameter, Slot[] rule) {
    shape = parameter.value().shape();
    type = parameter.value().dataType();
    order = parameter.valueSpan().order();
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
  ParameterState(long[] shape, DataType type, char order, INDArray[] slots, long steps) {
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
  ParameterState withScratch() {
    INDArray[] more = Arrays.copyOf(slots, slots.length + 1);
    more[slots.length] = copy(slots[0], order);
    return new ParameterState(shape, type, order, more, steps);
  }

  /** The type of a parameter's slots. */
  static DataType slotType(DataType type) {
    return type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
  }

  void requireMatch(Parameter parameter) {
    if (parameter.valueSpan().is(type, shape)) {
      return;
    }
    if (parameter.value().dataType() != type) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "parameter '%s' is of type %s, expected %s as at its first step",
          parameter.name(),
          parameter.value().dataType(),
          type));
    }
    throw new IllegalArgumentException(String.format(
        Locale.ROOT,
        "parameter '%s' has shape %s, expected %s as at its first step",
        parameter.name(),
        Arrays.toString(parameter.value().shape()),
        Arrays.toString(shape)));
  }

  void copyScalars(ParameterState other) {
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
