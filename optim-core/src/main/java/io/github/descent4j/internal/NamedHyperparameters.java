package io.github.descent4j.internal;

import io.github.descent4j.internal.Rules.Rule;
import io.github.descent4j.rule.UpdateRule;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Hyperparameters of update rules by the names that they have in what a rule describes and in its builder. */
public final class NamedHyperparameters {
  private NamedHyperparameters() {}

  /** A rule's own, with their defaults: all but those that every rule has. */
  public static Map<String, Object> defaults(Rule<?> rule) {
    Map<String, Object> own = new LinkedHashMap<>(rule.make(builder -> {}).hyperparameters());
    own.keySet().removeAll(Set.of("learningRate", "weightDecay"));
    return own;
  }

  /**
   * Sets one of a builder.
   *
   * @param rule the rule's name, for the message
   * @param value a number, a boolean or the name of an enum constant
   * @throws IllegalArgumentException if the rule has none of that name, or it is of another type
   */
  public static void set(UpdateRule.Builder<?> builder, String rule, String name, Object value) {
    Method setter = method(builder.getClass(), name, 1);
    if (setter == null) {
      throw new IllegalArgumentException(
          name + " is " + value + ", expected no hyperparameter of that name in " + rule);
    }
    call(setter, builder, converted(name, value, setter.getParameterTypes()[0]));
  }

  /**
   * What text says of a hyperparameter.
   *
   * @return a number, a boolean or the name of an enum constant
   * @throws IllegalArgumentException if the rule has none of that name, with the nearest names, or the text is of another type
   */
  public static Object parse(Rule<?> rule, String name, String text) {
    Map<String, Object> defaults = defaults(rule);
    if (!defaults.containsKey(name)) {
      String expected = defaults.isEmpty()
          ? "none, " + rule + " has no hyperparameters of its own"
          : Nearest.of(name, defaults.keySet()) + " of " + rule;
      throw new IllegalArgumentException("hyperparameter is '" + name + "', expected " + expected);
    }
    Class<?> type = method(rule.builder().get().getClass(), name, 1).getParameterTypes()[0];
    if (type == boolean.class) {
      return bool(name, text);
    }
    return type.isEnum() ? constant(name, text, type) : number(name, text, type);
  }

  private static boolean bool(String name, String text) {
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return Boolean.parseBoolean(text);
    }
    throw mistaken(name, text, "true or false");
  }

  private static String constant(String name, String text, Class<?> type) {
    String wanted = text.replace('-', '_').toUpperCase(Locale.ROOT);
    List<String> names = Arrays.stream(type.getEnumConstants())
        .map(constant -> ((Enum<?>) constant).name())
        .toList();
    if (!names.contains(wanted)) {
      throw mistaken(name, text, "one of " + names.stream().collect(Collectors.joining(", ")));
    }
    return wanted;
  }

  private static Number number(String name, String text, Class<?> type) {
    try {
      return type == int.class ? (Number) Integer.valueOf(text) : (Number) Double.valueOf(text);
    } catch (NumberFormatException e) {
      throw mistaken(name, text, type == int.class ? "a whole number" : "a number");
    }
  }

  private static IllegalArgumentException mistaken(String name, String text, String expected) {
    return new IllegalArgumentException(name + " is '" + text + "', expected " + expected);
  }

  /** Null if the class itself declares none. */
  public static Method method(Class<?> type, String name, int parameters) {
    for (Method method : type.getDeclaredMethods()) {
      if (method.getName().equals(name)
          && method.getParameterCount() == parameters
          && !method.isBridge()) {
        return method;
      }
    }
    return null;
  }

  /** JSON has one kind of number, and text for an enum. */
  private static Object converted(String name, Object value, Class<?> type) {
    if (value instanceof Number number && type == double.class) {
      return number.doubleValue();
    }
    if (value instanceof Integer && type == int.class) {
      return value;
    }
    if (value instanceof Boolean && type == boolean.class) {
      return value;
    }
    if (value instanceof String text && type.isEnum()) {
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(text)) {
          return constant;
        }
      }
    }
    throw new IllegalArgumentException(
        name + " is " + value + ", expected a value of type " + type.getSimpleName());
  }

  /** Calls a method, which fails as it fails. */
  public static Object call(Method method, Object receiver, Object... arguments) {
    try {
      return method.invoke(receiver, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
