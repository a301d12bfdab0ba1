package io.github.descent4j.internal.parallel;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Workers that have just helped, and look for a moment whether more is offered before they go back to their pool: a step of a small network is a
 * dozen runs with a few microseconds between them, and to wake a thread for each takes a tenth of the step.
 *
 * <p>A worker goes back as soon as anything has been submitted to its pool, and now and then in any case, for the sake of what its pool's other workers
 * may have put aside.
 */
final class IdleWorkers {
  /** Those of the common pool; more than a few at once would cost each offer a long search. */
  static final IdleWorkers COMMON =
      new IdleWorkers(8, System::nanoTime, () -> ForkJoinPool.commonPool().hasQueuedSubmissions());

  /** The longest gap between two runs that is bridged, in nanoseconds; loss and last layer of the MNIST mlp take half of that. */
  private static final long PATIENCE = 100_000;

  /** The longest time away from the pool, apart from the last piece of work, in nanoseconds. */
  private static final long ABSENCE = 5_000_000;

  /** Between two looks at the clock, which takes longer than a pause. */
  private static final int SPINS = 8;

  /** In the place of a worker that waits. */
  private static final Object WAITING = new Object();

  /** Null where no worker waits, {@link #WAITING}, or the helper that a worker is to take. */
  private final AtomicReferenceArray<Object> places;

  private final LongSupplier nanoTime;
  private final BooleanSupplier called;

  /**
   * Nobody yet.
   *
   * @param places workers that can wait at a time
   * @param called whether the pool has work for them
   */
  IdleWorkers(int places, LongSupplier nanoTime, BooleanSupplier called) {
    this.places = new AtomicReferenceArray<>(places);
    this.nanoTime = nanoTime;
    this.called = called;
  }

  /** Hands a helper to a worker that waits; false if none does. */
  boolean hand(Helper helper) {
    for (int i = 0; i < places.length(); i++) {
      if (places.get(i) == WAITING && places.compareAndSet(i, WAITING, helper)) {
        return true;
      }
    }
    return false;
  }

  /** Lets the calling worker do what it is handed, until nothing comes for a while, its pool calls, or it has been away for long. */
  void serve() {
    long begin = nanoTime.getAsLong();
    for (long now = begin; now - begin < ABSENCE; now = nanoTime.getAsLong()) {
      Helper helper = await(now);
      if (helper == null) {
        return;
      }
      helper.runOnce();
    }
  }

  /**
   * Lets the calling worker do what can wait, piece by piece, and between two pieces what it is handed.
   *
   * @param piece does a piece, and says whether there are more
   */
  void serveBetween(BooleanSupplier piece) {
    boolean more = true;
    while (more) {
      int place = enter();
      try {
        more = piece.getAsBoolean();
      } finally {
        // Also after a piece that throws: nobody would come for what is handed to a place that was
        // not left.
        Helper helper = place < 0 ? null : leave(place);
        if (helper != null) {
          helper.runOnce();
        }
      }
    }
  }

  /** What the caller is handed while it waits, or null. */
  private Helper await(long begin) {
    int place = enter();
    if (place < 0) {
      return null;
    }
    while (places.get(place) == WAITING
        && !called.getAsBoolean()
        && nanoTime.getAsLong() - begin < PATIENCE) {
      for (int i = 0; i < SPINS; i++) {
        Thread.onSpinWait();
      }
    }
    return leave(place);
  }

  /** The place where the caller can be handed something from now on; -1 if none is free. */
  private int enter() {
    for (int place = 0; place < places.length(); place++) {
      if (places.compareAndSet(place, null, WAITING)) {
        return place;
      }
    }
    return -1;
  }

  /** What the caller has been handed, or null; from here on nobody can hand it anything more. */
  private Helper leave(int place) {
    Object found = places.getAndSet(place, null);
    return found == WAITING ? null : (Helper) found;
  }
}
