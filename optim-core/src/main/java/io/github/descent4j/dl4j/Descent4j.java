package io.github.descent4j.dl4j;

import static java.util.Map.entry;
import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Sgd;
import io.github.descent4j.decorator.AccumulatedOptimizer;
import io.github.descent4j.decorator.AdaptivelyClippedOptimizer;
import io.github.descent4j.decorator.AdjustableOptimizer;
import io.github.descent4j.decorator.AveragedOptimizer;
import io.github.descent4j.decorator.ClippedOptimizer;
import io.github.descent4j.decorator.GradientCentralization;
import io.github.descent4j.decorator.GradientNoise;
import io.github.descent4j.decorator.GroupedOptimizer;
import io.github.descent4j.decorator.GuardedOptimizer;
import io.github.descent4j.decorator.Lookahead;
import io.github.descent4j.decorator.MonitoredOptimizer;
import io.github.descent4j.decorator.ProximalOptimizer;
import io.github.descent4j.decorator.Sam;
import io.github.descent4j.decorator.ScheduleFree;
import io.github.descent4j.decorator.ScheduledOptimizer;
import io.github.descent4j.internal.access.DecoratorAccess;
import io.github.descent4j.rule.UpdateRule;
import io.github.descent4j.schedule.Schedule;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * The optimizers and schedules of this library inside DL4J's networks and SameDiff.
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder().updater(Descent4j.updater(new RAdam(1e-3)))
 * TrainingConfig.builder().updater(Descent4j.updater(new RAdam(1e-3)))
 * }</pre>
 */
public final class Descent4j {

  /** What an updater, which sees one gradient at a time and no parameter, cannot do. */
  private static final Map<Class<? extends Optimizer>, String> INSTEAD = Map.ofEntries(
      entry(
          ClippedOptimizer.class,
          "no clip; DL4J clips with gradientNormalization(GradientNormalization.ClipL2PerLayer) and"
              + " gradientNormalizationThreshold(1.0), or ClipElementWiseAbsoluteValue"),
      entry(
          AdaptivelyClippedOptimizer.class,
          "no adaptive clip, which needs the parameters; DL4J clips with"
              + " gradientNormalization(GradientNormalization.ClipL2PerParamType)"),
      entry(
          AccumulatedOptimizer.class,
          "no accumulation; an updater takes a step whenever it is called: use larger batches"),
      entry(
          AveragedOptimizer.class,
          "no averaging, which needs the parameters; average network.params() in a TrainingListener"),
      entry(
          ScheduleFree.class,
          "no schedule-free learning, which needs the parameters; take a rule with a schedule, such as"
              + " new Adam().scheduled(Schedules.cosine(1e-3, 10_000)), and average network.params() in a"
              + " TrainingListener"),
      entry(
          Lookahead.class,
          "no lookahead, which needs the parameters; in a TrainingListener mix network.params() with a copy of"
              + " them every k iterations"),
      entry(
          Sam.class,
          "no sharpness-aware minimization, which computes gradients twice in a step, while a network computes"
              + " them once ahead of its updaters: give the rule without it"),
      entry(
          GradientCentralization.class,
          "no centralization, which needs the shape of each parameter: an updater is given the gradients of"
              + " several in one array; give the rule without it"),
      entry(
          GradientNoise.class,
          "no gradient noise, which follows from each parameter's name; DL4J has noise of weights,"
              + " weightNoise(new WeightNoise(new NormalDistribution(0, 0.01))) of each layer"),
      entry(
          MonitoredOptimizer.class,
          "no monitor, which sees the whole model; watch network.gradient() in onGradientCalculation of a"
              + " TrainingListener"),
      entry(
          ProximalOptimizer.class,
          "no projection and no proximal map, which need the parameters; DL4J projects with constrainWeights(new"
              + " MaxNormConstraint(1.0, 1)) of each layer"),
      entry(
          GuardedOptimizer.class,
          "no guard, which sees the whole model; DL4J stops on a score that is not finite with an"
              + " InvalidScoreIterationTerminationCondition"),
      entry(AdjustableOptimizer.class, "no adjustable rate; network.setLearningRate(rate) sets it"),
      entry(
          GroupedOptimizer.class,
          "no groups; give each layer an updater(...) and a biasUpdater(...) of its own"));

