package io.github.descent4j.internal.program;

import java.util.Map;

/** Writes expressions as text, with as few parentheses as the ranks of the operations allow. */
final class ExpressionText {
  private final Description description;
  private final Map<Expression, String> named;

  /** With names for some: what is known by a name is not written out. */
  ExpressionText(Description description, Map<Expression, String> named) {
    this.description = description;
    this.named = named;
  }

  String of(Expression expression, int outerRank) {
    String given = named.get(expression);
    if (given != null) {
      return given;
    }
    Expression[] arguments = expression.arguments;
    return switch (expression.operation) {
      case INPUT -> description.arrayName(expression.index);
      case SCALAR -> {
        String text = description.numberName(expression.index);
        yield outerRank > 0 && text.indexOf(' ') >= 0 ? "(" + text + ")" : text;
      }
      case CONSTANT -> {
        double c = expression.constant;
        yield c == Math.rint(c) && Math.abs(c) < 1e9 ? Long.toString((long) c) : Double.toString(c);
      }
      case ADD -> infix(" + ", 1, 2, arguments, outerRank);
      case SUBTRACT -> infix(" - ", 1, 2, arguments, outerRank);
      case MULTIPLY -> infix(" * ", 2, 3, arguments, outerRank);
      case DIVIDE -> infix(" / ", 2, 3, arguments, outerRank);
      case MINIMUM -> call("min", arguments);
      case MAXIMUM -> call("max", arguments);
      case SQUARE_ROOT -> call("sqrt", arguments);
      case ABSOLUTE -> call("abs", arguments);
      case SIGN -> call("sign", arguments);
      case EITHER -> call("either", arguments);
    };
  }

  private String infix(
      String sign, int rank, int rightRank, Expression[] arguments, int outerRank) {
    String text = of(arguments[0], rank) + sign + of(arguments[1], rightRank);
    return outerRank > rank ? "(" + text + ")" : text;
  }

  private String call(String function, Expression[] arguments) {
    StringBuilder text = new StringBuilder(function).append('(');
    for (int i = 0; i < arguments.length; i++) {
      text.append(i == 0 ? "" : ", ").append(of(arguments[i], 0));
    }
    return text.append(')').toString();
  }
}
