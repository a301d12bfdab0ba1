package io.github.descent4j.schedule;

import static java.util.stream.Collectors.joining;

import io.github.descent4j.internal.Nearest;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the expressions of schedules. The methods that they may call are the public ones that return a
 * schedule, so a new factory needs nothing here.
 *
 * <pre>
 * schedule = call { "." call }
 * call     = name "(" [ argument { "," argument } ] ")"
 * argument = schedule | number | name | "[" [ number { "," number } ] "]"
 * </pre>
 *
 * <p>What is longer or deeper than anybody writes is refused before it is read: each call within another
 * takes the reader's stack, and each call at all the stack of whoever asks the schedule for a rate.
 */
final class ExpressionParser {
  private static final int MAX_LENGTH = 100_000;
  private static final int MAX_CALLS = 1_000;
  private static final int MAX_DEPTH = 100;

  /** How much of an expression and of a name a message shows. */
  private static final int SHOWN = 200;

  private static final int SHOWN_OF_A_NAME = 40;

  /** What {@link #peek} gives behind the last character. */
  private static final int END = -1;

  private final String text;
  private int position;

  /** Where the last word began. */
  private int wordStart;

  ExpressionParser(String text) {
    this.text = text;
  }

  /** The schedule that all of the text is. */
  Schedule schedule() {
    checkSize();
    Schedule schedule = calls(word());
    if (peek() != END) {
      throw bad("the end");
    }
    return schedule;
  }

  private void checkSize() {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "expression has " + text.length() + " characters, expected at most " + MAX_LENGTH + ": '"
              + Excerpt.around(text, 0, SHOWN) + "'");
    }
    int calls = 0;
    int depth = 0;
    for (; position < text.length(); position++) {
      char c = text.charAt(position);
      if (c == '(') {
        calls++;
        depth++;
        if (depth > MAX_DEPTH) {
          throw bad("at most " + MAX_DEPTH + " calls within one another, not one more");
        }
        if (calls > MAX_CALLS) {
          throw bad("at most " + MAX_CALLS + " calls, not one more");
        }
      } else if (c == ')') {
        depth--;
      }
    }
    position = 0;
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
    int start = wordStart;
    expect('(');
    List<Object> arguments = new ArrayList<>();
    while (peek() != ')') {
      if (!arguments.isEmpty()) {
        expect(',');
      }
      arguments.add(argument());
    }
    expect(')');
    List<Method> methods = callable(type, receiver == null);
    List<Method> named =
        methods.stream().filter(method -> method.getName().equals(name)).toList();
    for (Method method : named) {
      Object[] converted = converted(arguments, method);
      if (converted != null) {
        return invoke(method, receiver, converted);
      }
    }
    position = start;
    if (named.isEmpty()) {
      List<String> names = methods.stream().map(Method::getName).toList();
      throw bad(
          Nearest.of(name, names) + " in place of " + Excerpt.around(name, 0, SHOWN_OF_A_NAME));
    }
    throw bad(named.stream().map(ExpressionParser::signature).collect(joining(" or ")));
  }

  /** What an expression may call, in a fixed order: reflection has none. */
  private static List<Method> callable(Class<?> type, boolean asFactory) {
    return Arrays.stream(type.getMethods())
        .filter(method -> Modifier.isStatic(method.getModifiers()) == asFactory)
        .filter(method -> Schedule.class.isAssignableFrom(method.getReturnType()))
        .filter(method -> !method.isBridge() && !method.getName().equals("parse"))
        .sorted(Comparator.comparing(Method::getName).thenComparing(Method::getParameterCount))
        .toList();
  }

  private static String signature(Method method) {
    return Arrays.stream(method.getParameters())
        .map(parameter -> {
          if (parameter.isVarArgs()) {
            return parameter.getName() + "...";
          }
          return parameter.getType().isEnum()
              ? Stream.of(parameter.getType().getEnumConstants())
                  .map(Object::toString)
                  .collect(joining("|"))
              : parameter.getName();
        })
        .collect(joining(", ", method.getName() + "(", ")"));
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
    wordStart = position;
    while (position < text.length() && isPartOfWord()) {
      position++;
    }
    if (position == wordStart) {
      throw bad("a name or a number");
    }
    return text.substring(wordStart, position);
  }

  /** A point and the sign of an exponent belong to numbers, a point before a method does not. */
  private boolean isPartOfWord() {
    char c = text.charAt(position);
    boolean number = !Character.isJavaIdentifierStart(text.charAt(wordStart));
    boolean signOfExponent = (c == '-' || c == '+')
        && (position == wordStart || Character.toLowerCase(text.charAt(position - 1)) == 'e');
    return Character.isJavaIdentifierPart(c) || (number && (c == '.' || signOfExponent));
  }

  private void expect(char c) {
    if (peek() != c) {
      throw bad("'" + c + "'");
    }
    position++;
  }

  /** The next character that is not a blank, or {@link #END}. */
  private int peek() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
    return position < text.length() ? text.charAt(position) : END;
  }

  private IllegalArgumentException bad(String expected) {
    return new IllegalArgumentException("expression is '" + Excerpt.around(text, position, SHOWN)
        + "', expected " + expected + " at character " + position);
  }
}
