package io.github.descent4j.nn;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;

/** The common pool with a task on every worker that waits for the test. */
public final class BlockedPool {

  private BlockedPool() {}

  /** Calls something on a worker of another pool meanwhile; fails if it waits for the common pool. */
  public static <T> T call(Callable<T> body) throws Exception {
    int workers = ForkJoinPool.commonPool().getParallelism();
    CountDownLatch begun = new CountDownLatch(workers);
    CountDownLatch end = new CountDownLatch(1);
    for (int i = 0; i < workers; i++) {
      ForkJoinPool.commonPool().execute(() -> {
        begun.countDown();
        await(end);
      });
    }
    ForkJoinPool other = new ForkJoinPool(1);
    try {
      await(begun);
      return other.submit(body).get(30, TimeUnit.SECONDS);
    } finally {
      end.countDown();
      other.shutdown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