  private Descent4j() {}

  /**
   * An updater that does what an optimizer does: any element-wise update rule without weight decay,
   * and any that is {@link Optimizer#scheduled}. A rule of your own has been {@linkplain #register registered}.
   *
   * <p>The updater is a configuration: it holds the rule's name, its hyperparameters and the
   * schedule's {@linkplain Schedule#expression expression}, is written to the JSON of a network, and
   * is read back from it. The optimizer itself is not used further. The state is where ND4J wants it:
   * in the array that it hands in, slot after slot in the order of the rule's Javadoc, each in the
   * layout of the gradient, so in the state array of DL4J's file. The step is ND4J's: {@code t =
   * iteration + 1}, and a schedule is evaluated at {@code iteration}.
   *
   * <p>A gradient may be of any order, stride, offset and rank, FLOAT or DOUBLE (without slots, as
   * {@link Sgd}, FLOAT16 and BFLOAT16 too); it is turned into the update in place, which has the bits of
   * what {@link Optimizer#step} would subtract.
   *
   * @throws IllegalArgumentException if the optimizer has weight decay or master values, measures norms, updates
   *     whole parameters, reads the parameter, has another decorator than a schedule or a schedule without expression, has
   *     taken steps, or cannot be made again from its id; the message says what to take instead
   */
  public static IUpdater updater(Optimizer optimizer) {
    requireNonNull(optimizer, "optimizer is null, expected an optimizer such as new RAdam(1e-3)");
    Schedule schedule = null;
    Optimizer inner = optimizer;
    while (inner instanceof ScheduledOptimizer scheduled) {
      // Of nested schedules the outermost wins.
      schedule = schedule == null ? DecoratorAccess.ACCESS.schedule(scheduled) : schedule;
      inner = DecoratorAccess.ACCESS.inner(scheduled);
    }
    if (!(inner instanceof UpdateRule rule)) {
      throw new IllegalArgumentException(
          "optimizer is " + optimizer + ", expected " + insteadOf(inner));
    }
    if (rule.steps() > 0) {
      throw new IllegalArgumentException("optimizer is " + optimizer + " after " + rule.steps()
          + " steps, expected a new one: its state would stay behind");
    }
    return new Descent4jUpdater(rule, schedule == null ? null : schedule(schedule));
  }

  /**
   * Lets networks have a rule of your own: says how to make it again from the id and the hyperparameters that a network's
   * JSON holds. To be called ahead of {@link #updater}, and in a program that reads a network ahead of reading; a second
   * call of the same id replaces the first.
   *
   * <pre>{@code
   * Descent4j.register("SignMomentum", s -> new SignMomentum(s.learningRate(), s.number("beta")));
   * }</pre>
   *
   * @param id the rule's, not that of a rule of this library
   * @param factory makes the rule with all hyperparameters that it is given; called for every copy of a network's
   *     configuration
   * @throws IllegalArgumentException if the id is that of a rule of this library
   */
  public static void register(String id, Function<RuleSettings, UpdateRule> factory) {
    NamedRule.register(id, factory);
  }

  /**
   * A schedule for ND4J's own updaters, for {@code network.setLearningRate(schedule)} and the like: the
   * rate at an iteration is that of the step of the same number, whatever the epoch.
   *
   * @throws IllegalArgumentException if it has no {@linkplain Schedule#expression expression}, without
   *     which it cannot be written to JSON
   */
  public static ISchedule schedule(Schedule schedule) {
    requireNonNull(schedule, "schedule is null, expected a schedule");
    String expression = schedule
        .expression()
        .orElseThrow(() -> new IllegalArgumentException("schedule is " + schedule
            + ", expected one made by Schedules alone, which the JSON of a network can hold; for a formula"
            + " of your own implement ISchedule and call setLrAndSchedule(Double.NaN, it) of the updater,"
            + " for a rate that follows a metric call network.setLearningRate(rate)"));
    return new Descent4jSchedule(expression);
  }

  private static String insteadOf(Optimizer optimizer) {
    return INSTEAD.entrySet().stream()
        .filter(decorator -> decorator.getKey().isInstance(optimizer))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("an update rule, scheduled or not: a class that extends UpdateRule");
  }
}
