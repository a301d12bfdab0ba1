package io.github.descent4j.internal.parallel;

import java.util.function.IntConsumer;

/**
 * Pieces of work that can wait, which a worker of the JDK's common pool does one after another while the caller does something else. Between two of
 * them the worker does what it is handed: helping the caller comes first, and the pieces fill the gaps.
 *
 * <p>Again and again, by one caller at a time, without allocating.
 */
public final class Background {
  private final IntConsumer work;
  private final Helper helper;
  private int pieces;
  private int done;
  private volatile boolean ended;

  /**
   * Nothing to do yet.
   *
   * @param work does a piece, given its number
   */
  public Background(IntConsumer work) {
    this(work, IdleWorkers.COMMON);
  }

  /** Work of these workers. */
  Background(IntConsumer work, IdleWorkers idle) {
    this.work = work;
    helper = new Helper(() -> idle.serveBetween(this::next), idle);
  }

  /** Lets a worker begin with the first of so many pieces, if one is free; between two offers there is an {@link #end}. */
  public void offer(int pieces) {
    this.pieces = pieces;
    done = 0;
    ended = false;
    helper.offer();
  }

  /**
   * Ends it, once the piece under way is done. What that threw is thrown here.
   *
   * @return how many pieces have been done
   */
  public int end() {
    ended = true;
    Helper.rethrow(helper.end());
    return done;
  }

  private boolean next() {
    if (!ended && done < pieces) {
      work.accept(done);
      done++;
    }
    return !ended && done < pieces;
  }
}
