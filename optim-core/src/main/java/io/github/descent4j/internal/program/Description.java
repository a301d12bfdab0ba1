package io.github.descent4j.internal.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/**
 * The element-wise arithmetic of one update rule: what each array becomes, and the numbers of a step that it is
 * computed with.
 *
 * <p>An array is known by its place: {@link #VALUE}, {@link #GRADIENT}, then the slots. Expressions of numbers
 * alone are folded into numbers, computed in double once a step. Not for several threads at once.
 */
public final class Description {
  /** The place of the parameter's value. */
  public static final int VALUE = 0;

  /** The place of the gradient. */
  public static final int GRADIENT = 1;

  /** The place of the first slot. */
  public static final int SLOTS = 2;

  private final String name;
  private final List<String> slotNames = new ArrayList<>();
  private final List<StepNumber> numbers = new ArrayList<>();
  private final List<BooleanSupplier> choices = new ArrayList<>();
  private final List<Expression> norms = new ArrayList<>();
  private final BitSet sums = new BitSet();
  private final List<Combination> combinations = new ArrayList<>();
  private final Map<Integer, Expression> sets = new LinkedHashMap<>();
  private final List<Expression> numberSlots = new ArrayList<>();
  private final Map<Integer, Expression> numberSets = new LinkedHashMap<>();
  private final Map<List<Object>, Expression> known = new HashMap<>();

  /** From here on nothing is folded: the numbers have their places. */
  private boolean complete;

  /** A number of the step: given by a function, folded from others, or a combination of norms. */
  private record StepNumber(
      String name,
      DoubleSupplier value,
      Expression folded,
      boolean staysPositive,
      boolean ofNorms) {}

  /** A number made of norms. */
  private static final class Combination {
    /** Its place among the numbers. */
    final int number;

    /** Its first norm among all. */
    final int first;

    /** Room for its norms. */
    final double[] own;

    /** Whether the norms are those of all parameters together. */
    final boolean ofModel;

    final ToDoubleFunction<double[]> value;

    Combination(
        int number, int first, int count, boolean ofModel, ToDoubleFunction<double[]> value) {
      this.number = number;
      this.first = first;
      own = new double[count];
      this.ofModel = ofModel;
      this.value = value;
    }
  }

  /** An empty description of a rule. */
  public Description(String name) {
    this.name = name;
  }

  /** The rule's name. */
  public String name() {
    return name;
  }

  /** The element of an array. */
  public Expression input(int array) {
    return known.computeIfAbsent(
        List.of(Operation.INPUT, array), k -> new Expression(Operation.INPUT, array, 0));
  }

  /** Adds a slot, and returns its place among the arrays. */
  public int slot(String slotName) {
    slotNames.add(slotName);
    return SLOTS + slotNames.size() - 1;
  }

  /** A constant. */
  public Expression constant(double value) {
    return known.computeIfAbsent(
        List.of(Operation.CONSTANT, Double.doubleToLongBits(value)),
        k -> new Expression(Operation.CONSTANT, 0, value));
  }

  /**
   * Adds a number of the step.
   *
   * @param value computes it, in double
   * @param staysPositive whether a positive number is rounded to a positive number, as an epsilon must be
   */
  public Expression number(String numberName, DoubleSupplier value, boolean staysPositive) {
    return number(new StepNumber(numberName, value, null, staysPositive, false));
  }

  private Expression number(StepNumber number) {
    numbers.add(number);
    return new Expression(Operation.SCALAR, numbers.size() - 1, 0);
  }

  /** The sum. */
  public Expression add(Expression a, Expression b) {
    return of(Operation.ADD, a, b);
  }

  /** The difference. */
  public Expression subtract(Expression a, Expression b) {
    return of(Operation.SUBTRACT, a, b);
  }

  /** The product. */
  public Expression multiply(Expression a, Expression b) {
    return of(Operation.MULTIPLY, a, b);
  }

  /** The quotient. */
  public Expression divide(Expression a, Expression b) {
    return of(Operation.DIVIDE, a, b);
  }

  /** The lesser, NaN if one is. */
  public Expression minimum(Expression a, Expression b) {
    return of(Operation.MINIMUM, a, b);
  }

  /** The greater, NaN if one is. */
  public Expression maximum(Expression a, Expression b) {
    return of(Operation.MAXIMUM, a, b);
  }

  /** The square root. */
  public Expression squareRoot(Expression a) {
    return of(Operation.SQUARE_ROOT, a);
  }

  /** The absolute value. */
  public Expression absolute(Expression a) {
    return of(Operation.ABSOLUTE, a);
  }

  /** The sign: -1, 0 or 1. */
  public Expression sign(Expression a) {
    return of(Operation.SIGN, a);
  }

  /** One of two, as a condition on the step has it. */
  public Expression either(BooleanSupplier condition, Expression then, Expression otherwise) {
    choices.add(condition);
    return new Expression(Operation.EITHER, choices.size() - 1, 0, then, otherwise);
  }

