package io.github.descent4j;

import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.constraint.Projection;
import io.github.descent4j.constraint.ProximalMap;
import io.github.descent4j.decorator.AccumulatedOptimizer;
import io.github.descent4j.decorator.Accumulation;
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
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.NonFiniteGradientException;
import io.github.descent4j.decorator.ProximalOptimizer;
import io.github.descent4j.decorator.Sam;
import io.github.descent4j.decorator.ScheduledOptimizer;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.decorator.WeightAverage;
import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.schedule.Schedule;
import java.util.List;
import java.util.Optional;

/**
 * Updates parameters in place from their gradients, once per training step.
 *
 * <p>What an optimizer remembers of a parameter (its slots) belongs to the parameter's <i>name</i>:
 * the arrays may be other objects at every step. A decorator wraps an optimizer and is one; the
 * outermost decorator sees the step first.
 *
 * <pre>{@code
 * INDArray w = Nd4j.create(new double[] {5, -3});
 * INDArray gradient = Nd4j.zeros(DataType.DOUBLE, 2);
 * Parameters parameters = Parameters.of(Parameter.of("w", w, gradient));
 * Optimizer optimizer = new Adam(0.1).clipped(GradientClip.byGlobalNorm(1.0));
 * for (int i = 0; i < 500; i++) {
 *   gradient.assign(w.mul(2)); // of the loss w², yours
 *   optimizer.step(parameters);
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> One optimizer serves one thread at a time; who hands it to another thread sees
 * to a happens-before edge, as with any mutable object. A second call while a step is under way
 * fails with an {@link IllegalStateException} and changes nothing.
 *
 * <p><b>Errors.</b> Every exception is unchecked, names the parameter, the value and what was
 * expected, and leaves parameters and state as they were.
 */
public interface Optimizer {

  /**
   * Takes one training step: updates the value of every parameter from its gradient.
   *
   * @throws IllegalArgumentException if a parameter's shape or type is not that of the state kept
   *     under its name
   * @throws IllegalStateException if another step of this optimizer is under way, an array has been
   *     closed, or a schedule returned a rate that is negative or not finite
   * @throws NonFiniteGradientException if {@link #guarded} with {@link NonFinite#FAIL} found one
   */
  void step(Parameters parameters);

  /**
   * Takes one training step on behalf of a decorator, which has put the learning rate or a treatment
   * of the gradients into the context. Users call {@link #step(Parameters)}.
   *
   * <p>Whoever implements this, and extends nothing of this library, reads {@link Parameter#gradient} of the context's
   * parameters, which is as the decorators outside have left it, and asks {@link StepContext#learningRateOr}: a rate that
   * is handed in and never asked for fails the step.
   *
   * @throws UnsupportedOperationException if this optimizer cannot be decorated; all of this library
   *     can
   */
  default void step(StepContext context) {
    throw new UnsupportedOperationException(
        getClass().getName() + " does not override step(StepContext), so it cannot be decorated");
  }

  /**
   * Brings the rows up to date that gradients of {@linkplain RowUpdate#EXACT exact} rows have left behind: values and slots
   * are then what dense gradients would have made of them. Called before values are used as a whole or saved; does
   * nothing where no row is behind.
   *
   * @param parameters whose values are updated; the gradients are not read
   * @throws IllegalArgumentException if a parameter's shape or type is not that of the state kept under its name
   * @throws IllegalStateException if a step is under way, or an array has been closed
   * @throws UnsupportedOperationException if the optimizer, or one that it decorates, is not of this library
   */
  default void catchUp(Parameters parameters) {
    throw new UnsupportedOperationException(
        getClass().getName() + " does not override catchUp(Parameters)");
  }

  /**
   * Brings some rows of one parameter up to date: those that the next batch reads.
   *
   * @param parameter whose value is updated; the gradient is not read
   * @param rows in any order; may repeat
   * @throws IllegalArgumentException as {@link #catchUp(Parameters)}, and if a row is not one of the value's
   * @throws IllegalStateException as {@link #catchUp(Parameters)}
   * @throws UnsupportedOperationException as {@link #catchUp(Parameters)}
   */
  default void catchUp(Parameter parameter, long... rows) {
    throw new UnsupportedOperationException(
        getClass().getName() + " does not override catchUp(Parameter, long...)");
  }

  /** Completed steps. A step that failed or was skipped does not count. */
  long steps();

  /** The learning rate that the next step will use. */
  double learningRate();

  /** The slots of every parameter seen so far: a live view. */
  OptimizerState state();

  /**
   * Looks for a part of this optimizer by its type: this one, then what is inside, from the outermost decorator
   * to the update rule; in groups the first group's first.
   *
   * <pre>{@code
   * double norm = optimizer.find(ClippedOptimizer.class).orElseThrow().lastNorm();
   * }</pre>
   */
  default <T> Optional<T> find(Class<T> type) {
    return findAll(type).stream().findFirst();
  }

  /**
   * Looks for all parts of this optimizer of a type, in the order of {@link #find}: groups can have several.
   *
   * @return a list that cannot be changed, empty where there is none
   */
  default <T> List<T> findAll(Class<T> type) {
    return type.isInstance(this) ? List.of(type.cast(this)) : List.of();
  }

  /** Starts an optimizer that gives different parameters to different optimizers. */
  static GroupedOptimizer.Builder groups() {
    return GroupedOptimizer.builder();
  }

