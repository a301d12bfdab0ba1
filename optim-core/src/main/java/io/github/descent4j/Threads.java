package io.github.descent4j;

import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.ThreadLimit;
import java.util.Objects;

/**
 * How many threads this library uses, in one place: those of an optimizer's step, and of the networks, trainers and data sets of {@code
 * optim-nn}.
 *
 * <p>For the process it is the system property {@value #PROPERTY}, else the number of processors. Helpers are workers of the JDK's common
 * pool, which has one thread fewer than there are processors unless {@code java.util.concurrent.ForkJoinPool.common.parallelism} says
 * otherwise. For what one thread calls it can be less:
 *
 * <pre>{@code
 * Threads.limited(1, () -> optimizer.step(parameters)); // on the calling thread alone
 * }</pre>
 *
 * <p>No result depends on it, to the last bit.
 */
public final class Threads {
  /** The system property, a number of at least 1; read when an optimizer, network or trainer is made. */
  public static final String PROPERTY = ParallelRunner.PROPERTY;

  private Threads() {}

  /**
   * The threads that may work at a time for the calling thread, itself included.
   *
   * @throws IllegalStateException if the property is not a number of at least 1
   */
  public static int available() {
    return Math.min(ParallelRunner.threadsAsked(), ThreadLimit.current());
  }

  /**
   * Does something with a limit to the threads that help. Within an action that is limited already the lower limit holds.
   *
   * @param threads the most threads that may work at a time, the calling one included; more than there are changes nothing
   * @param action what to do, on the calling thread
   * @throws IllegalArgumentException if the number is below 1; nothing is done then
   */
  public static void limited(int threads, Runnable action) {
    Check.count(1, "threads", threads);
    ThreadLimit.run(threads, Objects.requireNonNull(action, "action"));
  }
}
