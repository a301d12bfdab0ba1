package io.github.descent4j.kernel;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs numbered pieces of work on the calling thread and on workers of the JDK's common pool, without
 * allocating.
 *
 * <p>Whoever is free takes the next piece, so the pieces must not depend on who runs them or in
 * which order. {@code -Dio.github.descent4j.threads=N} sets the number of threads, the caller
 * included; by default it is the number of processors.
 */
public final class Workforce {

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

  private final AtomicInteger next = new AtomicInteger();
  private final Helper[] helpers;
  private final Work work;
  private int pieces;

  /**
   * A workforce for one kind of work; it serves one caller at a time.
   *
   * @throws IllegalStateException if the property is not a number of at least 1
   */
  public Workforce(Work work) {
    this.work = work;
    helpers = new Helper[threadsAsked() - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(i + 1);
    }
  }

  /** The threads that may work at a time, the caller included. */
  public int threads() {
    return helpers.length + 1;
  }

  /**
   * Runs all pieces and returns when they are done.
   *
   * @param pieces how many
   * @param parallel whether the work is worth a hand-over to other threads
   */
  public void run(int pieces, boolean parallel) {
    this.pieces = pieces;
    next.set(0);
    int hands = parallel ? Math.min(helpers.length, pieces - 1) : 0;
    for (int i = 0; i < hands; i++) {
      helpers[i].reinitialize();
      ForkJoinPool.commonPool().execute(helpers[i]);
    }
    try {
      drain(0);
    } finally {
      // Nobody may still be at work when the caller goes on, whatever has happened.
      for (int i = 0; i < hands; i++) {
        helpers[i].quietlyJoin();
      }
    }
    for (int i = 0; i < hands; i++) {
      helpers[i].join();
    }
  }

  private void drain(int worker) {
    for (int piece = next.getAndIncrement(); piece < pieces; piece = next.getAndIncrement()) {
      work.run(piece, worker);
    }
  }

  private static int threadsAsked() {
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

  private final class Helper extends RecursiveAction {
    private static final long serialVersionUID = 1;
    private final int worker;

    Helper(int worker) {
      this.worker = worker;
    }

    @Override
    protected void compute() {
      drain(worker);
    }
  }
}
