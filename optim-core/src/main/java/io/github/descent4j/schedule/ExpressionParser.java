package io.github.descent4j.schedule;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the expressions of schedules. The methods that they may call are the public ones that return a
 * schedule, so a new factory needs nothing here.
 *
 * <pre>
 * schedule = call { "." call }
 * call     = name "(" [ argument { "," argument } ] ")"
 * argument = schedule | number | name | "[" [ number { "," number } ] "]"
 * </pre>
 */
final class ExpressionParser {
  private final String text;
  private int position;

  ExpressionParser(String text) {
    this.text = text;
  }

  /** The schedule that all of the text is. */
  Schedule schedule() {
    Schedule schedule = calls(word());
    if (peek() != 0) {
      throw bad("the end");
    }
    return schedule;
  }

  private Schedule calls(String first) {
    Schedule schedule = call(Schedules.class, null, first);
    while (peek() == '.') {
      position++;
      // Only what is public can be called: not the class behind a schedule.
      Class<?> type = schedule instanceof OneCycle ? OneCycle.class : Schedule.class;
      schedule = call(type, schedule, word());
    }
    return schedule;
  }

  private Schedule call(Class<?> type, Schedule receiver, String name) {
    int start = position - name.length();
    expect('(');
    List<Object> arguments = new ArrayList<>();
    while (peek() != ')') {
      if (!arguments.isEmpty()) {
        expect(',');
      }
      arguments.add(argument());
    }
    expect(')');
    for (Method method : type.getMethods()) {
      if (method.getName().equals(name)
          && Modifier.isStatic(method.getModifiers()) == (receiver == null)
          && Schedule.class.isAssignableFrom(method.getReturnType())) {
        Object[] converted = converted(arguments, method);
        if (converted != null) {
          return invoke(method, receiver, converted);
        }
      }
    }
    position = start;
    throw bad("a method of " + type.getSimpleName() + " for " + arguments);
  }

  /** A schedule, a number or name as text, or a list of numbers as text. */
  private Object argument() {
    if (peek() == '[') {
      position++;
      List<Object> numbers = new ArrayList<>();
      while (peek() != ']') {
        if (!numbers.isEmpty()) {
          expect(',');
        }
        numbers.add(word());
      }
      expect(']');
      return numbers;
    }
    String word = word();
    return peek() == '(' ? calls(word) : word;
  }

  /** The arguments as a method takes them, or null if it does not. */
  private static Object[] converted(List<Object> arguments, Method method) {
    Class<?>[] types = method.getParameterTypes();
    List<Object> given = arguments;
    if (method.isVarArgs() && arguments.size() >= types.length - 1) {
      given = new ArrayList<>(arguments.subList(0, types.length - 1));
      given.add(arguments.subList(types.length - 1, arguments.size()));
    }
    if (given.size() != types.length) {
      return null;
    }
    Object[] converted = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      converted[i] = converted(given.get(i), types[i]);
      if (converted[i] == null) {
        return null;
      }
    }
    return converted;
  }

  private static Object converted(Object argument, Class<?> type) {
    if (type.isInstance(argument) && argument instanceof Schedule) {
      return argument;
    }
    if (type.isArray() && argument instanceof List<?> elements) {
      Object array = Array.newInstance(type.getComponentType(), elements.size());
      for (int i = 0; i < elements.size(); i++) {
        Object element = converted(elements.get(i), type.getComponentType());
        if (element == null) {
          return null;
        }
        Array.set(array, i, element);
      }
      return array;
    }
    if (!(argument instanceof String word)) {
      return null;
    }
    try {
      if (type == double.class) {
        return Double.valueOf(word);
      }
      if (type == long.class) {
        return Long.valueOf(word.replace("_", ""));
      }
      return type == Annealing.class ? Annealing.valueOf(word) : null;
    } catch (IllegalArgumentException e) {
      // Another method of this name may take it; if none does, the message says so.
      return null;
    }
  }

  private static Schedule invoke(Method method, Schedule receiver, Object[] arguments) {
    try {
      return (Schedule) method.invoke(receiver, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw new IllegalArgumentException(cause.getMessage(), cause);
      }
      throw new AssertionError(e);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private String word() {
    peek();
    int start = position;
    while (position < text.length() && isPartOfWord(start)) {
      position++;
    }
    if (position == start) {
      throw bad("a name or a number");
    }
    return text.substring(start, position);
  }

  /** A point and the sign of an exponent belong to numbers, a point before a method does not. */
  private boolean isPartOfWord(int start) {
    char c = text.charAt(position);
    boolean number = !Character.isJavaIdentifierStart(text.charAt(start));
    boolean signOfExponent = (c == '-' || c == '+')
        && (position == start || Character.toLowerCase(text.charAt(position - 1)) == 'e');
    return Character.isJavaIdentifierPart(c) || (number && (c == '.' || signOfExponent));
  }

  private void expect(char c) {
    if (peek() != c) {
      throw bad("'" + c + "'");
    }
    position++;
  }

  /** The next character that is not a blank, 0 behind the last. */
  private char peek() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
    return position < text.length() ? text.charAt(position) : 0;
  }

  private IllegalArgumentException bad(String expected) {
    return new IllegalArgumentException(
        "expression is '" + text + "', expected " + expected + " at character " + position);
  }
}
