package io.github.descent4j;

import io.github.descent4j.clip.Norm;
import java.util.concurrent.atomic.AtomicReference;

/** What update rules and decorators have in common: one step at a time, one context reused. */
abstract class AbstractOptimizer implements Optimizer {
  private final AtomicReference<Thread> stepping = new AtomicReference<>();
  private final StepContext context = new StepContext();

  @Override
  public final void step(Parameters parameters) {
    enter();
    try {
      context.reset(parameters);
      run(context);
    } finally {
      context.clear();
      stepping.set(null);
    }
  }

  @Override
  public final void step(StepContext context) {
    enter();
    try {
      run(context);
    } finally {
      stepping.set(null);
    }
  }

  /** The step; nobody else is in it. */
  abstract void run(StepContext context);

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
      stepping.set(null);
    }
  }

  private void enter() {
    Thread other = stepping.compareAndExchange(null, Thread.currentThread());
    if (other != null) {
      throw new IllegalStateException(
          "a step, save or load of this optimizer is under way on thread '"
              + other.getName()
              + "', expected one thread at a time: "
              + this);
    }
  }
}
