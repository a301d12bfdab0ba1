package io.github.descent4j.internal.state;

import io.github.descent4j.Parameter;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.update.RowHistory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What an update rule or decorator remembers of one parameter. */
public final class ParameterState {

  /** Completed steps of this parameter. */
  public long steps;

  /** The logical order in which the slots are dense: that of the parameter at its first step. */
  public final char order;

  /** The parameter's. */
  public final long[] shape;

  /** The parameter's, which is not always {@linkplain #slotType that of the slots}. */
  public final DataType type;

  /** In the order of the rule; not to be changed from outside. */
  public INDArray[] slots;

  /** Where they are. */
  public ArrayMemory[] slotMemory;

  /** The steps that rows may have missed; null where none ever has. */
  public RowHistory rowHistory;

  private String[] names;

  /** Makes the slots of a rule. */
  public ParameterState(Parameter parameter, SlotDefinition[] rule) {
    this(parameter, rule, slotType(parameter.value().dataType()));
  }

  /** Makes arrays of another type than that of slots. */
  public ParameterState(Parameter parameter, SlotDefinition[] rule, DataType slotType) {
    shape = parameter.value().shape();
    type = parameter.value().dataType();
    order = ParameterAccess.ACCESS.valueMemory(parameter).order();
    slots = new INDArray[rule.length];
    names = new String[rule.length];
    for (int s = 0; s < rule.length; s++) {
      names[s] = rule[s].name();
      slots[s] = rule[s].isNumber()
          ? number(rule[s].initialValue())
          : create(parameter, slotType, rule[s].initialValue());
    }
    slotMemory = memoryOf(slots);
  }

  /**
   * Goes on from a state file.
   *
   * @param names of the slots
   * @param slots in the order of the rule, of {@link #slotType}
   */
  public ParameterState(
      long[] shape, DataType type, char order, String[] names, INDArray[] slots, long steps) {
    this.shape = shape;
    this.type = type;
    this.order = order;
    this.names = names;
    this.slots = slots;
    this.steps = steps;
    for (int s = 0; s < slots.length; s++) {
      if (slots[s].rank() > 1
          && slots[s].ordering() != order
          && Arrays.equals(slots[s].shape(), shape)) {
        slots[s] = copy(slots[s], order);
      }
    }
    slotMemory = memoryOf(slots);
  }

  /** The same with one more slot, whose contents do not matter. */
  public ParameterState withScratch() {
    String[] moreNames = Arrays.copyOf(names, names.length + 1);
    INDArray[] more = Arrays.copyOf(slots, slots.length + 1);
    moreNames[names.length] = "";
    more[slots.length] = copy(slots[0], order);
    return new ParameterState(shape, type, order, moreNames, more, steps);
  }

  /** The slots' names, in the order of the rule. */
  public List<String> slotNames() {
    return List.of(names);
  }

  /** A slot, null if there is none of that name. */
  public INDArray slot(String name) {
    int place = Arrays.asList(names).indexOf(name);
    return place < 0 ? null : slots[place];
  }

  /** Adds a slot. */
  public void add(String name, INDArray slot) {
    names = Arrays.copyOf(names, names.length + 1);
    slots = Arrays.copyOf(slots, slots.length + 1);
    names[names.length - 1] = name;
    slots[slots.length - 1] = slot;
    slotMemory = memoryOf(slots);
  }

  private static ArrayMemory[] memoryOf(INDArray[] slots) {
    ArrayMemory[] memory = new ArrayMemory[slots.length];
    for (int s = 0; s < slots.length; s++) {
      memory[s] = ArrayMemory.of(slots[s]);
    }
    return memory;
  }

  /** The type of a parameter's slots. */
  public static DataType slotType(DataType type) {
    return type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
  }

  /** Puts a state under another name, in its place among the others; nothing if there is none of the old name. */
  public static void rename(
      Map<String, ParameterState> states, String parameterName, String newName) {
    if (!states.containsKey(parameterName)) {
      return;
    }
    Map<String, ParameterState> all = new LinkedHashMap<>(states);
    states.clear();
    all.forEach((name, state) -> states.put(name.equals(parameterName) ? newName : name, state));
  }

  /** Whether a parameter is of this type and shape. */
  public boolean matches(Parameter parameter) {
    return ParameterAccess.ACCESS.valueMemory(parameter).is(type, shape);
  }

  /**
   * Sees to it that a parameter is of the type and shape that it was of.
   *
   * @throws IllegalArgumentException if it is not
   */
  public void requireMatch(Parameter parameter) {
    if (matches(parameter)) {
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

  @SuppressWarnings("try") // As below.
  private static INDArray copy(INDArray slot, char order) {
    try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      return slot.dup(order);
    }
  }

  @SuppressWarnings("try") // As below.
  private static INDArray number(double initialValue) {
    try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      return Nd4j.scalar(DataType.DOUBLE, initialValue);
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
