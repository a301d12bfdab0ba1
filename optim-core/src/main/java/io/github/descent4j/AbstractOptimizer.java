package io.github.descent4j;

import io.github.descent4j.clip.Norm;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What update rules and decorators have in common: one step at a time, one context reused.
 *
 * <p>A step has two halves. {@link #check} may fail and changes nothing that a step leaves behind;
 * {@link #commit} updates and counts, and does not fail. Whoever steps several optimizers as one
 * begins all of them before it finishes the first.
 */
abstract class AbstractOptimizer implements Optimizer {
  private final AtomicReference<Thread> stepping = new AtomicReference<>();
  private final StepContext context = new StepContext();

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

  /** The first half, nobody else in it: what can fail fails here, with everything as it was. */
  abstract void check(StepContext context);

  /** The second half: updates and counts. */
  abstract void commit(StepContext context);

  /** In place of the second half. */
  abstract void release();

  /** Whether all that may fail in a step is in its first half, down to the update rule. */
  abstract boolean checksAhead();

  /** The rate a step will use if this is handed into it; update rules may lower it. */
  abstract double learningRateFrom(double handedIn);

  /** The norm that a clip at or inside this optimizer will ask for, null if there is none. */
  abstract Norm wantedNorm();

  /** Puts what this optimizer and those inside it remember into a state file. */
  abstract void save(StateWriter out);

  /** Checks a state file, and leaves with the reader what will change when all is well. */
  abstract void load(StateReader in);

  /** Runs what must not meet a step of this optimizer or of one inside it. */
  void alone(Runnable action) {
    enter();
    try {
      action.run();
    } finally {
      leave();
    }
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
