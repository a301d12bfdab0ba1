package io.github.descent4j.rule;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.AdamW;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RowGradient;
import io.github.descent4j.RowUpdate;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.decorator.TwoPhaseOptimizer;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.Registry;
import io.github.descent4j.internal.access.StepContextAccess;
import io.github.descent4j.internal.access.UpdateRuleAccess;
import io.github.descent4j.internal.program.Description;
import io.github.descent4j.internal.state.Hyperparameters;
import io.github.descent4j.internal.state.ParameterState;
import io.github.descent4j.internal.state.SlotDefinition;
import io.github.descent4j.internal.update.UpdateNumbers;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An update rule: its {@link Formula} says what becomes of a parameter, and everything else follows from it. Rules of
 * your own have all that those of the library have: schedules, clips, groups, decorators, state files.
 *
 * <pre>{@code
 * UpdateRule rule = UpdateRule.of("SignMomentum", 1e-3, f -> {
 *   Scalar beta = f.hyperparameter("beta", 0.9, Range.FRACTION);
 *   Slot m = f.slot("m");
 *   Term next = m.set(m.mix(beta, f.gradient()));
 *   f.subtract(f.learningRate().times(next.sign()));
 * });
 * rule.clipped(GradientClip.byGlobalNorm(1)).step(parameters);
 * }</pre>
 *
 * <p>{@code docs/adding-an-optimizer.md} goes through it. A rule with a class of its own extends this, and passes its
 * definition to the constructor.
 */
public abstract class UpdateRule extends TwoPhaseOptimizer {
  private static final String RULE = "rule";
  private static final String STEPS = "steps";
  private static final String REMEMBERED = "remembered";
  private static final String LEARNING_RATE = "learningRate";
  private static final String WEIGHT_DECAY = "weightDecay";
  private static final String MASTER_VALUES = "masterValues";
  private static final String ROW_UPDATE = "rowUpdate";

  /** Names of hyperparameters that every rule has. */
  static final Set<String> RESERVED =
      Set.of(LEARNING_RATE, WEIGHT_DECAY, MASTER_VALUES, ROW_UPDATE);

  static {
    Registry.register(UpdateRuleAccess.class, new Access());
  }

  private final String id;
  private final double learningRate;
  private final WeightDecay weightDecay;
  private final boolean masterValues;
  private final RowUpdate rowUpdate;
  private final Formula formula;
  private final SlotDefinition[] slots;
  private final RuleStep step;
  private final boolean squaresGradients;

  private final RuleMemory memory;
  private long steps;

  /**
   * Makes the rule of a definition.
   *
   * @param id the rule's name in state files, networks and {@link #toString}: never to be changed, so not
   *     taken from the class, which may be renamed
   * @param builder the learning rate and weight decay
   * @param definition says what the rule does; called once, here
   * @throws IllegalArgumentException if a hyperparameter is out of its range, or the formula is not whole: the
   *     message names the formula, the operation and what was expected
   */
  protected UpdateRule(String id, Builder<?> builder, Consumer<Formula> definition) {
    this.id = requireNonNull(id, "id of an update rule is null, expected a name");
    if (!id.matches("[A-Za-z][\\w.]*")) {
      throw new IllegalArgumentException(
          "id of an update rule is '" + id + "', expected letters, digits and dots");
    }
    learningRate = Range.AT_LEAST_ZERO.require(LEARNING_RATE, builder.learningRate);
    weightDecay = builder.weightDecay;
    masterValues = builder.masterValues;
    rowUpdate = builder.rowUpdate;
    requireNonNull(definition, () -> "definition of " + id + " is null, expected a formula");
    formula = Formula.of(id, definition);
    squaresGradients = formula.whole() != null || formula.description().squaresGradients();
    slots = formula.slotDefinitions();
    memory = new RuleMemory(id, slots, masterValues, formula.whole() != null);
    step = formula.whole() == null
        ? new ElementwiseStep(formula, weightDecay, masterValues, rowUpdate)
        : new WholeStep(formula, weightDecay);
    if (formula.whole() != null && masterValues) {
      throw new IllegalArgumentException(MASTER_VALUES + " is true, expected false for " + id
          + ", which updates whole parameters");
    }
    if (rowUpdate == RowUpdate.EXACT
        && (formula.whole() != null
            || formula.description().normCount() > 0
            || formula.description().numberSlotCount() > 0)) {
      throw new IllegalArgumentException(ROW_UPDATE + " is EXACT, expected LAZY for " + id
          + ", which needs whole parameters and takes no gradients of rows");
    }
  }

  /**
   * Makes the rule of a definition that needs no builder.
   *
   * @param learningRate the step size where no schedule gives one
   * @throws IllegalArgumentException as above
   */
  protected UpdateRule(String id, double learningRate, Consumer<Formula> definition) {
    this(id, new Definition(id, learningRate, definition), definition);
  }

  /**
   * A rule of your own, without a class.
   *
   * @param id as in the constructor
   * @param learningRate the step size where no schedule gives one
   * @param definition says what the rule does
   * @throws IllegalArgumentException as the constructor
   */
  public static UpdateRule of(String id, double learningRate, Consumer<Formula> definition) {
    return define(id, learningRate, definition).build();
  }

