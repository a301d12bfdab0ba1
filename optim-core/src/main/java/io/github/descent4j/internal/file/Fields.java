package io.github.descent4j.internal.file;

import io.github.descent4j.state.StateFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A JSON object of a file, whose fields are asked for by name and type. */
public final class Fields {
  private final Path file;
  private final String path;
  private final Map<String, Object> values;

  /** As many steps as a run cannot take: some 30 years of one a microsecond. */
  private static final long MOST_STEPS = 1_000_000_000_000_000L;

  Fields(Path file, String path, Map<String, Object> values) {
    this.file = file;
    this.path = path;
    this.values = values;
  }

  /** The names of the fields, in the file's order. */
  public Set<String> names() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** A field as it is, null if there is none. */
  public Object get(String name) {
    return values.get(name);
  }

  /** A string. */
  public String text(String name) {
    if (get(name) instanceof String text) {
      return text;
    }
    throw bad(name, "a string");
  }

  /** A whole number of at least {@code least}. */
  public long whole(String name, long least) {
    if (get(name) instanceof Long whole && whole >= least) {
      return whole;
    }
    throw bad(name, "a whole number >= " + least);
  }

  /**
   * A count of steps of at least {@code least}. One that no run reaches is refused: counting on, it would become
   * negative.
   */
  public long steps(String name, long least) {
    long steps = whole(name, least);
    if (steps > MOST_STEPS) {
      throw bad(name, "a number that a run can reach, at most " + MOST_STEPS);
    }
    return steps;
  }

  /** A number, NaN and the infinities included. */
  public double number(String name) {
    Object value = get(name);
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value instanceof String text && List.of("NaN", "Infinity", "-Infinity").contains(text)) {
      return Double.parseDouble(text);
    }
    throw bad(name, "a number");
  }

  /** A list of strings. */
  public List<String> texts(String name) {
    if (get(name) instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    throw bad(name, "a list of strings");
  }

  /** The dimensions of an array. */
  public List<Long> shape(String name) {
    if (get(name) instanceof List<?> list
        && list.stream().allMatch(d -> d instanceof Long size && size >= 0)) {
      return list.stream().map(Long.class::cast).toList();
    }
    throw bad(name, "a list of whole numbers >= 0");
  }

  /** The name of an element type. */
  public ElementType type(String name) {
    ElementType type = ElementType.of(text(name));
    if (type == null) {
      throw bad(name, "one of " + ElementType.NAMES);
    }
    return type;
  }

  /** An object. */
  @SuppressWarnings("unchecked") // The keys of a JSON object are strings.
  public Fields object(String name) {
    if (get(name) instanceof Map<?, ?> object) {
      return new Fields(file, path + name + ".", (Map<String, Object>) object);
    }
    throw bad(name, "an object");
  }

  /** An exception that names the field, its value and what was expected. */
  public StateFileException bad(String name, String expected) {
    Object value = get(name);
    String shown = value instanceof String ? "\"" + Quote.of(value) + "\"" : Quote.of(value);
    String is = values.containsKey(name) ? " is " + shown : " is missing";
    return new StateFileException(
        file,
        "has in " + ArrayFileReader.DESCRIPTION + " a field '" + Quote.of(path + name) + "' that"
            + is + ", expected " + expected,
        null);
  }
}
