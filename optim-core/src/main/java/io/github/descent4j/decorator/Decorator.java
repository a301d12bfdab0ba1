package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.DAdaptSgd;
import io.github.descent4j.Ftrl;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.internal.access.DecoratorAccess;
import io.github.descent4j.internal.access.Registry;
import io.github.descent4j.internal.access.StateReaderAccess;
import io.github.descent4j.internal.access.StateWriterAccess;
import io.github.descent4j.internal.access.UpdateRuleAccess;
import io.github.descent4j.rule.UpdateRule;
import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * An optimizer around another: everything that a decorator does not change comes from inside.
 *
 * <p>A decorator of your own overrides {@link #check} to look at a step or to change it on its way inwards,
 * and {@link #commit} to do something once it is taken:
 *
 * <pre>{@code
 * class HalvingOptimizer extends Decorator {
 *   HalvingOptimizer(Optimizer inner) {
 *     super(inner);
 *   }
 *
 *   protected void check(StepContext context) {
 *     context.scale(0, 0.5); // half of the first gradient
 *     super.check(context);
 *   }
 * }
 * }</pre>
 *
 * <p>One that puts other gradients in place of those it is given extends {@link GradientDecorator}.
 *
 * <p>One that remembers something the next step needs overrides {@link #savedAs}, {@link #saveOwn} and {@link
 * #loadOwn}, and is then part of the state file like those of this library.
 */
public abstract class Decorator extends TwoPhaseOptimizer {
  static {
    Registry.register(DecoratorAccess.class, new DecoratorAccess() {
      @Override
      public Optimizer inner(Decorator decorator) {
        return decorator.inner;
      }

      @Override
      public Schedule schedule(ScheduledOptimizer scheduled) {
        return scheduled.schedule;
      }
    });
  }

  final Optimizer inner;

  /** Null where the optimizer inside has two halves. */
  private final PlainStep plain;

  /**
   * Around an optimizer, which is stepped by this one alone from now on.
   *
   * @throws NullPointerException if it is null
   */
  protected Decorator(Optimizer inner) {
    this.inner = requireNonNull(inner, "optimizer is null, expected the optimizer to decorate");
    plain = inner instanceof TwoPhaseOptimizer ? null : new PlainStep(inner);
  }

  @Override
  public long steps() {
    return inner.steps();
  }

  @Override
  public double learningRate() {
    return inner.learningRate();
  }

  @Override
  public OptimizerState state() {
    return withFiles(inner.state());
  }

  @Override
  public <T> List<T> findAll(Class<T> type) {
    List<T> found = new ArrayList<>(super.findAll(type));
    found.addAll(inner.findAll(type));
    return List.copyOf(found);
  }

  /** The optimizer that is decorated. */
  protected final Optimizer inner() {
    return inner;
  }

  /**
   * The name under which {@link #saveOwn} saves, null where a decorator remembers nothing that the
   * next step needs. Not that of another kind of decorator; those of this library are plain words.
   */
  protected String savedAs() {
    return null;
  }

  /** Puts what this decorator remembers itself into a state file. */
  protected void saveOwn(StateWriter out) {}

  /**
   * Reads what {@link #saveOwn} has put: checks it here, and takes it over in {@link
   * StateReader#whenAllIsWell}.
   *
   * @throws io.github.descent4j.state.StateFileException if something in it cannot be
   */
  protected void loadOwn(StateReader in) {}

  @Override
  protected final void save(StateWriter out) {
    if (savedAs() == null) {
      known().save(out);
      return;
    }
    StateWriter own = StateWriterAccess.ACCESS.decorator(out, savedAs());
    saveOwn(own);
    known().save(StateWriterAccess.ACCESS.inside(own));
  }

  @Override
  protected final void load(StateReader in) {
    StateReader own = savedAs() == null ? null : StateReaderAccess.ACCESS.decorator(in, savedAs());
    if (own == null) {
      known().load(in);
      return;
    }
    loadOwn(own);
    known().load(StateReaderAccess.ACCESS.inside(own));
  }

  @Override
  protected void alone(Runnable action) {
    super.alone(() -> known().alone(action));
  }

  @Override
  protected final void bringUpToDate(Parameters parameters, long[] rows) {
    known().bringUpToDate(parameters, rows);
  }

  private TwoPhaseOptimizer known() {
    if (inner instanceof TwoPhaseOptimizer known) {
      return known;
    }
    throw new UnsupportedOperationException("optimizer is " + inner
        + ", expected one that extends UpdateRule, Decorator or TwoPhaseOptimizer,"
        + " as saving and loading its state takes");
  }

  /** By default a decorator changes nothing on the way inwards. */
  @Override
  protected void check(StepContext context) {
    beginInner(context);
  }

  @Override
  protected void commit(StepContext context) {
    finishInner(context);
  }

  @Override
  protected void release() {
    if (inner instanceof TwoPhaseOptimizer known) {
      known.abandon();
    }
  }

  /** Unlike {@link Optimizer#steps}, it grows when any group has taken a step. */
  static long stepsTaken(Optimizer optimizer) {
    if (optimizer instanceof GroupedOptimizer groups) {
      return groups.stepsOfAll();
    }
    return optimizer instanceof Decorator decorator
        ? stepsTaken(decorator.inner)
        : optimizer.steps();
  }

  /**
   * The rate of the next step, if nothing outside gives one, and what does inside is multiplied ahead of the rule: a rule
   * need not be linear in it.
   */
  static double learningRateTimes(double factor, Optimizer optimizer) {
    if (optimizer instanceof ScheduledOptimizer scheduled) {
      return scheduled.learningRateFrom(scheduled.schedule.at(scheduled.steps()) * factor);
    }
    if (optimizer instanceof AdjustableOptimizer adjustable && adjustable.isAdjusted()) {
      return adjustable.learningRateFrom(adjustable.adjustedRate() * factor);
    }
    if (optimizer instanceof GroupedOptimizer groups) {
      return groups.learningRateTimes(factor);
    }
    if (optimizer instanceof UpdateRule rule) {
      double own = UpdateRuleAccess.ACCESS.ownRate(rule);
      return ((TwoPhaseOptimizer) rule).learningRateFrom(own * factor);
    }
    // One of a user's own may have another rate than what it decorates.
    return optimizer instanceof Decorator decorator
            && !(optimizer instanceof ScheduleFree)
            && optimizer.learningRate() == decorator.inner.learningRate()
        ? learningRateTimes(factor, decorator.inner)
        : optimizer.learningRate() * factor;
  }

  /** Refuses a rule that makes parameters anew of its slots: what is done to them between its steps would be lost. */
  final void requireRuleThatGoesOnFromValues() {
    if (find(ScheduleFree.class).isPresent()
        || find(DAdaptSgd.class).isPresent()
        || find(Ftrl.class).isPresent()) {
      throw new IllegalArgumentException(
          "optimizer is " + inner
              + ", expected one that goes on from the parameters as they are, which ScheduleFree, DAdaptSgd and Ftrl do not");
    }
  }

  @Override
  protected boolean checksAhead() {
    return inner instanceof TwoPhaseOptimizer known && known.checksAhead();
  }

  /**
   * Begins the step inside: what {@link #check} ends with. An optimizer that does not extend {@link
   * TwoPhaseOptimizer} has one half only, the second; its gradients are made ready here.
   */
  protected final void beginInner(StepContext context) {
    if (inner instanceof TwoPhaseOptimizer known) {
      known.begin(context);
    } else {
      plain.begin(context);
    }
  }

  /** Finishes the step inside: what {@link #commit} begins with. */
  protected final void finishInner(StepContext context) {
    if (inner instanceof TwoPhaseOptimizer known) {
      known.finish(context);
    } else {
      plain.finish();
    }
  }

  @Override
  protected double learningRateFrom(double handedIn) {
    return inner instanceof TwoPhaseOptimizer known ? known.learningRateFrom(handedIn) : handedIn;
  }

  /**
   * Forgets what this decorator itself remembers of a parameter, if anything. What it can refuse it refuses before
   * anything has changed.
   */
  protected void forgetOwn(String parameterName) {}

  /** Keeps under another name what this decorator itself remembers of a parameter, if anything. */
  protected void renameOwn(String parameterName, String newName) {}

  @Override
  protected final void forget(String parameterName) {
    forgetOwn(parameterName);
    known().forget(parameterName);
  }

  @Override
  protected final void rename(String parameterName, String newName) {
    renameOwn(parameterName, newName);
    known().rename(parameterName, newName);
  }

  @Override
  protected boolean squaresGradients() {
    return inner instanceof TwoPhaseOptimizer known && known.squaresGradients();
  }

  @Override
  protected Norm wantedNorm() {
    return inner instanceof TwoPhaseOptimizer known ? known.wantedNorm() : null;
  }
}