  /** Starts a rule of your own that is to have weight decay, or another option of all rules. */
  public static Definition define(String id, double learningRate, Consumer<Formula> definition) {
    return new Definition(id, learningRate, definition);
  }

  @Override
  public final long steps() {
    return steps;
  }

  @Override
  public final double learningRate() {
    return learningRateFrom(learningRate);
  }

  @Override
  protected final double learningRateFrom(double handedIn) {
    return formula.rateAt(steps + 1, handedIn);
  }

  @Override
  protected final Norm wantedNorm() {
    return null;
  }

  @Override
  protected final boolean squaresGradients() {
    return squaresGradients;
  }

  @Override
  public final OptimizerState state() {
    return withFiles(new RuleState(this, memory.states()));
  }

  /** The weight decay that the builder was given. */
  public final WeightDecay weightDecay() {
    return weightDecay;
  }

  /**
   * The hyperparameters by their names, in the order of the Javadoc: numbers, booleans, enum constants, and the
   * {@link WeightDecay}.
   */
  public final Map<String, Object> hyperparameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(LEARNING_RATE, learningRate);
    all.putAll(formula.hyperparameters());
    all.put(WEIGHT_DECAY, weightDecay);
    if (masterValues) {
      all.put(MASTER_VALUES, true);
    }
    if (rowUpdate != RowUpdate.LAZY) {
      all.put(ROW_UPDATE, rowUpdate);
    }
    return Collections.unmodifiableMap(all);
  }

  /** The numbers that the rule remembers of all parameters together, by their names: as they are after the last step. */
  public final Map<String, Double> remembered() {
    Map<String, Double> all = new LinkedHashMap<>();
    formula.remembered().all().forEach(number -> all.put(number.name(), number.value()));
    return Collections.unmodifiableMap(all);
  }

  /**
   * A slot of a parameter, to do something with it beside the steps: the array itself, null if the parameter has not been stepped.
   *
   * @throws IllegalArgumentException if shape or type are not those of the parameter's first step
   * @throws IllegalStateException if the array has been closed, or rows of the parameter are behind
   */
  protected final INDArray slotOf(Parameter parameter, String slot) {
    ParameterState known = memory.states().get(parameter.name());
    if (known == null) {
      return null;
    }
    ParameterAccess.ACCESS.requireOpen(parameter);
    known.requireMatch(parameter);
    if (known.rowHistory != null && known.rowHistory.isBehind()) {
      throw new IllegalStateException(RowSteps.behind(parameter.name()));
    }
    return state().slot(parameter.name(), slot);
  }

  /** A hyperparameter that is a number. */
  protected final double number(String hyperparameter) {
    return ((Number) formula.hyperparameters().get(hyperparameter)).doubleValue();
  }

  /** A hyperparameter that is an option. */
  protected final <T> T option(String hyperparameter, Class<T> type) {
    return type.cast(formula.hyperparameters().get(hyperparameter));
  }

  /**
   * The arithmetic as text, a line an array: what is computed for every element of a step, in this order. A dash marks
   * what an array becomes. Numbers of the step are computed once, in double.
   */
  public final String formula() {
    return step.text();
  }

  @Override
  protected final void save(StateWriter out) {
    memory.requireUpToDate();
    out.put(RULE, id);
    Hyperparameters.save(hyperparameters(), out);
    out.put(STEPS, steps);
    if (!formula.remembered().all().isEmpty()) {
      StateWriter remembered = out.object(REMEMBERED);
      formula.remembered().all().forEach(number -> remembered.put(number.name(), number.value()));
    }
    memory.save(out);
  }

  @Override
  protected final void load(StateReader in) {
    StateReader own = in.behindDecorators();
    if (!own.names().contains(RULE) || !id.equals(own.text(RULE))) {
      throw own.bad(RULE, '"' + id + '"');
    }
    Hyperparameters.compare(hyperparameters(), this, own);
    long loadedSteps = own.steps(STEPS, 0);
    if (!formula.remembered().all().isEmpty()) {
      StateReader remembered = own.object(REMEMBERED);
      for (Remembered number : formula.remembered().all()) {
        double loaded = remembered.number(number.name());
        own.whenAllIsWell(() -> number.load(loaded));
      }
    }
    memory.load(own, loadedSteps);
    own.whenAllIsWell(() -> steps = loadedSteps);
  }

  @Override
  protected final void forget(String parameterName) {
    memory.forget(parameterName);
  }

  @Override
  protected final void rename(String parameterName, String newName) {
    memory.rename(parameterName, newName);
  }

  @Override
  protected final void check(StepContext context) {
    ParameterState[] states = memory.find(context.parameters());
    if (squaresGradients()) {
      StepContextAccess.ACCESS.requireSquarable(context);
    }
    step.check(context, states, context.learningRateOr(learningRate));
  }

  @Override
  protected final void commit(StepContext context) {
    step.commit();
    memory.count();
    steps++;
  }

  @Override
  protected final void bringUpToDate(Parameters parameters, long[] rows) {
    step.catchUp(parameters, rows, memory.states());
  }

  @Override
  protected final void release() {
    step.release();
  }

  @Override
  protected final boolean checksAhead() {
    return true;
  }

  @Override
  public final String toString() {
    StringJoiner text = new StringJoiner(", ", id + "(", ")");
    hyperparameters().forEach((name, value) -> text.add(name + "=" + value));
    return text.toString();
  }

  /** A rule's step, in two halves. */
  interface RuleStep {

    /** Computes all that may fail; changes nothing. */
    void check(StepContext context, ParameterState[] states, double handedIn);

    /** Updates parameters and slots. */
    void commit();

    /** In place of that, where another optimizer has failed: gives up what the check has made. */
    default void release() {}

    /** Brings rows up to date that have missed steps; of a step that has none there are no such. */
    default void catchUp(Parameters parameters, long[] rows, Map<String, ParameterState> states) {}

    /** The arithmetic as text. */
    String text();
  }

  /** What others of this library may do with a rule. */
  private static final class Access implements UpdateRuleAccess {
    @Override
    public boolean isElementwise(UpdateRule rule) {
      Description description = rule.formula.description();
      return rule.formula.whole() == null
          && description.normCount() == 0
          && description.numberSlotCount() == 0;
    }

    @Override
    public boolean readsParameter(UpdateRule rule) {
      return rule.formula.description().readsParameter();
    }

    @Override
    public Description description(UpdateRule rule) {
      return rule.formula.description();
    }

    @Override
    public SlotDefinition[] slots(UpdateRule rule) {
      return rule.slots;
    }

    @Override
    public double ownRate(UpdateRule rule) {
      return rule.learningRate;
    }

    @Override
    public double rateAt(UpdateRule rule, long t, double handedIn) {
      return rule.formula.rateAt(t, handedIn);
    }

    @Override
    public int computeNumbers(UpdateRule rule, long t, double learningRate, UpdateNumbers numbers) {
      return rule.formula.computeNumbers(t, learningRate, numbers);
    }

    @Override
    public String id(UpdateRule rule) {
      return rule.id;
    }
  }

  /**
   * What the builders of all update rules have in common.
   *
   * @param <B> the rule's own builder
   */
  public abstract static class Builder<B extends Builder<B>> {
    private double learningRate;
    private WeightDecay weightDecay = WeightDecay.none();
    private boolean masterValues;
    private RowUpdate rowUpdate = RowUpdate.LAZY;

    /** With the rule's default rate. */
    protected Builder(double learningRate) {
      this.learningRate = learningRate;
    }

    /**
     * The rule.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    public abstract UpdateRule build();

    /** This builder. */
    protected abstract B self();

    /** The step size where no schedule gives one: finite and at least 0. */
    public B learningRate(double learningRate) {
      this.learningRate = learningRate;
      return self();
    }

    /** Coupled or decoupled weight decay; none by default, but for {@link AdamW}. */
    public B weightDecay(WeightDecay weightDecay) {
      this.weightDecay =
          requireNonNull(weightDecay, "weightDecay is null, expected a weight decay");
      return self();
    }

    /**
     * Whether parameters of type FLOAT16 and BFLOAT16 have their values kept in float as well, as a slot "master" which
     * each step updates and rounds to the parameter; false by default.
     *
     * <p>Without it a step of less than half the distance to the parameter's next number is lost: at a value of 1 that is
     * 0.002 for BFLOAT16. It costs four bytes an element. A value that is changed from outside becomes the master.
     */
    public B masterValues(boolean masterValues) {
      this.masterValues = masterValues;
      return self();
    }

    /**
     * What a step does to the rows that a {@linkplain RowGradient gradient of rows} does not have; {@link RowUpdate#LAZY} by
     * default.
     *
     * <p>{@link RowUpdate#EXACT} costs four bytes a row, and some hundred bytes a step until {@link
     * Optimizer#catchUp}.
     */
    public B rowUpdate(RowUpdate rowUpdate) {
      this.rowUpdate = requireNonNull(rowUpdate, "rowUpdate is null, expected LAZY or EXACT");
      return self();
    }

    /** The weight decay so far. */
    protected final WeightDecay weightDecay() {
      return weightDecay;
    }
  }

  /** A rule of a user's own on its way: what {@link #define} begins. */
  public static final class Definition extends Builder<Definition> {
    private final String id;
    private final Consumer<Formula> definition;

    private Definition(String id, double learningRate, Consumer<Formula> definition) {
      super(learningRate);
      this.id = id;
      this.definition = definition;
    }

    @Override
    protected Definition self() {
      return this;
    }

    /**
     * Makes the rule.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range, or the formula is not whole
     */
    @Override
    public UpdateRule build() {
      return new DefinedRule(id, this, definition);
    }
  }

  private static final class DefinedRule extends UpdateRule {
    DefinedRule(String id, Definition builder, Consumer<Formula> definition) {
      super(id, builder, definition);
    }
  }
}
