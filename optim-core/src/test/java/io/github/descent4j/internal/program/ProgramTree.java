package io.github.descent4j.internal.program;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Evaluates a program expression by expression, in any arithmetic. */
public final class ProgramTree {
  private ProgramTree() {}

  /** An arithmetic. */
  public interface Arithmetic<T> {
    /** The element of an array, by its place. */
    T input(int array);

    /** A number of the step, by its place. */
    T number(int index);

    /** A constant. */
    T constant(double value);

    /**
     * The result of an operation.
     *
     * @param operation its name
     * @param b null where it takes one argument
     */
    T apply(String operation, T a, T b);
  }

  /** What each array becomes, by its place. */
  public static <T> Map<Integer, T> evaluate(Program program, Arithmetic<T> arithmetic) {
    Map<Expression, T> values = new HashMap<>();
    for (Expression expression : program.order()) {
      Expression[] arguments = expression.arguments;
      values.put(
          expression,
          switch (expression.operation) {
            case INPUT -> arithmetic.input(expression.index);
            case SCALAR -> arithmetic.number(expression.index);
            case CONSTANT -> arithmetic.constant(expression.constant);
            default ->
              arithmetic.apply(
                  expression.operation.name(),
                  values.get(arguments[0]),
                  arguments.length == 1 ? null : values.get(arguments[1]));
          });
    }
    Map<Integer, T> results = new LinkedHashMap<>();
    program.stores().forEach((array, expression) -> results.put(array, values.get(expression)));
    return results;
  }
}
