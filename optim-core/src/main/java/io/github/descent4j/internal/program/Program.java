package io.github.descent4j.internal.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A description without its choices, for one {@link Preparation}: expressions in the order of their computation,
 * and where the results go. The interpreter runs it, the generator compiles it.
 */
public final class Program {

  /** What a program is for. */
  public enum Pass {
    /** What every array becomes. */
    UPDATE,
    /**
     * The terms whose norms a rule wants, ahead of the update: each goes to an array of its own behind the slots, and
     * nothing else is written.
     */
    NORMS
  }

  private final Description description;
  private final String name;
  private final List<Expression> order = new ArrayList<>();
  private final Map<Expression, Integer> uses = new HashMap<>();
  private final Map<Integer, Expression> stores = new LinkedHashMap<>();
  private int arrays;

  /** Made when it is first asked for. */
  private LoopSplit split;

  private Program(Description description, String name) {
    this.description = description;
    this.name = name;
  }

  /**
   * Makes the program of a step.
   *
   * @param variant the step's choices, as {@link Description#variant}
   * @param preparation bits of {@link Preparation}
   */
  public static Program of(Description description, int variant, int preparation, Pass pass) {
    String name = description.name()
        + (pass == Pass.NORMS ? "_norms" : "")
        + (description.choiceCount() == 0 ? "" : "_" + variant)
        + Preparation.suffix(preparation);
    Program program = new Program(description, name);
    program.build(variant, preparation, pass);
    return program;
  }

  private void build(int variant, int preparation, Pass pass) {
    Expression p = description.input(Description.VALUE);
    Expression g = description.input(Description.GRADIENT);
    Map<Expression, Expression> done = new HashMap<>();
    done.put(g, prepared(g, p, preparation));
    if ((preparation & Preparation.DECOUPLED) != 0) {
      Expression decay = description.multiply(number(Preparation.DECOUPLED_DECAY), p);
      done.put(p, description.subtract(p, decay));
    }
    if (pass == Pass.UPDATE) {
      description
          .sets()
          .forEach((array, value) -> stores.put(array, rewrite(value, variant, done)));
    } else {
      for (int i = 0; i < description.norms().size(); i++) {
        stores.put(description.arrays() + i, rewrite(description.norms().get(i), variant, done));
      }
    }
    stores.values().forEach(this::visit);
    // In the order of the text: what others are made of comes first.
    List<Map.Entry<Integer, Expression>> lines = new ArrayList<>(stores.entrySet());
    lines.sort(Comparator.comparingInt(store -> order.indexOf(store.getValue())));
    stores.clear();
    lines.forEach(store -> stores.put(store.getKey(), store.getValue()));
    arrays = description.arrays();
    for (int array : stores.keySet()) {
      arrays = Math.max(arrays, array + 1);
    }
  }

  private Expression prepared(Expression g, Expression p, int preparation) {
    Expression prepared = g;
    if ((preparation & Preparation.SCALED) != 0) {
      prepared = description.multiply(prepared, number(Preparation.SCALE));
    }
    if ((preparation & Preparation.SCALED_TWICE) != 0) {
      prepared = description.multiply(prepared, number(Preparation.SECOND_SCALE));
    }
    if ((preparation & Preparation.CLAMPED) != 0) {
      prepared = description.minimum(
          description.maximum(prepared, number(Preparation.LOWER)), number(Preparation.UPPER));
    }
    if ((preparation & Preparation.COUPLED) != 0) {
      prepared =
          description.add(prepared, description.multiply(number(Preparation.COUPLED_DECAY), p));
    }
    return prepared;
  }

  private Expression number(int place) {
    return description.preparationNumber(place);
  }

  private Expression rewrite(Expression expression, int variant, Map<Expression, Expression> done) {
    Expression known = done.get(expression);
    if (known != null) {
      return known;
    }
    Expression result = expression;
    if (expression.operation == Operation.EITHER) {
      boolean first = (variant >>> expression.index & 1) == 1;
      result = rewrite(expression.arguments[first ? 0 : 1], variant, done);
    } else if (expression.isComputed()) {
      Expression[] arguments = new Expression[expression.arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = rewrite(expression.arguments[i], variant, done);
      }
      result = description.of(expression.operation, arguments);
    }
    done.put(expression, result);
    return result;
  }

  private void visit(Expression expression) {
    if (uses.merge(expression, 1, Integer::sum) == 1) {
      for (Expression argument : expression.arguments) {
        visit(argument);
      }
      order.add(expression);
    }
  }

  /** A name that a class can have. */
  public String name() {
    return name;
  }

  /** All expressions, each behind its arguments. */
  List<Expression> order() {
    return order;
  }

  /** How often an expression is an argument or a result. */
  int uses(Expression expression) {
    return uses.get(expression);
  }

  /** What is stored, by the place of the array. */
  Map<Integer, Expression> stores() {
    return stores;
  }

  /** Whether an array is read or written. */
  public boolean uses(int array) {
    return stores.containsKey(array) || reads(array);
  }

  /** Whether an array is written. */
  public boolean writes(int array) {
    return stores.containsKey(array);
  }

  /** Whether an array is read. */
  public boolean reads(int array) {
    for (Expression expression : order) {
      if (expression.operation == Operation.INPUT && expression.index == array) {
        return true;
      }
    }
    return false;
  }

  /** Behind the highest place of an array. */
  public int arrays() {
    return arrays;
  }

  /** How many numbers its loops take. */
  public int numberCount() {
    return description.numberCount();
  }

  /** Behind the highest place of an array that a parameter or its state has. */
  public int parameterArrays() {
    return description.arrays();
  }

  /** The line of the text that says what an array becomes, from 1; 0 if none does. */
  int line(int array) {
    return new ArrayList<>(stores.keySet()).indexOf(array) + 1;
  }

  /** The loops over blocks that this is cut into. */
  synchronized LoopSplit split() {
    if (split == null) {
      split = new LoopSplit(this);
    }
    return split;
  }

  /** The same text is the same arithmetic, whatever the names. */
  String signature() {
    Map<Expression, Integer> places = new HashMap<>();
    StringBuilder text = new StringBuilder();
    for (Expression expression : order) {
      places.put(expression, places.size());
      text.append(expression.operation)
          .append(expression.index)
          .append(':')
          .append(expression.constant);
      for (Expression argument : expression.arguments) {
        text.append(',').append(places.get(argument));
      }
      text.append(';');
    }
    stores.forEach((array, value) ->
        text.append(array).append('=').append(places.get(value)).append(';'));
    return text.toString();
  }

  /** One line an array: what it becomes. A new value has a dash where another line uses it. */
  @Override
  public String toString() {
    StringJoiner lines = new StringJoiner("\n");
    Map<Expression, String> named = new HashMap<>();
    stores.forEach((place, value) -> {
      String array = description.arrayName(place);
      lines.add(array + "' = " + description.text(value, named, 0));
      if (value.isComputed()) {
        named.putIfAbsent(value, array + "'");
      }
    });
    return lines.toString();
  }
}
