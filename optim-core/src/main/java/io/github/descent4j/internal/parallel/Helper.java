package io.github.descent4j.internal.parallel;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Work that a worker of the JDK's common pool may do while the caller does something else: {@linkplain #offer offered}, then {@linkplain
 * #end withdrawn or waited for}. Again and again, by one caller at a time, without allocating.
 *
 * <p>It is a task that is in the pool's queues at most once. From another pool's thread nothing can be taken out of those queues again. So a
 * helper that is withdrawn stays there, does nothing when its turn comes, and is simply offered anew if an offer comes first: offers
 * beside a blocked pool do not fill its queues. Where a worker that has just helped {@linkplain IdleWorkers waits} for more, it is handed to that one.
 */
public final class Helper extends ForkJoinTask<Void> {
  private static final long serialVersionUID = 1;

  /** About as many pauses as a short piece takes; to sleep and be woken takes longer. */
  private static final int SPINS = 1 << 10;

  /** In no queue. */
  private static final int IDLE = 0;

  /** In a queue or a waiting worker's place, to work when its turn comes. */
  private static final int OFFERED = 1;

  /** At work. */
  private static final int BEGUN = 2;

  /** In a queue or a waiting worker's place, for nothing. */
  private static final int WITHDRAWN = 3;

  private final transient Runnable work;
  private final transient IdleWorkers idle;
  private final AtomicInteger state = new AtomicInteger(IDLE);

  /** The caller while it sleeps. */
  private transient volatile Thread waiting;

  /** Written before the end of the work, read after it. */
  private Throwable failure;

  /** A helper that is in no queue; what its work writes is seen after {@link #end}. */
  public Helper(Runnable work) {
    this(work, IdleWorkers.COMMON);
  }

  /** A helper that these workers are handed. */
  Helper(Runnable work, IdleWorkers idle) {
    this.work = work;
    this.idle = idle;
  }

  /** Lets a worker begin, if one is free; between two offers there is an {@link #end}. */
  public void offer() {
    if (state.compareAndSet(WITHDRAWN, OFFERED)) {
      return;
    }
    state.set(OFFERED);
    if (idle.hand(this)) {
      return;
    }
    try {
      ForkJoinPool.commonPool().execute(this);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      // No thread can be started now. It may be in a queue all the same, as its state says.
    }
  }

  /** Withdraws it or, where a worker has begun, waits for the end of that; gives what the work threw, or null. */
  public Throwable end() {
    if (!state.compareAndSet(OFFERED, WITHDRAWN)) {
      await();
    }
    Throwable thrown = failure;
    failure = null;
    return thrown;
  }

  /** Throws anything as it is, unless it is null: work in other languages may throw what it does not declare. */
  public static void rethrow(Throwable failure) {
    if (failure != null) {
      Helper.<RuntimeException>sneak(failure);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  private void await() {
    for (int i = 0; i < SPINS && state.get() == BEGUN; i++) {
      Thread.onSpinWait();
    }
    boolean interrupted = false;
    while (state.get() == BEGUN) {
      if (waiting == null) {
        // Looks again after this, as the worker looks for it after its end.
        waiting = Thread.currentThread();
      } else {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
    waiting = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns false: a task that is never complete can be queued again without a reset, which would race with the end of this. */
  @Override
  protected boolean exec() {
    runOnce();
    idle.serve();
    return false;
  }

  /** Works if that is still wanted. From then on this is in no queue, and in no worker's place. */
  void runOnce() {
    while (!state.compareAndSet(OFFERED, BEGUN)) {
      if (state.compareAndSet(WITHDRAWN, IDLE)) {
        return;
      }
    }
    try {
      work.run();
    } catch (Throwable e) {
      failure = e;
    }
    state.set(IDLE);
    Thread caller = waiting;
    if (caller != null) {
      LockSupport.unpark(caller);
    }
  }

  @Override
  public Void getRawResult() {
    return null;
  }

  @Override
  protected void setRawResult(Void value) {}
}
