package io.github.descent4j;

import io.github.descent4j.ParameterState.Slot;
import io.github.descent4j.file.ElementType;
import io.github.descent4j.file.Fields;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The states of parameters in a state file: a rule's, or those of a decorator with arrays. */
final class SlotFile {
  private static final String TYPE = "type";
  private static final String SHAPE = "shape";
  private static final String ORDER = "order";
  private static final String STEPS = "steps";

  private SlotFile() {}

  /**
   * Puts states and their arrays.
   *
   * @param slots the first of each state's, those that are saved
   */
  static void save(Map<String, ParameterState> states, Slot[] slots, StateWriter out) {
    StateWriter parameters = out.object(StateWriter.PARAMETERS);
    states.forEach((name, state) -> {
      StateWriter parameter = parameters.object(name);
      parameter.put(TYPE, ElementType.of(state.type).toString());
      parameter.put(SHAPE, Arrays.stream(state.shape).boxed().toList());
      parameter.put(ORDER, String.valueOf(state.order));
      parameter.put(STEPS, state.steps);
      for (int s = 0; s < slots.length; s++) {
        parameter.putSlot(name, slots[s].name(), state.slots[s]);
      }
    });
  }

  /**
   * Reads the states of those parameters that are to be loaded.
   *
   * @param slots those that have been saved
   * @param least steps that a state may have
   * @param most steps that a state may have
   */
  static Map<String, ParameterState> load(Slot[] slots, long least, long most, StateReader in) {
    StateReader parameters = in.object(StateWriter.PARAMETERS);
    Map<String, ParameterState> states = new LinkedHashMap<>();
    for (String name : parameters.fields().names()) {
      if (in.isWanted(name)) {
        StateReader parameter = parameters.object(name);
        long steps = parameter.fields().whole(STEPS, least);
        if (steps > most) {
          throw parameter.fields().bad(STEPS, "at most " + most);
        }
        states.put(name, state(name, slots, steps, parameter));
      }
    }
    return states;
  }

  private static ParameterState state(String name, Slot[] slots, long steps, StateReader in) {
    Fields fields = in.fields();
    ElementType type = fields.type(TYPE);
    long[] shape = fields.shape(SHAPE).stream().mapToLong(Long::longValue).toArray();
    requireModelsOwn(name, type, shape, in);
    String order = fields.text(ORDER);
    if (!order.equals("c") && !order.equals("f")) {
      throw fields.bad(ORDER, "\"c\" or \"f\"");
    }
    INDArray[] arrays = new INDArray[slots.length];
    for (int s = 0; s < slots.length; s++) {
      INDArray array = in.slot(name, slots[s].name());
      if (array.dataType() != ParameterState.slotType(type.dataType())
          || !Arrays.equals(array.shape(), shape)) {
        throw in.problem(String.format(
            Locale.ROOT,
            "has slot '%s' of parameter '%s' as %s%s, expected %s%s",
            slots[s].name(),
            name,
            array.dataType(),
            Arrays.toString(array.shape()),
            ParameterState.slotType(type.dataType()),
            Arrays.toString(shape)));
      }
      arrays[s] = array;
    }
    return new ParameterState(shape, type.dataType(), order.charAt(0), arrays, steps);
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
