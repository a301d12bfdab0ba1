package io.github.descent4j;

import io.github.descent4j.ParameterState.Slot;
import io.github.descent4j.file.ElementType;
import io.github.descent4j.file.Fields;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What an update rule puts into a state file, and takes from one. */
final class RuleFile {
  private static final String RULE = "rule";
  private static final String HYPERPARAMETERS = "hyperparameters";
  private static final String LEARNING_RATE = "learningRate";
  private static final String STEPS = "steps";
  private static final String TYPE = "type";
  private static final String SHAPE = "shape";
  private static final String ORDER = "order";

  private RuleFile() {}

  static void save(
      UpdateRule rule, long steps, Map<String, ParameterState> states, StateWriter out) {
    out.put(RULE, rule.getClass().getSimpleName());
    out.put(HYPERPARAMETERS, hyperparameters(rule));
    out.put(STEPS, steps);
    StateWriter parameters = out.object(StateWriter.PARAMETERS);
    states.forEach((name, state) -> {
      StateWriter parameter = parameters.object(name);
      parameter.put(TYPE, ElementType.of(state.type).toString());
      parameter.put(SHAPE, Arrays.stream(state.shape).boxed().toList());
      parameter.put(ORDER, String.valueOf(state.order));
      parameter.put(STEPS, state.steps);
      int s = 0;
      for (String slot : rule.slotNames()) {
        parameter.putSlot(name, slot, state.slots[s++]);
      }
    });
  }

  /** What a file says of a rule that is the same but for what it remembers. */
  record Loaded(long steps, Map<String, ParameterState> states) {}

  /** Reads what a rule remembers, and compares everything else. */
  static Loaded load(UpdateRule rule, Slot[] slots, StateReader in) {
    Fields fields = in.fields();
    String name = rule.getClass().getSimpleName();
    if (!fields.text(RULE).equals(name)) {
      throw fields.bad(RULE, '"' + name + '"');
    }
    compareHyperparameters(rule, in);
    long steps = fields.whole(STEPS, 0);
    StateReader parameters = in.object(StateWriter.PARAMETERS);
    Map<String, ParameterState> states = new LinkedHashMap<>();
    for (String parameter : parameters.fields().names()) {
      if (in.isWanted(parameter)) {
        states.put(parameter, state(parameter, parameters.object(parameter), slots, steps));
      }
    }
    return new Loaded(steps, states);
  }

  private static ParameterState state(String name, StateReader in, Slot[] slots, long stepsOfRule) {
    Fields fields = in.fields();
    ElementType type = fields.type(TYPE);
    long[] shape = fields.shape(SHAPE).stream().mapToLong(Long::longValue).toArray();
    requireModelsOwn(name, type, shape, in);
    String order = fields.text(ORDER);
    if (!order.equals("c") && !order.equals("f")) {
      throw fields.bad(ORDER, "\"c\" or \"f\"");
    }
    long steps = fields.whole(STEPS, 1);
    if (steps > stepsOfRule) {
      throw fields.bad(STEPS, "at most the " + stepsOfRule + " steps of the optimizer");
    }
    INDArray[] arrays = new INDArray[slots.length];
    for (int s = 0; s < slots.length; s++) {
      INDArray array = in.slot(name, slots[s].name());
      if (array.dataType() != ParameterState.slotType(type.dataType())
          || !Arrays.equals(array.shape(), shape)) {
        throw in.problem(String.format(
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
          "has parameter '%s' of type %s, expected %s as in the model",
          name, type.dataType(), value.dataType()));
    }
    if (!Arrays.equals(value.shape(), shape)) {
      throw in.problem(String.format(
          "has parameter '%s' of shape %s, expected %s as in the model",
          name, Arrays.toString(shape), Arrays.toString(value.shape())));
    }
  }

  private static void compareHyperparameters(UpdateRule rule, StateReader in) {
    Fields saved = in.fields().object(HYPERPARAMETERS);
    Map<String, Object> own = hyperparameters(rule);
    Set<String> names = new LinkedHashSet<>(own.keySet());
    names.addAll(saved.names());
    for (String name : names) {
      boolean allowed = in.allows(LoadOption.ALLOW_OTHER_HYPERPARAMETERS)
          || (name.equals(LEARNING_RATE) && in.allows(LoadOption.ALLOW_OTHER_LEARNING_RATE));
      if (!allowed && !same(saved.get(name), own.get(name))) {
        throw in.problem(String.format(
            "has hyperparameter %s = %s, expected %s as in %s; %s keeps the latter",
            name,
            saved.get(name),
            own.get(name),
            rule,
            name.equals(LEARNING_RATE)
                ? LoadOption.ALLOW_OTHER_LEARNING_RATE
                : LoadOption.ALLOW_OTHER_HYPERPARAMETERS));
      }
    }
  }

  /** Other writers of JSON may print 0.0 as 0. */
  private static boolean same(Object saved, Object own) {
    if (saved instanceof Number a && own instanceof Number b) {
      return a.doubleValue() == b.doubleValue();
    }
    return Objects.equals(saved, own);
  }

  private static Map<String, Object> hyperparameters(UpdateRule rule) {
    Map<String, Object> json = rule.hyperparameters();
    json.replaceAll((name, value) -> {
      if (value instanceof WeightDecay decay) {
        String form = decay.isDecoupled() ? "decoupled" : "coupled";
        return decay.coefficient() == 0 ? "none" : Map.of(form, decay.coefficient());
      }
      return value instanceof Number || value instanceof Boolean ? value : value.toString();
    });
    return json;
  }
}
