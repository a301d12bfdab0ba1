package io.github.descent4j.mnist.settings;

import io.github.descent4j.AdamW;
import io.github.descent4j.Momentum;
import io.github.descent4j.Muon;
import io.github.descent4j.Optimizer;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.batch.LBfgsOptimizer;
import io.github.descent4j.decorator.GroupedOptimizer;
import io.github.descent4j.decorator.Sam;
import io.github.descent4j.decorator.ScheduleFree;
import io.github.descent4j.internal.NamedHyperparameters;
import io.github.descent4j.internal.Rules;
import io.github.descent4j.internal.Rules.Rule;
import io.github.descent4j.rule.UpdateRule;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The optimizers of {@code --optimizer}, each with the learning rate that {@code train} picks when none is given. All
 * other hyperparameters are the library's defaults until set.
 */
public enum OptimizerChoice {
  SGD(0.2),
  MOMENTUM(0.05),
  NESTEROV(0.05),
  ADAGRAD(0.01),
  RMSPROP(0.001),
  ADADELTA(1.0),
  ADAM(0.002),
  ADAMW(0.002),
  AMSGRAD(0.002),
  YOGI(0.005),
  RADAM(0.005),
  NADAM(0.002),
  ADAMAX(0.005),
  SIGNSGD(0.0005),
  SIGNUM(0.0005),
  LION(0.0005),
  QHM(0.2),
  QHADAM(0.002),
  ADABELIEF(0.002),
  ADAN(0.002),
  NOVOGRAD(0.01),
  LAMB(0.01),
  /** Of matrices, and {@code Momentum} at a fiftieth of the rate of everything else. */
  LARS(2.0),
  ADAFACTOR(0.01),
  /** Of matrices, and {@code AdamW} at the same rate of everything else. */
  MUON(0.005),
  PRODIGY(1.0),
  DADAPTADAM(1.0),
  DADAPTSGD(1.0),
  ASGD(0.2),
  RPROP(0.001),
  FTRL(0.2),
  /** Adam, taken back to slow weights. */
  LOOKAHEAD(0.002),
  /** Momentum, from the gradients at the worst point nearby. */
  SAM(0.05),
  /** At a constant rate, whose average is what is evaluated. */
  SCHEDULEFREE_SGD(0.25),
  SCHEDULEFREE_ADAMW(0.005),
  /** Searches along a line for each step, and has no learning rate. */
  LBFGS(1.0);

  /** Iterations of {@link #LBFGS} on each batch: few, so that a batch is not fitted before the next one comes. */
  private static final int LBFGS_ITERATIONS = 5;

  private static final double MOMENTUM_BESIDE_LARS = 0.02;

  /** For {@link #LBFGS} the first step that its line search tries. */
  public final double defaultLearningRate;

  OptimizerChoice(double defaultLearningRate) {
    this.defaultLearningRate = defaultLearningRate;
  }

  /** The weight decay where none is given. */
  public double defaultWeightDecay() {
    return this == ADAMW ? 0.01 : 0;
  }

  /** Whether the step follows from a learning rate, and so from a schedule. */
  public boolean hasLearningRate() {
    return this != LBFGS;
  }

  /** Whether a schedule serves it, which one with an average in place of a schedule has no use for. */
  public boolean takesSchedule() {
    return hasLearningRate() && !isScheduleFree();
  }

  /** Whether a step takes gradients at a second point. */
  public boolean takesSecondGradients() {
    return this == SAM;
  }

  private boolean isScheduleFree() {
    return this == SCHEDULEFREE_SGD || this == SCHEDULEFREE_ADAMW;
  }