  /**
   * Takes the learning rate of every step from a schedule, evaluated at {@link #steps()}.
   *
   * <p>Of nested schedules the outermost wins: the later call replaces the earlier.
   */
  default Optimizer scheduled(Schedule schedule) {
    return new ScheduledOptimizer(this, schedule);
  }

  /**
   * Lets the learning rate be set while training, of any optimizer and in place of any schedule
   * inside.
   */
  default AdjustableOptimizer adjustable() {
    return new AdjustableOptimizer(this);
  }

  /**
   * Clips the gradients ahead of every step, without writing them: the clip hands a scale or bounds
   * into the step.
   *
   * <p>Clipping sees the gradients before coupled weight decay is added. Of nested clips the outer
   * one comes first and the inner one sees what it left.
   */
  default ClippedOptimizer clipped(GradientClip clip) {
    return new ClippedOptimizer(this, clip);
  }

  /**
   * Clips the gradients unit by unit, in proportion to the parameters: adaptive gradient clipping.
   */
  default AdaptivelyClippedOptimizer clippedAdaptively(AdaptiveClip clip) {
    return new AdaptivelyClippedOptimizer(this, clip);
  }

  /**
   * Accumulates the gradients of several calls, and takes one step from their mean.
   *
   * @param microSteps how many calls of {@code step} make one step, at least 1
   * @throws IllegalArgumentException if it is less than 1
   */
  default AccumulatedOptimizer accumulated(int microSteps) {
    return accumulated(microSteps, Accumulation.MEAN);
  }

  /**
   * The same from their mean or their sum.
   *
   * @throws IllegalArgumentException if {@code microSteps} is less than 1
   */
  default AccumulatedOptimizer accumulated(int microSteps, Accumulation accumulation) {
    return new AccumulatedOptimizer(this, microSteps, accumulation);
  }

  /**
   * Keeps an average of the parameters beside them, updated after every step: for evaluation, and for
   * the end of training.
   */
  default AveragedOptimizer averaged(WeightAverage average) {
    return new AveragedOptimizer(this, average);
  }

  /** Keeps slow weights that follow the parameters, and takes these back to them every 5 steps, half of the way. */
  default Lookahead lookahead() {
    return lookahead(Lookahead.DEFAULT_K, Lookahead.DEFAULT_ALPHA);
  }

  /**
   * The same with other numbers.
   *
   * @param k the steps from one synchronization to the next, at least 1
   * @param alpha the part of the way that the slow weights go, in (0, 1]
   * @throws IllegalArgumentException if one is out of its range
   */
  default Lookahead lookahead(int k, double alpha) {
    return new Lookahead(this, k, alpha);
  }

  /**
   * Steps from the gradients at the worst point nearby: sharpness-aware minimization. Every step then takes what computes
   * gradients once more: {@link Sam#step(Parameters, Runnable)}.
   *
   * @param rho how far that point is, finite and at least 0; 0.05 in the paper
   * @throws IllegalArgumentException if it is out of its range
   */
  default Sam sharpnessAware(double rho) {
    return new Sam(this, rho);
  }

  /** Takes the mean of every output's weights off the gradients of matrices and kernels: gradient centralization. */
  default GradientCentralization centralized() {
    return new GradientCentralization(this);
  }

  /**
   * Adds normal noise to the gradients, of variance {@code eta / (1 + t)^gamma} in the calls t = 0, 1 and so on.
   *
   * @param eta the variance at first: finite and at least 0; 0.01, 0.3 or 1 in the paper
   * @param gamma finite and at least 0; 0.55 in the paper
   * @param seed another one, other noise
   * @throws IllegalArgumentException if a number is out of its range
   */
  default GradientNoise noisy(double eta, double gamma, long seed) {
    return new GradientNoise(this, eta, gamma, seed);
  }

  /**
   * Projects the parameters onto a set after every step: projected gradient.
   *
   * <p>{@link Projection#only} chooses the parameters. A step that was skipped, or that was one of several accumulated inside, is
   * followed by no projection.
   */
  default ProximalOptimizer projected(Projection projection) {
    return new ProximalOptimizer(this, projection);
  }

  /**
   * Applies a proximal map after every step, its strength times the learning rate of the step: proximal gradient.
   *
   * @throws IllegalArgumentException around groups, which have a rate each: put it inside of them
   */
  default ProximalOptimizer proximal(ProximalMap map) {
    return new ProximalOptimizer(this, map);
  }

  /**
   * Looks for NaN and infinite gradients ahead of every step, and fails or skips the step.
   *
   * <p>Without a guard they propagate into parameters and state. A guard and the norm of a clip next
   * to it share one read of the gradients.
   */
  default GuardedOptimizer guarded(NonFinite policy) {
    return new GuardedOptimizer(this, policy);
  }

  /**
   * Watches gradients and updates, and changes nothing: the monitor tells which parameter does not
   * learn.
   *
   * <p>It sees the gradients as the decorators outside have left them, and the update of everything
   * inside. A step that was skipped or accumulated inside, or refused by a guard there, is observed
   * without an update. State files know nothing of it.
   *
   * @param monitor a new one, of this optimizer alone
   * @throws IllegalArgumentException if it has another use
   */
  default Optimizer monitored(GradientMonitor monitor) {
    return new MonitoredOptimizer(this, monitor);
  }
}
