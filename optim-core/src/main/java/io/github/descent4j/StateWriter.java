package io.github.descent4j;

import io.github.descent4j.file.ArrayFileWriter;
import io.github.descent4j.file.EntryName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** The decorators around this optimizer that remember something. */
  private final List<String> around;

  /** What the names of this optimizer's slots begin with in the file. */
  private final String prefix;

  private StateWriter(
      Map<String, Object> fields,
      Map<String, INDArray> arrays,
      List<String> around,
      String prefix) {
    this.fields = fields;
    this.arrays = arrays;
    this.around = around;
    this.prefix = prefix;
  }

  /** Saves an optimizer with all that is inside it. */
  static void save(AbstractOptimizer optimizer, Path file) {
    optimizer.alone(() -> {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put(CONTENT, OPTIMIZER_STATE);
      Map<String, INDArray> arrays = new LinkedHashMap<>();
      optimizer.save(new StateWriter(fields, arrays, List.of(), "").object(OPTIMIZER));
      ArrayFileWriter.write(file, fields, arrays);
    });
  }

  /** Puts a number, a string, a boolean, a list or a map. */
  void put(String name, Object value) {
    fields.put(name, value);
  }

  /** Puts an array under its parameter and slot. */
  void putSlot(String parameter, String slot, INDArray array) {
    arrays.put(EntryName.of(parameter, prefix + slot), array);
  }

  /** Puts an object. */
  StateWriter object(String name) {
    Map<String, Object> inner = new LinkedHashMap<>();
    fields.put(name, inner);
    return new StateWriter(inner, arrays, around, prefix);
  }

  /** This object as that of a decorator. */
  StateWriter decorator(String name) {
    fields.put(DECORATOR, name);
    return new StateWriter(fields, arrays, around, prefix(around, name));
  }

  /** Puts the object of what this decorator decorates. */
  StateWriter inside() {
    List<String> all = with(around, (String) fields.get(DECORATOR));
    return new StateWriter(object(INSIDE).fields, arrays, all, "");
  }

  /** A decorator's slots must not clash with a rule's, nor with those of another of its kind. */
  static String prefix(List<String> around, String name) {
    long same = 1 + around.stream().filter(name::equals).count();
    return same == 1 ? name + "." : name + "." + same + ".";
  }

  static List<String> with(List<String> around, String name) {
    List<String> all = new ArrayList<>(around);
    all.add(name);
    return all;
  }
}