  /** The names of those that have a learning rate, and one gradient in a step. */
  public static final class WithLearningRate implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(values())
          .filter(choice -> choice.hasLearningRate() && !choice.takesSecondGradients())
          .map(OptimizerChoice::toString)
          .iterator();
    }
  }

  /** Whether it can decay weights in a way. */
  public boolean takes(WeightDecay weightDecay) {
    try {
      build(defaultLearningRate, weightDecay);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The rule, or the one inside. */
  private Rule<?> rule() {
    String id = switch (this) {
      case LOOKAHEAD -> "Adam";
      case SAM -> "Momentum";
      default -> name();
    };
    for (Rule<?> rule : Rules.all()) {
      if (rule.id().equalsIgnoreCase(id)) {
        return rule;
      }
    }
    throw new IllegalStateException("no update rule is called " + this);
  }

  /** One that takes an objective at each step, and neither rate nor weight decay. */
  Optimizer buildWithoutRate() {
    return LBfgsOptimizer.builder().iterations(LBFGS_ITERATIONS).build();
  }

  /**
   * Hyperparameters as text in the form that {@link #build(double, WeightDecay, Map)} takes, in the order of their names.
   *
   * @throws IllegalArgumentException if the rule has none of a name, or a value is out of its range
   */
  public Map<String, String> hyperparameters(Map<String, String> given) {
    if (isScheduleFree() && !given.isEmpty()) {
      throw new IllegalArgumentException("hyperparameter is '"
          + given.keySet().iterator().next() + "', expected none for " + this
          + ", which is no update rule");
    }
    Map<String, String> checked = new TreeMap<>();
    given.forEach((name, text) ->
        checked.put(name, NamedHyperparameters.parse(rule(), name, text).toString()));
    rule().make(builder -> set(builder, checked));
    return checked;
  }

  /** One at a rate. */
  public Optimizer build(double learningRate, WeightDecay weightDecay) {
    return build(learningRate, weightDecay, Map.of());
  }

  /**
   * One at a rate.
   *
   * @param hyperparameters as {@link #hyperparameters} returns them; of {@link #LARS} and {@link #MUON} those for the matrices, of
   *     {@link #LOOKAHEAD} and {@link #SAM} those of the rule inside
   */
  public Optimizer build(
      double learningRate, WeightDecay weightDecay, Map<String, String> hyperparameters) {
    if (isScheduleFree()) {
      return scheduleFree(learningRate, weightDecay);
    }
    Optimizer built = rule().make(builder -> {
      builder.learningRate(learningRate).weightDecay(weightDecay);
      if (builder instanceof Muon.Builder muon) {
        muon.scaling(Muon.Scaling.MATCH_RMS);
      }
      set(builder, hyperparameters);
    });
    if (this == LARS) {
      // Biases, which start from 0, have no norm for a ratio: they go by momentum, at a rate that
      // suits it.
      Optimizer others =
          Momentum.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      return matricesBy(built).otherwise(others, MOMENTUM_BESIDE_LARS).build();
    }
    if (this == MUON) {
      Optimizer others =
          AdamW.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      return matricesBy(built).otherwise(others).build();
    }
    return switch (this) {
      case LOOKAHEAD -> built.lookahead();
      case SAM -> built.sharpnessAware(Sam.DEFAULT_RHO);
      default -> built;
    };
  }

  /** Decay at the point where gradients are taken, times the rate. */
  private Optimizer scheduleFree(double learningRate, WeightDecay weightDecay) {
    if (weightDecay.coefficient() > 0 && !weightDecay.isDecoupled()) {
      throw new IllegalArgumentException(
          "weightDecay is " + weightDecay + ", expected a decoupled one for " + this);
    }
    ScheduleFree.Builder<?> builder =
        this == SCHEDULEFREE_SGD ? ScheduleFree.sgd() : ScheduleFree.adamW();
    return builder
        .learningRate(learningRate)
        .decayInUpdate(weightDecay.coefficient())
        .build();
  }

  private void set(UpdateRule.Builder<?> builder, Map<String, String> hyperparameters) {
    hyperparameters.forEach((name, text) -> NamedHyperparameters.set(
        builder, rule().id(), name, NamedHyperparameters.parse(rule(), name, text)));
  }

  private static GroupedOptimizer.Builder matricesBy(Optimizer optimizer) {
    return Optimizer.groups().group("matrices", p -> p.value().rank() >= 2, optimizer);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
