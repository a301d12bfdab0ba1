package io.github.descent4j.dl4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.WeightDecay;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.access.UpdateRuleAccess;
import io.github.descent4j.rule.UpdateRule;
import java.io.Serial;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What the configuration of a network keeps of an optimizer: names and numbers, from which the update
 * rule can be made again. Its name and fields are in saved networks. {@link Descent4j#updater} makes it.
 *
 * <pre>{@code
 * IUpdater updater = Descent4j.updater(new RAdam(1e-3));
 * double rate = updater.getLearningRate(0, 0);
 * }</pre>
 */
public final class Descent4jUpdater implements IUpdater {
  @Serial
  private static final long serialVersionUID = 1;

  private static final String LEARNING_RATE = "learningRate";
  private static final String WEIGHT_DECAY = "weightDecay";
  private static final String MASTER_VALUES = "masterValues";
  private static final String ROW_UPDATE = "rowUpdate";

  private final String rule;
  private final LinkedHashMap<String, Object> hyperparameters;
  private double learningRate;
  private ISchedule learningRateSchedule;

  private final transient UpdateRule made;

  Descent4jUpdater(UpdateRule rule, ISchedule schedule) {
    Map<String, Object> described = RuleSettings.described(rule.hyperparameters());
    described.remove(WEIGHT_DECAY);
    WeightDecay decay = rule.weightDecay();
    if (decay.coefficient() != 0) {
      String instead = decay.isDecoupled() ? "weightDecay" : "l2";
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "weightDecay of %s is %s, expected WeightDecay.none(), since an updater is not given the"
              + " parameters; .%s(%s) of each DL4J layer, or .%s(%s) of SameDiff's TrainingConfig,"
              + " decays so",
          UpdateRuleAccess.ACCESS.id(rule),
          decay,
          instead,
          decay.coefficient(),
          instead,
          decay.isDecoupled() ? decay.coefficient() + ", true" : decay.coefficient()));
    }
    this.rule = UpdateRuleAccess.ACCESS.id(rule);
    requireUpdates(rule);
    learningRate = (double) described.remove(LEARNING_RATE);
    hyperparameters = new LinkedHashMap<>(described);
    learningRateSchedule = schedule;
    made = NamedRule.make(this.rule, learningRate, hyperparameters);
    if (made.getClass() != rule.getClass() || !made.formula().equals(rule.formula())) {
      throw new IllegalArgumentException("optimizer is " + rule + " of " + rule.getClass()
          + ", expected the rule that a network makes again from its id and hyperparameters: "
          + made + " of "
          + made.getClass() + " with the formula\n" + made.formula());
    }
  }

  /** An updater gets the gradients of several parameters in one array, and keeps slots in arrays of their type. */
  private static void requireUpdates(UpdateRule rule) {
    String expected = null;
    if (!UpdateRuleAccess.ACCESS.isElementwise(rule)) {
      expected =
          "a rule that is computed element by element, such as new Adam(): an updater is given the gradients of"
              + " several parameters in one array, which has neither their norms nor their shapes";
    } else if (UpdateRuleAccess.ACCESS.readsParameter(rule)) {
      expected =
          "a rule whose step does not depend on the parameter, such as new Adam(), since an updater is not given it";
    } else if (rule.hyperparameters().containsKey(MASTER_VALUES)) {
      expected = MASTER_VALUES + " false: a network keeps the state in its own type";
    } else if (rule.hyperparameters().containsKey(ROW_UPDATE)) {
      expected = ROW_UPDATE + " LAZY: a network has whole gradients";
    }
    if (expected != null) {
      throw new IllegalArgumentException("optimizer is " + rule + ", expected " + expected);
    }
  }

  @JsonCreator
  Descent4jUpdater(
      @JsonProperty("rule") String rule,
      @JsonProperty("hyperparameters") Map<String, Object> hyperparameters,
      @JsonProperty(LEARNING_RATE) Double learningRate,
      @JsonProperty("learningRateSchedule") ISchedule learningRateSchedule) {
    this.rule = requireNonNull(rule, "rule is missing, expected the name of an update rule");
    this.hyperparameters = new LinkedHashMap<>(
        requireNonNull(hyperparameters, "hyperparameters are missing, expected those of " + rule));
    this.learningRate =
        requireNonNull(learningRate, "learningRate is missing, expected a finite number >= 0");
    this.learningRateSchedule = learningRateSchedule;
    made = NamedRule.make(rule, learningRate, hyperparameters);
    requireUpdates(made);
  }

  UpdateRule rule() {
    return made;
  }

  private int slots() {
    return UpdateRuleAccess.ACCESS.slots(made).length;
  }

  /** The rate that a step hands into the rule. */
  double handedIn(int iteration, int epoch) {
    if (learningRateSchedule == null) {
      return learningRate;
    }
    double rate = learningRateSchedule.valueAt(iteration, epoch);
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalStateException(String.format(
          Locale.ROOT,
          "learning rate of schedule %s at iteration %d is %s, expected a finite number >= 0",
          learningRateSchedule,
          iteration,
          rate));
    }
    return rate;
  }

  @Override
  public long stateSize(long numParams) {
    return slots() * numParams;
  }

  @Override
  public GradientUpdater<Descent4jUpdater> instantiate(
      INDArray viewArray, boolean initializeViewArray) {
    Descent4jGradientUpdater updater = new Descent4jGradientUpdater(this);
    int slots = slots();
    if (viewArray != null || slots > 0) {
      long length = viewArray == null || slots == 0 ? 0 : viewArray.length() / slots;
      updater.setStateViewArray(viewArray, new long[] {length}, 'c', initializeViewArray);
    }
    return updater;
  }

  @Override
  public GradientUpdater<Descent4jUpdater> instantiate(
      Map<String, INDArray> updaterState, boolean initializeStateArrays) {
    Descent4jGradientUpdater updater = new Descent4jGradientUpdater(this);
    updater.setState(updaterState, initializeStateArrays);
    return updater;
  }

  @Override
  public double getLearningRate(int iteration, int epoch) {
    return UpdateRuleAccess.ACCESS.rateAt(made, iteration + 1L, handedIn(iteration, epoch));
  }

  @Override
  public boolean hasLearningRate() {
    return true;
  }

  @Override
  public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
    // Where there is a schedule, ND4J passes NaN.
    if (lrSchedule == null || !Double.isNaN(lr)) {
      learningRate = Check.atLeastZero(LEARNING_RATE, lr);
    }
    learningRateSchedule = lrSchedule;
  }

  @Override
  public Descent4jUpdater clone() {
    ISchedule schedule = learningRateSchedule == null ? null : learningRateSchedule.clone();
    return new Descent4jUpdater(rule, hyperparameters, learningRate, schedule);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Descent4jUpdater that
        && rule.equals(that.rule)
        && hyperparameters.equals(that.hyperparameters)
        && Double.compare(learningRate, that.learningRate) == 0
        && Objects.equals(learningRateSchedule, that.learningRateSchedule);
  }

  @Override
  public int hashCode() {
    return Objects.hash(rule, hyperparameters, learningRate, learningRateSchedule);
  }

  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", rule + "(", ")");
    text.add(LEARNING_RATE + "=" + learningRate);
    hyperparameters.forEach((name, value) -> text.add(name + "=" + value));
    return learningRateSchedule == null
        ? text.toString()
        : text + ".scheduled(" + learningRateSchedule + ")";
  }

  @Serial
  private Object readResolve() {
    return new Descent4jUpdater(rule, hyperparameters, learningRate, learningRateSchedule);
  }
}
