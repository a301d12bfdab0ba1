package io.github.descent4j.internal.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Threads to call a run on, and what runs are made of. */
final class ParallelRuns {
  static final int PIECES = 100;

  private ParallelRuns() {}

  /** What a run may be called on. */
  enum Caller {
    PLAIN_THREAD {
      @Override
      <T> T call(Callable<T> body) throws Exception {
        FutureTask<T> task = new FutureTask<>(body);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task.get(60, TimeUnit.SECONDS);
      }
    },
    WORKER_OF_THE_COMMON_POOL {
      @Override
      <T> T call(Callable<T> body) throws Exception {
        return ForkJoinPool.commonPool().submit(body).get(60, TimeUnit.SECONDS);
      }
    },
    WORKER_OF_ANOTHER_POOL {
      @Override
      <T> T call(Callable<T> body) throws Exception {
        ForkJoinPool pool = new ForkJoinPool(1);
        try {
          return pool.submit(body).get(60, TimeUnit.SECONDS);
        } finally {
          pool.shutdown();
        }
      }
    };

    abstract <T> T call(Callable<T> body) throws Exception;
  }

  static void awaitQuietPool() {
    assertThat(ForkJoinPool.commonPool().awaitQuiescence(60, TimeUnit.SECONDS)).isTrue();
  }

  static Void run(ParallelRunner runner, int pieces, boolean parallel) {
    runner.run(pieces, parallel);
    return null;
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static synchronized ParallelRunner runner(int threads, ParallelRunner.Work work) {
    String before = System.getProperty(ParallelRunner.PROPERTY);
    System.setProperty(ParallelRunner.PROPERTY, Integer.toString(threads));
    try {
      return new ParallelRunner(work);
    } finally {
      if (before == null) {
        System.clearProperty(ParallelRunner.PROPERTY);
      } else {
        System.setProperty(ParallelRunner.PROPERTY, before);
      }
    }
  }
}
