package io.github.descent4j.internal.parallel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs numbered pieces of work on the calling thread and on workers of the JDK's common pool, without
 * allocating.
 *
 * <p>Whoever is free takes the next piece, so the pieces must not depend on who runs them or in
 * which order. {@code -Dio.github.descent4j.threads=N} sets the number of threads, the caller
 * included; by default it is the number of processors. {@link ThreadLimit} lowers it for what a thread calls.
 *
 * <p>A run needs nobody's help. The caller takes pieces until none is left, then withdraws the helpers
 * that have not begun and waits for those that have, each of which is within its last piece. So a run
 * ends however busy or blocked the common pool is, on any kind of thread; a piece must not wait for
 * anything but what it began itself.
 */
public final class ParallelRunner {

  /** The system property that sets the number of threads. */
  public static final String PROPERTY = "io.github.descent4j.threads";

  /** What is run for every piece. */
  @FunctionalInterface
  public interface Work {

    /**
     * Runs one piece.
     *
     * @param piece its number, from 0
     * @param worker who runs it, from 0 to {@link #threads} - 1: no two at a time have one number
     */
    void run(int piece, int worker);
  }

  private final AtomicBoolean running = new AtomicBoolean();
  private final AtomicInteger next = new AtomicInteger();
  private final Helper[] helpers;
  private final Work work;
  private int pieces;

  /**
   * A runner of one kind of work; it serves one caller at a time.
   *
   * @throws IllegalStateException if the property is not a number of at least 1
   */
  public ParallelRunner(Work work) {
    this.work = work;
    helpers = new Helper[threadsAsked() - 1];
    for (int i = 0; i < helpers.length; i++) {
      int worker = i + 1;
      helpers[i] = new Helper(() -> help(worker));
    }
  }

  /** The threads that may work at a time, the caller included. */
  public int threads() {
    return helpers.length + 1;
  }

  /**
   * Runs all pieces and returns when they are done.
   *
   * <p>What a piece throws is thrown here, when nobody is at work any more; pieces that have not begun
   * by then are left out. Where several threw, the others are suppressed by the first.
   *
   * @param pieces how many
   * @param parallel whether the work is worth a hand-over to other threads
   * @throws IllegalStateException if a run is going on: in another thread, or in one of whose pieces
   *     this is called
   */
  public void run(int pieces, boolean parallel) {
    if (!running.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "run was called during a run of the same work, expected one caller at a time");
    }
    this.pieces = pieces;
    next.set(0);
    int hands = parallel ? hands(pieces) : 0;
    Throwable failure = null;
    try {
      for (int i = 0; i < hands; i++) {
        helpers[i].offer();
      }
      drain(0);
    } catch (Throwable e) {
      next.set(pieces);
      failure = e;
    }
    // Nobody may still be at work when the caller goes on, whatever has happened.
    for (int i = 0; i < hands; i++) {
      failure = first(failure, helpers[i].end());
    }
    running.set(false);
    Helper.rethrow(failure);
  }

  private int hands(int pieces) {
    return Math.min(Math.min(helpers.length, pieces - 1), ThreadLimit.current() - 1);
  }

  private void drain(int worker) {
    for (int piece = next.getAndIncrement(); piece < pieces; piece = next.getAndIncrement()) {
      work.run(piece, worker);
    }
  }

  private void help(int worker) {
    try {
      drain(worker);
    } catch (Throwable e) {
      next.set(pieces);
      throw e;
    }
  }

  private static Throwable first(Throwable first, Throwable second) {
    if (first == null) {
      return second;
    }
    if (second != null && second != first) {
      first.addSuppressed(second);
    }
    return first;
  }

  /**
   * The threads of the process: what the property asks for, else the number of processors.
   *
   * @throws IllegalStateException if the property is not a number of at least 1
   */
  public static int threadsAsked() {
    String asked = System.getProperty(PROPERTY);
    if (asked == null) {
      return Runtime.getRuntime().availableProcessors();
    }
    try {
      int threads = Integer.parseInt(asked);
      if (threads >= 1) {
        return threads;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message for both.
    }
    throw new IllegalStateException(PROPERTY + " is '" + asked + "', expected a number >= 1");
  }
}
