package io.github.descent4j.rule;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.internal.program.Description;
import io.github.descent4j.internal.program.Expression;
import io.github.descent4j.internal.state.SlotDefinition;
import io.github.descent4j.internal.update.UpdateNumbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * An update rule's arithmetic, written once: hyperparameters, slots, and what parameter and slots become.
 *
 * <p>From it come compiled loops for float and double, with vectors where the JVM has them, and a printout.
 * {@link UpdateRule} has the use of it.
 *
 * <pre>{@code
 * f -> {
 *   Scalar momentum = f.hyperparameter("momentum", 0.9, Range.FRACTION);
 *   Slot v = f.slot("v");
 *   f.subtract(f.learningRate().times(v.set(momentum.times(v).plus(f.gradient()))));
 * }
 * }</pre>
 *
 * <p>The gradient is what clips and coupled weight decay have made of it; decoupled decay has been taken off the
 * parameter before. A slot's and the parameter's terms are what they were before the step: {@link Slot#set} returns
 * what they become.
 *
 * <p><b>Errors.</b> A wrong use is an {@link IllegalArgumentException} when the rule is made, which names the
 * formula, the operation and what was expected.
 */
public final class Formula {
  private final String name;
  private final Description description;
  private final Step step = new Step();
  private final Map<String, Object> hyperparameters = new LinkedHashMap<>();
  private final Map<String, Scalar> scalars = new LinkedHashMap<>();
  private final List<Slot> slots = new ArrayList<>();
  private final List<NumberSlot> numberSlots = new ArrayList<>();
  private final Term parameter;
  private final Term gradient;
  private Scalar learningRate;
  private final RememberedNumbers remembered = new RememberedNumbers(this);
  private ToDoubleFunction<Step> rate = Step::learningRate;
  private Consumer<WholeParameter> whole;

  /** Why no row may be left out of a step, null if one may. */
  private String everyRow;

  /** What the first step makes of a parameter's values, null if nothing. */
  private String startsFromValues;

  /** Whether the definition has returned: what it left behind cannot be added to by a step. */
  private boolean complete;

  private Formula(String name) {
    this.name = name;
    description = new Description(name);
    parameter = new Term(this, description.input(Description.VALUE));
    gradient = new Term(this, description.input(Description.GRADIENT));
  }

  static Formula of(String name, Consumer<Formula> definition) {
    Formula formula = new Formula(name);
    definition.accept(formula);
    formula.requireComplete();
    formula.description.complete();
    formula.complete = true;
    return formula;
  }

  private void requireComplete() {
    if (whole != null) {
      if (description.isSet(Description.VALUE) || !slots.isEmpty() || !numberSlots.isEmpty()) {
        throw problem("wholeParameter", "no slot(...), subtract(...) or update(...) beside it");
      }
      if (!remembered.all().isEmpty() || description.normCount() > 0) {
        throw problem("wholeParameter", "no remembered(...) and no norms or sums beside it");
      }
      return;
    }
    remembered.requireComplete(description.normCount());
    if (!description.isSet(Description.VALUE)) {
      throw problem("definition", "subtract(...), update(...) or wholeParameter(...), found none");
    }
    for (Slot slot : slots) {
      if (!description.isSet(slot.array())) {
        throw problem("slot '" + slot.name() + "'", "set(...) to say what it becomes, found none");
      }
    }
    for (int i = 0; i < numberSlots.size(); i++) {
      if (!description.isNumberSet(i)) {
        throw problem(
            "slot '" + numberSlots.get(i).name() + "'",
            "set(...) to say what it becomes, found none");
      }
    }
  }

  /** The parameter before the step, decoupled weight decay taken off. */
  public Term parameter() {
    return parameter;
  }

  /** The gradient, as clips and coupled weight decay have left it. */
  public Term gradient() {
    return gradient;
  }

  /** A slot that starts from 0. */
  public Slot slot(String slotName) {
    return slot(slotName, 0);
  }

  /**
   * A slot.
   *
   * @param slotName what it is called in state files
   * @param initialValue of every element ahead of the parameter's first step, finite
   */
  public Slot slot(String slotName, double initialValue) {
    requireFreeSlot(slotName);
    if (!Double.isFinite(initialValue)) {
      throw problem("slot '" + slotName + "'", "a finite initial value, found " + initialValue);
    }
    int array = description.slot(slotName);
    Slot slot = new Slot(this, description.input(array), slotName, initialValue, array);
    slots.add(slot);
    return slot;
  }

  /**
   * A number that every parameter keeps, from 0: for what is made of norms, or comes from outside. It is an array without
   * dimensions in state files.
   *
   * @param slotName what it is called there
   */
  public NumberSlot numberSlot(String slotName) {
    requireFreeSlot(slotName);
    NumberSlot slot =
        new NumberSlot(this, description.numberSlot(slotName), slotName, numberSlots.size());
    numberSlots.add(slot);
    return slot;
  }

  private void requireFreeSlot(String slotName) {
    requireName("slot", slotName);
    if (RuleMemory.MASTER.equals(slotName)
        || slots.stream().anyMatch(slot -> slot.name().equals(slotName))
        || numberSlots.stream().anyMatch(slot -> slot.name().equals(slotName))) {
      throw problem(
          "slot '" + slotName + "'", "a name that no other slot has, nor " + RuleMemory.MASTER);
    }
  }

  /** The learning rate of the step. */
  public Scalar learningRate() {
    if (learningRate == null) {
      requireIncomplete("learningRate");
      learningRate = number("lr", Step::learningRate, false, Double.NaN);
    }
    return learningRate;
  }

  /**
   * Lowers the learning rate as the rule has it, whoever gives the rate: for this formula, for decoupled weight decay,
   * and for who asks the optimizer.
   *
   * @param rate of the step that it is given; where it is negative or not finite, the step fails
   */
  public void adjustLearningRate(ToDoubleFunction<Step> rate) {
    requireIncomplete("adjustLearningRate");
    this.rate = requireNonNull(rate, "rate is null, expected a function of the step");
  }

  /**
   * A hyperparameter that is a number. It is printed, saved and compared under its name.
   *
   * @throws IllegalArgumentException if the value is out of its range, or the name taken
   */
  public Scalar hyperparameter(String hyperparameter, double value, Range range) {
    requireNonNull(range, () -> "range of " + hyperparameter + " is null, expected a range");
    declare(hyperparameter, range.require(hyperparameter, value));
    return number(hyperparameter, s -> value, false, value);
  }

  /**
   * A hyperparameter that keeps a divisor from 0: positive, and not rounded to 0.
   *
   * @throws IllegalArgumentException if the value is not finite and above 0, or the name taken
   */
  public Scalar epsilon(String hyperparameter, double value) {
    declare(hyperparameter, Range.POSITIVE.require(hyperparameter, value));
    return number(hyperparameter, s -> value, true, value);
  }

  /**
   * A hyperparameter that is no number of the arithmetic: a boolean, an enum, a count. It is printed, saved and
   * compared as text, numbers and booleans as themselves.
   *
   * @throws IllegalArgumentException if the name is taken
   */
  public <T> T option(String hyperparameter, T value) {
    declare(
        hyperparameter, requireNonNull(value, () -> hyperparameter + " is null, expected a value"));
    return value;
  }

  private void declare(String hyperparameter, Object value) {
    requireName("hyperparameter", hyperparameter);
    if (hyperparameters.putIfAbsent(hyperparameter, value) != null
        || UpdateRule.RESERVED.contains(hyperparameter)) {
      throw problem(
          "hyperparameter '" + hyperparameter + "'",
          "a name that no other hyperparameter has, nor one of " + UpdateRule.RESERVED);
    }
  }

  /**
   * A number of the step.
   *
   * @param scalarName for the printout
   * @param value computes it, in double
   */
  public Scalar scalar(String scalarName, ToDoubleFunction<Step> value) {
    requireName("scalar", scalarName);
    requireNonNull(value, "value is null, expected a function of the step");
    return number(scalarName, value, false, Double.NaN);
  }

  private Scalar number(
      String scalarName, ToDoubleFunction<Step> value, boolean staysPositive, double fixed) {
    if (scalars.containsKey(scalarName)) {
      throw problem("scalar '" + scalarName + "'", "a name that no other scalar has");
    }
    Expression number =
        description.number(scalarName, () -> value.applyAsDouble(step), staysPositive);
    Scalar scalar = new Scalar(this, number, fixed);
    scalars.put(scalarName, scalar);
    return scalar;
  }

  /** A constant. */
  public Scalar constant(double value) {
    return new Scalar(this, description.constant(value), value);
  }

  /**
   * Says that no row may be left out of a step, such as one that decays the parameter: gradients that are given as rows
   * are then refused unless {@linkplain io.github.descent4j.RowUpdate#EXACT exact}.
   *
   * @param because what is lost, for the message: a hyperparameter and its value
   */
  public void requireEveryRow(String because) {
    requireIncomplete("requireEveryRow");
    everyRow = requireNonNull(because, "reason is null, expected a text");
  }

  /**
   * Says that a parameter's first step makes slots of its values, which rows left out of it would lose: gradients that are
   * given as rows are then refused in that step, unless the values are 0 or the rows {@linkplain
   * io.github.descent4j.RowUpdate#EXACT exact}.
   *
   * @param because what is made, for the message
   */
  public void startFromValues(String because) {
    requireIncomplete("startFromValues");
    startsFromValues = requireNonNull(because, "reason is null, expected a text");
  }

  /** One of two terms, chosen once a step: no loop has a branch. */
  public Term either(Predicate<Step> condition, Term then, Term otherwise) {
    requireIncomplete("either");
    requireNonNull(condition, "condition is null, expected a predicate of the step");
    requireOwn("either", then);
    requireOwn("either", otherwise);
    if (description.choiceCount() == 8) {
      throw problem("either", "at most 8 choices");
    }
    return new Term(
        this,
        description.either(() -> condition.test(step), then.expression, otherwise.expression));
  }

  /**
   * A number made of the L2 norms of terms over the whole parameter, which are measured ahead of the update in a pass
   * of their own.
   *
   * <pre>{@code
   * Scalar trust = f.ofNorms("trust", n -> n[0] > 0 && n[1] > 0 ? n[0] / n[1] : 1, f.parameter(), update);
   * f.subtract(f.learningRate().times(trust).times(update));
   * }</pre>
   *
   * @param scalarName for the printout
   * @param value makes it of the norms, in the order of the terms
   * @param terms of this formula, none made of norms
   */
  public Scalar ofNorms(String scalarName, ToDoubleFunction<double[]> value, Term... terms) {
    return ofNorms(scalarName, false, value, terms);
  }

  /**
   * The same of the norms over all parameters of the step together, as if they were one: the root of the sum of the
   * squares of their norms.
   */
  public Scalar ofModelNorms(String scalarName, ToDoubleFunction<double[]> value, Term... terms) {
    return ofNorms(scalarName, true, value, terms);
  }

  private Scalar ofNorms(
      String scalarName, boolean ofModel, ToDoubleFunction<double[]> value, Term... terms) {
    requireName("ofNorms", scalarName);
    requireNonNull(value, "value is null, expected a function of norms");
    Expression[] expressions = new Expression[terms.length];
    for (int i = 0; i < terms.length; i++) {
      requireOwn("ofNorms", terms[i]);
      expressions[i] = terms[i].expression;
      if (description.isOfNorms(expressions[i])) {
        throw problem("ofNorms '" + scalarName + "'", "terms that are not made of norms");
      }
    }
    if (terms.length == 0 || scalars.containsKey(scalarName)) {
      throw problem("ofNorms '" + scalarName + "'", "at least one term, and a name of its own");
    }
    Scalar scalar =
        new Scalar(this, description.ofNorms(scalarName, ofModel, value, expressions), Double.NaN);
    scalars.put(scalarName, scalar);
    return scalar;
  }

  /**
   * A number that the rule remembers from step to step, one for all its parameters together, as an estimate over the whole
   * model is. {@link #renew} says what it becomes, {@link Step#before} and {@link Renewal} what it is.
   *
   * <pre>{@code
   * Remembered largest = f.remembered("largest", 0);
   * Measure norm = f.modelNorm(f.gradient());
   * f.renew(r -> r.set(largest, Math.max(r.before(largest), r.of(norm))));
   * Scalar scale = f.renewed("scale", r -> r.after(largest) > 0 ? 1 / r.after(largest) : 0);
   * f.subtract(f.learningRate().times(scale).times(f.gradient()));
   * }</pre>
   *
   * @param rememberedName what it is called in state files
   * @param initialValue ahead of the rule's first step, finite
   */
  public Remembered remembered(String rememberedName, double initialValue) {
    requireName("remembered", rememberedName);
    return remembered.add(rememberedName, initialValue);
  }

  /** The sum of a term over all elements of all parameters of a step, measured ahead of the update. */
  public Measure modelSum(Term term) {
    return measure("modelSum", true, term);
  }

  /** The L2 norm of a term over all elements of all parameters of a step, measured ahead of the update. */
  public Measure modelNorm(Term term) {
    return measure("modelNorm", false, term);
  }

  private Measure measure(String operation, boolean sum, Term term) {
    requireIncomplete(operation);
    requireOwn(operation, term);
    if (description.isOfNorms(term.expression)) {
      throw problem(operation, "a term that is not made of norms, found '" + term + "'");
    }
    return new Measure(this, description.measure(sum, term.expression));
  }

  /**
   * Says what the numbers that the rule remembers become.
   *
   * @param becomes called once a step, when the sums and norms over the model are known; it sets numbers and changes
   *     nothing else, since the step may fail after it
   */
  public void renew(Consumer<Renewal> becomes) {
    requireIncomplete("renew");
    remembered.renewBy(becomes);
  }

  /**
   * A number of the step that is made when the numbers that the rule remembers have been renewed.
   *
   * @param scalarName for the printout
   */
  public Scalar renewed(String scalarName, ToDoubleFunction<Renewal> value) {
    requireName("renewed", scalarName);
    requireNonNull(value, "value is null, expected a function of the renewal");
    if (scalars.containsKey(scalarName)) {
      throw problem("renewed '" + scalarName + "'", "a name that no other scalar has");
    }
    Expression number =
        description.ofNorms(scalarName, true, none -> value.applyAsDouble(remembered.renewal()));
    Scalar scalar = new Scalar(this, number, Double.NaN);
    scalars.put(scalarName, scalar);
    return scalar;
  }

  /** Says that the step is taken off the parameter: {@code p - step}. Returns what the parameter becomes. */
  public Term subtract(Term step) {
    requireOwn("subtract", step);
    return update(parameter.minus(step));
  }

  /** Says what the parameter becomes, and returns that. */
  public Term update(Term value) {
    return set("parameter", Description.VALUE, value);
  }

  /**
   * Updates a parameter by ND4J's arithmetic instead of element by element: for matrix steps, slots of other shapes, and
   * a first try.
   *
   * <pre>{@code
   * f.wholeParameter(w -> w.value().subi(w.gradient().mul(w.learningRate())));
   * }</pre>
   *
   * @param update called for every parameter of every step; what it throws ends the step with everything as it was
   */
  public void wholeParameter(Consumer<WholeParameter> update) {
    requireIncomplete("wholeParameter");
    if (whole != null) {
      throw problem("wholeParameter", "one update");
    }
    whole = requireNonNull(update, "update is null, expected an update of a whole parameter");
  }

  Term set(String what, int array, Term value) {
    requireIncomplete("set of the " + what);
    requireOwn("set", value);
    if (!description.set(array, value.expression)) {
      throw problem("set of the " + what, "one value, found a second: " + value);
    }
    return value;
  }

  Term setNumber(NumberSlot slot, int place, Term value) {
    String what = "slot '" + slot.name() + "'";
    requireIncomplete("set of the " + what);
    requireOwn("set", value);
    if (!description.isNumber(value.expression)) {
      throw problem("set of the " + what, "a number, found " + value);
    }
    if (!description.setNumber(place, value.expression)) {
      throw problem("set of the " + what, "one value, found a second: " + value);
    }
    return value;
  }

  Term term(Expression expression) {
    return description.isNumber(expression)
        ? new Scalar(this, expression, Double.NaN)
        : new Term(this, expression);
  }

  void requireOwn(String operation, Term term) {
    if (term == null || term.formula != this) {
      throw problem(
          operation,
          "a term of this formula, found " + (term == null ? "null" : "'" + term + "' of another"));
    }
  }

  private void requireIncomplete(String operation) {
    if (complete) {
      throw problem(operation, "a call in the definition, found one after it has returned");
    }
  }

  private void requireName(String operation, String given) {
    requireIncomplete(operation);
    if (given == null || !given.matches("[A-Za-z]\\w*")) {
      throw problem(operation, "a name of letters and digits, found '" + given + "'");
    }
  }

  IllegalArgumentException problem(String operation, String expected) {
    return new IllegalArgumentException(
        "formula " + name + ": " + operation + ": expected " + expected);
  }

  Description description() {
    return description;
  }

  /** The arrays. */
  List<Slot> slots() {
    return slots;
  }

  /** The arrays, and behind them the numbers. */
  SlotDefinition[] slotDefinitions() {
    return Stream.concat(
            slots.stream().map(slot -> new SlotDefinition(slot.name(), slot.initialValue())),
            numberSlots.stream().map(slot -> SlotDefinition.number(slot.name())))
        .toArray(SlotDefinition[]::new);
  }

  Map<String, Object> hyperparameters() {
    return hyperparameters;
  }

  /** Why no row may be left out of a step, null if one may. */
  String everyRow() {
    return everyRow;
  }

  /** What the first step makes of the values, null if nothing. */
  String startsFromValues() {
    return startsFromValues;
  }

  /** Null for an element-wise rule. */
  Consumer<WholeParameter> whole() {
    return whole;
  }

  /** Computes the numbers of a step, and returns its choices. */
  int computeNumbers(long t, double learningRate, UpdateNumbers numbers) {
    step.set(t, learningRate);
    description.computeNumbers(numbers.wide(), numbers.rounded());
    return description.variant();
  }

  RememberedNumbers remembered() {
    return remembered;
  }

  /** The learning rate of a step, given the one handed in. */
  double rateAt(long t, double handedIn) {
    step.set(t, handedIn);
    double adjusted = rate.applyAsDouble(step);
    if (adjusted >= 0 && adjusted < Double.POSITIVE_INFINITY) {
      return adjusted;
    }
    throw new IllegalStateException("formula " + name + ": adjustLearningRate gave " + adjusted
        + " at " + step + ", expected a finite number >= 0");
  }

  @Override
  public String toString() {
    return name;
  }
}
