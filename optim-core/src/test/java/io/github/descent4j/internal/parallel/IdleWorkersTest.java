package io.github.descent4j.internal.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The worker is a thread of the test, and the clock stands still unless it is set. */
@Timeout(120)
class IdleWorkersTest {
  private static final long PATIENCE = 100_000;
  private static final long ABSENCE = 5_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final Semaphore looks = new Semaphore(0);
  private final Semaphore blocked = new Semaphore(0);
  private final Semaphore done = new Semaphore(0);
  private volatile boolean called;
  private volatile boolean blocks;
  private final IdleWorkers idle = new IdleWorkers(1, clock::get, this::look);
  private final List<Thread> workers = new ArrayList<>();
  private final Helper helper = new Helper(
      () -> {
        workers.add(Thread.currentThread());
        done.release();
      },
      idle);

  /** What a worker does all the time while it waits. */
  private boolean look() {
    looks.release();
    if (blocks) {
      blocked.acquireUninterruptibly();
    }
    return called;
  }

  @Test
  void withoutAWorkerNothingIsHandedOver() {
    assertThat(idle.hand(helper)).isFalse();
  }

  @Test
  void aWorkerDoesWhatItIsHandedAndWaitsForMore() throws InterruptedException {
    Thread worker = serving();
    for (int i = 0; i < 3; i++) {
      handOver();
    }
    // Its patience is counted from the end of the work.
    awaitLook();
    clock.addAndGet(PATIENCE);
    requireEnd(worker);
    assertThat(workers).containsExactly(worker, worker, worker);
    assertThat(idle.hand(helper)).isFalse();
  }

  @Test
  void whatIsWithdrawnMeanwhileIsNotDone() throws InterruptedException {
    Thread worker = serving();
    blocks = true;
    // A look alone may be of before.
    while (!blocked.hasQueuedThreads()) {
      Thread.sleep(1);
    }
    helper.offer();
    assertThat(helper.end()).isNull();
    blocks = false;
    blocked.release();
    handOver();
    assertThat(workers).containsExactly(worker);
    called = true;
    requireEnd(worker);
  }

  @Test
  void aWorkerGoesWhenItsPoolCalls() throws InterruptedException {
    Thread worker = serving();
    handOver();
    called = true;
    requireEnd(worker);
    assertThat(idle.hand(helper)).isFalse();
  }

  /** Although there is more and more to do. */
  @Test
  void aWorkerGoesWhenItHasBeenAwayForLong() throws InterruptedException {
    Thread worker = serving();
    handOver();
    while (clock.get() < ABSENCE) {
      awaitLook();
      clock.addAndGet(PATIENCE / 2);
      handOver();
    }
    requireEnd(worker);
    assertThat(workers).hasSize(101);
  }

  /** There is one place: the second worker has none to wait at. */
  @Test
  void moreWorkersThanPlacesDoNotWait() throws InterruptedException {
    Thread worker = serving();
    awaitLook();
    idle.serve();
    called = true;
    requireEnd(worker);
    assertThat(workers).isEmpty();
  }

  private Thread serving() {
    Thread worker = new Thread(idle::serve);
    worker.start();
    return worker;
  }

  /** Lets the worker do the helper's work. */
  private void handOver() throws InterruptedException {
    awaitLook();
    helper.offer();
    done.acquire();
    assertThat(helper.end()).isNull();
  }

  private void awaitLook() throws InterruptedException {
    looks.drainPermits();
    looks.acquire();
  }

  private static void requireEnd(Thread worker) throws InterruptedException {
    worker.join(TimeUnit.MINUTES.toMillis(1));
    assertThat(worker.isAlive()).isFalse();
  }
}
