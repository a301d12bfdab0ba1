package io.github.descent4j.kernel;

import io.github.descent4j.internal.parallel.ParallelRunner;

/** A {@link ParallelRunner} under the name that the kernels know. */
public final class Workforce {

  /** The system property that sets the number of threads. */
  public static final String PROPERTY = ParallelRunner.PROPERTY;

  private final ParallelRunner runner;

  /** See {@link ParallelRunner}. */
  public Workforce(ParallelRunner.Work work) {
    runner = new ParallelRunner(work);
  }

  /** The threads that may work at a time, the caller included. */
  public int threads() {
    return runner.threads();
  }

  /** See {@link ParallelRunner#run}. */
  public void run(int pieces, boolean parallel) {
    runner.run(pieces, parallel);
  }
}
