package io.github.descent4j.internal.state;

import io.github.descent4j.Parameter;
import io.github.descent4j.internal.access.StateReaderAccess;
import io.github.descent4j.internal.file.ElementType;
import io.github.descent4j.internal.file.Fields;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The states of parameters in a state file: a rule's, or those of a decorator with arrays. */
public final class SlotFile {
  private static final String TYPE = "type";
  private static final String SHAPE = "shape";
  private static final String ORDER = "order";
  private static final String STEPS = "steps";
  private static final String SLOTS = "slots";

  private SlotFile() {}

  /**
   * Puts states and their arrays.
   *
   * @param slots the first of each state's, those that are saved
   */
  public static void save(
      Map<String, ParameterState> states, SlotDefinition[] slots, StateWriter out) {
    List<String> names = Arrays.stream(slots).map(SlotDefinition::name).toList();
    save(states, state -> names, false, out);
  }

  /** The same with all slots of each state, whose names then stand in the file. */
  public static void saveNamed(Map<String, ParameterState> states, StateWriter out) {
    save(states, ParameterState::slotNames, true, out);
  }

  private static void save(
      Map<String, ParameterState> states,
      Function<ParameterState, List<String>> slots,
      boolean named,
      StateWriter out) {
    StateWriter parameters = out.object(StateFields.PARAMETERS);
    states.forEach((name, state) -> {
      StateWriter parameter = parameters.object(name);
      parameter.put(TYPE, ElementType.of(state.type).toString());
      parameter.put(SHAPE, Arrays.stream(state.shape).boxed().toList());
      parameter.put(ORDER, String.valueOf(state.order));
      parameter.put(STEPS, state.steps);
      if (named) {
        parameter.put(SLOTS, slots.apply(state));
      }
      for (String slot : slots.apply(state)) {
        parameter.putSlot(name, slot, state.slot(slot));
      }
    });
  }

  /**
   * Reads the states of those parameters that are to be loaded.
   *
   * @param slots those that have been saved, each in its parameter's shape or a number
   * @param least steps that a state may have
   * @param most steps that a state may have
   */
  public static Map<String, ParameterState> load(
      SlotDefinition[] slots, long least, long most, StateReader in) {
    return load(type -> slots, least, most, in);
  }

  /** The same for as many steps as a run can take. */
  public static Map<String, ParameterState> load(
      SlotDefinition[] slots, long least, StateReader in) {
    return load(slots, least, Long.MAX_VALUE, in);
  }

  /** The same where the slots' names stand in the file, and their shapes are their own. */
  public static Map<String, ParameterState> loadNamed(long least, long most, StateReader in) {
    return load((Function<DataType, SlotDefinition[]>) null, least, most, in);
  }

  /** The same where the slots depend on the parameter's type. */
  public static Map<String, ParameterState> load(
      Function<DataType, SlotDefinition[]> slots, long least, long most, StateReader in) {
    StateReader parameters = in.object(StateFields.PARAMETERS);
    Map<String, ParameterState> states = new LinkedHashMap<>();
    for (String name : parameters.names()) {
      if (in.isWanted(name)) {
        StateReader parameter = parameters.object(name);
        long steps = parameter.steps(STEPS, least);
        if (steps > most) {
          throw parameter.bad(STEPS, "at most " + most);
        }
        String newName = in.newName(name);
        if (states.put(newName, state(name, slots, steps, parameter)) != null) {
          throw in.problem("has two parameters that would be '" + newName + "'");
        }
      }
    }
    return states;
  }

  private static ParameterState state(
      String name, Function<DataType, SlotDefinition[]> slots, long steps, StateReader in) {
    // Without slots their names stand in the file.
    Fields fields = StateReaderAccess.ACCESS.fields(in);
    ElementType type = fields.type(TYPE);
    long[] shape = fields.shape(SHAPE).stream().mapToLong(Long::longValue).toArray();
    requireModelsOwn(name, type, shape, in);
    String order = fields.text(ORDER);
    if (!order.equals("c") && !order.equals("f")) {
      throw fields.bad(ORDER, "\"c\" or \"f\"");
    }
    SlotDefinition[] known = slots == null ? null : slots.apply(type.dataType());
    List<String> names = known == null
        ? fields.texts(SLOTS)
        : Arrays.stream(known).map(SlotDefinition::name).toList();
    INDArray[] arrays = new INDArray[names.size()];
    for (int s = 0; s < arrays.length; s++) {
      INDArray array = in.slot(name, names.get(s));
      boolean isNumber = known != null && known[s].isNumber();
      DataType slotType = isNumber ? DataType.DOUBLE : ParameterState.slotType(type.dataType());
      long[] expected = known == null ? array.shape() : isNumber ? new long[0] : shape;
      if (array.dataType() != slotType || !Arrays.equals(array.shape(), expected)) {
        throw in.problem(String.format(
            Locale.ROOT,
            "has slot '%s' of parameter '%s' as %s%s, expected %s%s",
            names.get(s),
            name,
            array.dataType(),
            Arrays.toString(array.shape()),
            slotType,
            Arrays.toString(expected)));
      }
      arrays[s] = array;
    }
    return new ParameterState(
        shape, type.dataType(), order.charAt(0), names.toArray(String[]::new), arrays, steps);
  }

  private static void requireModelsOwn(
      String name, ElementType type, long[] shape, StateReader in) {
    Parameter own = in.inModel(name);
    if (own == null) {
      return;
    }
    INDArray value = own.value();
    if (value.dataType() != type.dataType()) {
      throw in.problem(String.format(
          Locale.ROOT,
          "has parameter '%s' of type %s, expected %s as in the model",
          name,
          type.dataType(),
          value.dataType()));
    }
    if (!Arrays.equals(value.shape(), shape)) {
      throw in.problem(String.format(
          Locale.ROOT,
          "has parameter '%s' of shape %s, expected %s as in the model",
          name,
          Arrays.toString(shape),
          Arrays.toString(value.shape())));
    }
  }
}
