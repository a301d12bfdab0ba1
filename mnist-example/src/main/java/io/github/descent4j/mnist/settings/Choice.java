package io.github.descent4j.mnist.settings;

import io.github.descent4j.internal.Nearest;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values that are picked by name. */
public final class Choice {
  private Choice() {}

  /**
   * A value by its name, in upper or lower case.
   *
   * @throws TypeConversionException if there is none, with the nearest names, or all where none is near
   */
  public static <T> T of(T[] values, String name) {
    for (T value : values) {
      if (value.toString().equalsIgnoreCase(name)) {
        return value;
      }
    }
    List<String> names = Arrays.stream(values).map(Object::toString).toList();
    throw new TypeConversionException(
        "expected " + Nearest.of(name, names) + " but was '" + name + "'");
  }

  /**
   * The same as an option's converter; picocli's own lists Java's upper-case names. Loads the values when there is one to convert: most commands
   * take few of the options.
   */
  public static <T extends Enum<T>> ITypeConverter<T> converter(Class<T> values) {
    return name -> of(values.getEnumConstants(), name);
  }
}
