package io.github.descent4j.state;

import static io.github.descent4j.internal.state.StateFields.CONTENT;
import static io.github.descent4j.internal.state.StateFields.DECORATOR;
import static io.github.descent4j.internal.state.StateFields.INSIDE;
import static io.github.descent4j.internal.state.StateFields.OPTIMIZER;
import static io.github.descent4j.internal.state.StateFields.OPTIMIZER_STATE;

import io.github.descent4j.internal.access.Registry;
import io.github.descent4j.internal.access.StateWriterAccess;
import io.github.descent4j.internal.file.ArrayFileWriter;
import io.github.descent4j.internal.file.EntryName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What one optimizer of a nest of them puts into a state file: fields of its own JSON object, and
 * arrays that belong to a parameter and a slot.
 *
 * <pre>{@code
 * protected void saveOwn(StateWriter out) { // of a Decorator of yours
 *   out.put("seenSteps", seenSteps);
 * }
 * }</pre>
 *
 * <p>{@code docs/state-files.md} has the format.
 */
public final class StateWriter {
  static {
    Registry.register(StateWriterAccess.class, new StateWriterAccess() {
      @Override
      public void write(Path file, Consumer<StateWriter> optimizer) {
        StateWriter.write(file, optimizer);
      }

      @Override
      public StateWriter decorator(StateWriter out, String name) {
        return out.decorator(name);
      }

      @Override
      public StateWriter inside(StateWriter decorator) {
        return decorator.inside();
      }
    });
  }

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

  private static void write(Path file, Consumer<StateWriter> optimizer) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put(CONTENT, OPTIMIZER_STATE);
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    optimizer.accept(new StateWriter(fields, arrays, List.of(), "").object(OPTIMIZER));
    ArrayFileWriter.write(file, fields, arrays);
  }

  /**
   * Puts a field of this object.
   *
   * @param value a number, a string, a boolean, or a list or map of such
   */
  public void put(String name, Object value) {
    fields.put(name, value);
  }

  /**
   * Puts an array under its parameter and slot, whose bytes are written when all have been put. A decorator's
   * slots have its name in front of theirs in the file, so that they do not clash with a rule's.
   *
   * @throws IllegalArgumentException if a name has no UTF-8 form or more than some ten thousand
   *     characters
   */
  public void putSlot(String parameter, String slot, INDArray array) {
    arrays.put(EntryName.of(parameter, prefix + slot), array);
  }

  /** Puts an object into this one. */
  public StateWriter object(String name) {
    Map<String, Object> inner = new LinkedHashMap<>();
    fields.put(name, inner);
    return new StateWriter(inner, arrays, around, prefix);
  }

  private StateWriter decorator(String name) {
    fields.put(DECORATOR, name);
    return new StateWriter(fields, arrays, around, prefix(around, name));
  }

  private StateWriter inside() {
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
