package io.github.descent4j;

import io.github.descent4j.file.ArrayFileWriter;
import io.github.descent4j.file.EntryName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What one optimizer of a nest of them puts into a state file: fields of its own JSON object, and
 * arrays that belong to a parameter and a slot.
 */
final class StateWriter {
  static final String CONTENT = "content";
  static final String OPTIMIZER = "optimizer";
  static final String OPTIMIZER_STATE = "optimizer state";
  static final String DECORATOR = "decorator";
  static final String INSIDE = "inside";
  static final String PARAMETERS = "parameters";

  private final Map<String, Object> fields;
  private final Map<String, INDArray> arrays;

  /** The decorators around this optimizer that remember something, this one included. */
  private final List<String> decorators;

  /** Those of which this decorator has put arrays. */
  private final Set<String> parameters = new LinkedHashSet<>();

  private StateWriter(
      Map<String, Object> fields, Map<String, INDArray> arrays, List<String> decorators) {
    this.fields = fields;
    this.arrays = arrays;
    this.decorators = decorators;
  }

  /** Saves an optimizer with all that is inside it. */
  static void save(AbstractOptimizer optimizer, Path file) {
    optimizer.alone(() -> {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put(CONTENT, OPTIMIZER_STATE);
      Map<String, INDArray> arrays = new LinkedHashMap<>();
      optimizer.save(new StateWriter(fields, arrays, List.of()).object(OPTIMIZER));
      ArrayFileWriter.write(file, fields, arrays);
    });
  }

  /** Puts a number, a string, a boolean, a list or a map. */
  void put(String name, Object value) {
    fields.put(name, value);
  }

  /** Puts an array of a rule, under its parameter and slot. */
  void putSlot(String parameter, String slot, INDArray array) {
    arrays.put(EntryName.of(parameter, slot), array);
  }

  /** Puts an array of a decorator, which must not clash with a rule's or another decorator's. */
  void putArray(String parameter, String name, INDArray array) {
    arrays.put(EntryName.of(parameter, prefix(decorators) + name), array);
    parameters.add(parameter);
    fields.put(PARAMETERS, parameters);
  }

  /** Puts an object. */
  StateWriter object(String name) {
    Map<String, Object> inner = new LinkedHashMap<>();
    fields.put(name, inner);
    return new StateWriter(inner, arrays, decorators);
  }

  /** This object as that of a decorator. */
  StateWriter decorator(String name) {
    fields.put(DECORATOR, name);
    List<String> all = new ArrayList<>(decorators);
    all.add(name);
    return new StateWriter(fields, arrays, all);
  }

  /** What the arrays of the last decorator begin with: its name, numbered from outside to inside. */
  static String prefix(List<String> decorators) {
    String name = decorators.get(decorators.size() - 1);
    long same = decorators.stream().filter(name::equals).count();
    return same == 1 ? name + "." : name + "." + same + ".";
  }
}