  /**
   * Adds a number that is made of norms of the whole parameter, which are measured ahead of the update.
   *
   * @param ofModel whether the norms are those of all parameters of the step together
   * @param value makes it of the L2 norms of the terms
   */
  public Expression ofNorms(
      String numberName, boolean ofModel, ToDoubleFunction<double[]> value, Expression... terms) {
    Expression number = number(new StepNumber(numberName, () -> Double.NaN, null, false, true));
    combinations.add(new Combination(number.index, norms.size(), terms.length, ofModel, value));
    norms.addAll(Arrays.asList(terms));
    return number;
  }

  /** Adds a number that every parameter keeps: what it was before the step. */
  public Expression numberSlot(String slotName) {
    numberSlots.add(number(new StepNumber(slotName, () -> Double.NaN, null, false, true)));
    return numberSlots.get(numberSlots.size() - 1);
  }

  /** How many numbers every parameter keeps. */
  public int numberSlotCount() {
    return numberSlots.size();
  }

  /** Says what a kept number becomes, by its place; whether it had not been said before. */
  public boolean setNumber(int place, Expression value) {
    return numberSets.putIfAbsent(place, value) == null;
  }

  /** Whether it has been said what a kept number becomes. */
  public boolean isNumberSet(int place) {
    return numberSets.containsKey(place);
  }

  /** Adds a term whose norm over all parameters is wanted, or whose sum; returns its place among the norms. */
  public int measure(boolean sum, Expression term) {
    sums.set(norms.size(), sum);
    norms.add(term);
    return norms.size() - 1;
  }

  /** Whether it is the sum of a term that is wanted, and not its norm. */
  public boolean isSum(int term) {
    return sums.get(term);
  }

  /** Says what an array becomes; whether it had not been said before. */
  public boolean set(int array, Expression value) {
    return sets.putIfAbsent(array, value) == null;
  }

  Expression of(Operation operation, Expression... arguments) {
    List<Object> key = new ArrayList<>();
    key.add(operation);
    boolean allNumbers = true;
    for (Expression argument : arguments) {
      key.add(argument); // Equal expressions are the same object.
      allNumbers &= argument.isNumber();
    }
    Expression same = known.get(key);
    if (same == null) {
      Expression made = new Expression(operation, 0, 0, arguments);
      same = allNumbers && !complete ? fold(made) : made;
      known.put(key, same);
    }
    return same;
  }

  private Expression fold(Expression made) {
    boolean ofNorms = false;
    for (Expression argument : made.arguments) {
      ofNorms |= argument.operation == Operation.SCALAR && numbers.get(argument.index).ofNorms;
    }
    return number(new StepNumber(text(made), null, made, false, ofNorms));
  }

  /** Says that all has been said. */
  public void complete() {
    complete = true;
  }

