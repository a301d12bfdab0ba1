package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What update rules, decorators and groups have in common: one step at a time, in two halves, and a state
 * that can be saved.
 *
 * <p>{@link #check} may fail and changes nothing that a step leaves behind; {@link #commit} updates and
 * counts, and does not fail. Whoever steps several optimizers as one begins all of them before it finishes
 * the first, so that a step that fails has changed none.
 *
 * <p>Rules of your own extend {@link io.github.descent4j.rule.UpdateRule}, decorators of your own {@link
 * Decorator} or {@link GradientDecorator}; all do most of what is asked for here. {@code check} and {@code commit} of one step are
 * called on one thread, with no other step, save or load of this optimizer between them.
 *
 * <pre>{@code
 * TwoPhaseOptimizer rule = new Adam();
 * rule.step(parameters);
 * }</pre>
 */
public abstract class TwoPhaseOptimizer implements Optimizer {
  private final AtomicReference<Thread> stepping = new AtomicReference<>();
  private final StepContext context = new StepContext();

  /** Of steps that begin here it makes the context. */
  protected TwoPhaseOptimizer() {}

  @Override
  public final void step(Parameters parameters) {
    enter();
    try {
      context.reset(parameters);
      check(context);
      commit(context);
    } finally {
      context.clear();
      leave();
    }
  }

  @Override
  public final void step(StepContext context) {
    begin(context);
    finish(context);
  }

  @Override
  public final void catchUp(Parameters parameters) {
    requireNonNull(parameters, "parameters are null, expected those whose rows are to catch up");
    alone(() -> bringUpToDate(parameters, null));
  }

  @Override
  public final void catchUp(Parameter parameter, long... rows) {
    requireNonNull(parameter, "parameter is null, expected the one whose rows are to catch up");
    long[] shape = parameter.value().shape();
    if (shape.length == 0) {
      throw new IllegalArgumentException(
          "parameter '" + parameter.name() + "' is a scalar, expected an array with rows");
    }
    for (long row : rows) {
      if (row < 0 || row >= shape[0]) {
        throw new IllegalArgumentException(String.format(
            Locale.ROOT,
            "row of parameter '%s' to catch up is %d, expected a number from 0 to %d",
            parameter.name(),
            row,
            shape[0] - 1));
      }
    }
    long[] ascending = Arrays.stream(rows).sorted().distinct().toArray();
    alone(() -> bringUpToDate(Parameters.of(parameter), ascending));
  }

  /**
   * What {@link #catchUp} does, with no step under way; by default nothing, as is right where no row can be behind.
   *
   * @param parameters of which others than those of this optimizer do not matter
   * @param rows ascending, each once; null for all
   */
  protected void bringUpToDate(Parameters parameters, long[] rows) {}

  /** The first half of a step, which {@link #finish} or {@link #abandon} follows unless it fails. */
  final void begin(StepContext context) {
    enter();
    boolean begun = false;
    try {
      check(context);
      begun = true;
    } finally {
      if (!begun) {
        leave();
      }
    }
  }

  /** The second half of a step that has begun. */
  final void finish(StepContext context) {
    try {
      commit(context);
    } finally {
      leave();
    }
  }

  /** Gives up a step that has begun. */
  final void abandon() {
    try {
      release();
    } finally {
      leave();
    }
  }

  /**
   * The first half of a step: what can fail fails here, with everything as it was. Either {@link #commit} or
   * {@link #release} follows, unless this fails.
   *
   * @param context the step as the decorators outside have left it
   */
  protected abstract void check(StepContext context);

  /**
   * The second half: updates and counts.
   *
   * @param context that of {@link #check}
   */
  protected abstract void commit(StepContext context);

  /** In place of the second half, where another optimizer of the same step has failed. */
  protected abstract void release();

  /**
   * Whether all that may fail in a step is in its first half, down to the update rule. Groups take no
   * other.
   */
  protected abstract boolean checksAhead();

  /** The rate that the next step will use if this one is handed into it; update rules may lower it. */
  protected abstract double learningRateFrom(double handedIn);

  /**
   * The norm that a clip at or inside this optimizer will ask for of the same gradients, null if there is
   * none: a guard outside reads them once for both.
   */
  protected abstract Norm wantedNorm();

  /**
   * Whether an update rule inside squares gradients, so that a large finite one can make a slot infinite for ever: a guard
   * outside then refuses gradients whose squares leave the range.
   */
  protected abstract boolean squaresGradients();

  /** Puts what this optimizer and those inside it remember into a state file. */
  protected abstract void save(StateWriter out);

  /**
   * Checks a state file, and leaves with {@link StateReader#whenAllIsWell} what will change.
   *
   * @throws io.github.descent4j.state.StateFileException if it is not that of this optimizer
   */
  protected abstract void load(StateReader in);

  /**
   * Forgets all that this optimizer and those inside it remember of a parameter, if anything.
   *
   * @throws IllegalStateException if it cannot be forgotten now; then nothing has changed
   */
  protected abstract void forget(String parameterName);

  /** Keeps under another name, which is free, what is remembered of a parameter, if anything. */
  protected abstract void rename(String parameterName, String newName);

  /**
   * Runs what must not meet a step of this optimizer or of one inside it, such as saving.
   *
   * @throws IllegalStateException if one is under way
   */
  protected void alone(Runnable action) {
    enter();
    try {
      action.run();
    } finally {
      leave();
    }
  }

  /**
   * A view of the slots as a state that is saved and loaded by {@link #save(StateWriter)} and {@link
   * #load(StateReader)}: what {@link #state} returns.
   */
  protected final OptimizerState withFiles(OptimizerState view) {
    return new SavedState(this, view);
  }

  final void enter() {
    Thread other = stepping.compareAndExchange(null, Thread.currentThread());
    if (other != null) {
      throw new IllegalStateException(
          "a step, save or load of this optimizer is under way on thread '"
              + other.getName()
              + "', expected one thread at a time: "
              + this);
    }
  }

  final void leave() {
    stepping.set(null);
  }
}
