package io.github.descent4j.nn;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A second thread for pairs of jobs that follow each other closely.
 *
 * <p>To wake a thread costs some 100 microseconds, a tenth of a small network's pass. So the thread, one of the common pool,
 * stays for {@link #PATIENCE} after each job and takes the next at once; then it goes back to the pool. That spans the loss
 * between the passes of a step, and is short enough to take no core away from anybody else.
 *
 * <p>Used by one thread at a time.
 */
final class Partner {
  private static final long PATIENCE = 100_000;
  private static final long NAP = 20_000;

  /** No thread is here: a job needs one from the pool. */
  private static final Job ABSENT = new Job(() -> {});

  /** A thread is here and waits for a job. */
  private static final Job WAITING = new Job(() -> {});

  private final AtomicReference<Job> state = new AtomicReference<>(ABSENT);

  /**
   * Runs both at the same time, or one after the other where no second thread can be had.
   *
   * @throws RuntimeException what the first one throws, else what the second one does, after both have ended
   */
  void run(Runnable first, Runnable second) {
    Job job = new Job(second);
    ForkJoinTask<?> started = null;
    if (!state.compareAndSet(WAITING, job)) {
      state.set(job);
      started = ForkJoinPool.commonPool().submit(this::serve);
    }
    try {
      first.run();
    } finally {
      if (started != null && started.tryUnfork()) {
        state.set(ABSENT);
        job.run();
      } else {
        job.await();
      }
    }
    job.throwFailure();
  }

  private void serve() {
    Job job = state.get();
    do {
      job.compute();
      // Before the other thread is told: its next job has to find a state to be put into.
      state.set(WAITING);
      job.finished = true;
      job = next();
    } while (job != null);
  }

  /** The next job, or null if none came in time. */
  private Job next() {
    long start = System.nanoTime();
    while (state.get() == WAITING) {
      if (System.nanoTime() - start > PATIENCE && state.compareAndSet(WAITING, ABSENT)) {
        return null;
      }
      Thread.onSpinWait();
    }
    return state.get();
  }

  private static final class Job {
    private final Runnable action;
    private Throwable failure;
    private volatile boolean finished;

    Job(Runnable action) {
      this.action = action;
    }

    void compute() {
      try {
        action.run();
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }

    void run() {
      compute();
      finished = true;
    }

    void await() {
      long start = System.nanoTime();
      while (!finished) {
        if (System.nanoTime() - start > PATIENCE) {
          LockSupport.parkNanos(NAP);
        } else {
          Thread.onSpinWait();
        }
      }
    }

    void throwFailure() {
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
    }
  }
}