  /** What every kept number becomes, as text. */
  public String numberSlotsText() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < numberSlots.size(); i++) {
      text.append(text(numberSlots.get(i)))
          .append("' = ")
          .append(text(numberSets.get(i)))
          .append('\n');
    }
    return text.toString();
  }

  /** The slots' names. */
  public List<String> slotNames() {
    return slotNames;
  }

  /** Value, gradient and slots. */
  public int arrays() {
    return SLOTS + slotNames.size();
  }

  /** What each array becomes, by its place. */
  Map<Integer, Expression> sets() {
    return sets;
  }

  /** Whether an array's new value has been said. */
  public boolean isSet(int array) {
    return sets.containsKey(array);
  }

  /** The terms whose norms are wanted. */
  List<Expression> norms() {
    return norms;
  }

  /** How many norms are wanted. */
  public int normCount() {
    return norms.size();
  }

  /** How many numbers a step has, those of {@link Preparation} behind them included. */
  public int numberCount() {
    return numbers.size() + Preparation.NUMBERS;
  }

  /** The place of the first number of {@link Preparation}. */
  public int preparationNumbers() {
    return numbers.size();
  }

  /** A number of {@link Preparation}. */
  Expression preparationNumber(int place) {
    return known.computeIfAbsent(
        List.of(Operation.SCALAR, numbers.size() + place),
        k -> new Expression(Operation.SCALAR, numbers.size() + place, 0));
  }

  /** How many choices a step makes. */
  public int choiceCount() {
    return choices.size();
  }

  /** The choices of the step under way, one bit each. */
  public int variant() {
    int bits = 0;
    for (int i = 0; i < choices.size(); i++) {
      bits |= choices.get(i).getAsBoolean() ? 1 << i : 0;
    }
    return bits;
  }

  /** Computes the numbers of the step under way, but for those of norms and of kept numbers. */
  public void computeNumbers(double[] wide, float[] rounded) {
    computeNumbers(wide, rounded, false);
  }

  /**
   * Computes the numbers of norms and of kept numbers.
   *
   * @param norms of this parameter, in the order of the terms
   * @param modelNorms of all parameters together
   * @param kept the numbers that the parameter keeps, to become what they are after the step
   */
  public void computeNumbersOfNorms(
      double[] norms, double[] modelNorms, double[] kept, double[] wide, float[] rounded) {
    for (int i = 0; i < kept.length; i++) {
      put(numberSlots.get(i).index, kept[i], wide, rounded);
    }
    for (int i = 0; i < combinations.size(); i++) { // An iterator would be garbage of every step.
      Combination combination = combinations.get(i);
      double[] own = combination.own;
      System.arraycopy(
          combination.ofModel ? modelNorms : norms, combination.first, own, 0, own.length);
      put(combination.number, combination.value.applyAsDouble(own), wide, rounded);
    }
    computeNumbers(wide, rounded, true);
    for (int i = 0; i < kept.length; i++) {
      kept[i] = number(numberSets.get(i), wide);
    }
  }

  private void computeNumbers(double[] wide, float[] rounded, boolean ofNorms) {
    for (int i = 0; i < numbers.size(); i++) {
      StepNumber number = numbers.get(i);
      if (number.ofNorms == ofNorms && (!ofNorms || number.folded != null)) {
        Expression folded = number.folded;
        double value = folded == null
            ? number.value.getAsDouble()
            : folded.operation.of(
                number(folded.arguments[0], wide),
                folded.arguments.length == 1 ? 0 : number(folded.arguments[1], wide));
        put(i, value, wide, rounded);
      }
    }
  }

  private void put(int i, double value, double[] wide, float[] rounded) {
    wide[i] = value;
    float near = (float) value;
    rounded[i] = numbers.get(i).staysPositive && near == 0 && value > 0 ? Float.MIN_VALUE : near;
  }

  private static double number(Expression argument, double[] wide) {
    return argument.operation == Operation.CONSTANT ? argument.constant : wide[argument.index];
  }

  /** Whether a term that contains the gradient is multiplied by one that does, or has its norm measured. */
  public boolean squaresGradients() {
    Set<Expression> seen = new HashSet<>();
    return norms.stream().anyMatch(term -> contains(term, input(GRADIENT)))
        || sets.values().stream().anyMatch(e -> squaresGradients(e, seen));
  }

  private boolean squaresGradients(Expression expression, Set<Expression> seen) {
    if (!seen.add(expression)) {
      return false;
    }
    Expression[] arguments = expression.arguments;
    if (expression.operation == Operation.MULTIPLY
        && contains(arguments[0], input(GRADIENT))
        && contains(arguments[1], input(GRADIENT))) {
      return true;
    }
    for (Expression argument : arguments) {
      if (squaresGradients(argument, seen)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the parameter is read by anything but taking off, or adding, what does not depend on it. */
  public boolean readsParameter() {
    return sets.entrySet().stream()
        .anyMatch(set -> set.getKey() == VALUE
            ? !isMoved(set.getValue())
            : contains(set.getValue(), input(VALUE)));
  }

  private boolean isMoved(Expression value) {
    Expression[] arguments = value.arguments;
    Expression p = input(VALUE);
    return switch (value.operation) {
      case INPUT -> value == p;
      case EITHER -> isMoved(arguments[0]) && isMoved(arguments[1]);
      case SUBTRACT -> arguments[0] == p && !contains(arguments[1], p);
      case ADD ->
        (arguments[0] == p && !contains(arguments[1], p))
            || (arguments[1] == p && !contains(arguments[0], p));
      default -> false;
    };
  }

  static boolean contains(Expression expression, Expression searched) {
    if (expression == searched) {
      return true;
    }
    for (Expression argument : expression.arguments) {
      if (contains(argument, searched)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it is computed from numbers of the step alone. */
  public boolean isNumber(Expression expression) {
    return expression.isNumber();
  }

  /** Whether a number of norms is in it. */
  public boolean isOfNorms(Expression expression) {
    if (expression.operation == Operation.SCALAR && expression.index < numbers.size()) {
      return numbers.get(expression.index).ofNorms;
    }
    for (Expression argument : expression.arguments) {
      if (isOfNorms(argument)) {
        return true;
      }
    }
    return false;
  }

  /** An expression as text. */
  public String text(Expression expression) {
    return text(expression, Map.of(), 0);
  }

  /** The same with names for some: what is known by a name is not written out. */
  String text(Expression expression, Map<Expression, String> named, int outerRank) {
    return new ExpressionText(this, named).of(expression, outerRank);
  }

  /** The name of a number in a text. */
  String numberName(int index) {
    return index < numbers.size()
        ? numbers.get(index).name
        : Preparation.NAMES.get(index - numbers.size());
  }

  /** The name of an array in a program's text. */
  String arrayName(int array) {
    if (array == VALUE) {
      return "p";
    }
    if (array == GRADIENT) {
      return "g";
    }
    int slot = array - SLOTS;
    return slot < slotNames.size() ? slotNames.get(slot) : "term" + (slot - slotNames.size() + 1);
  }
}
