package io.github.descent4j.internal.parallel;

import static io.github.descent4j.internal.parallel.ParallelRuns.PIECES;
import static io.github.descent4j.internal.parallel.ParallelRuns.await;
import static io.github.descent4j.internal.parallel.ParallelRuns.awaitQuietPool;
import static io.github.descent4j.internal.parallel.ParallelRuns.run;
import static io.github.descent4j.internal.parallel.ParallelRuns.runner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.descent4j.internal.parallel.ParallelRuns.Caller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run needs nobody's help: not on any kind of thread, not beside a pool that is busy or blocked. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParallelRunnerTest {

  /** Counts who ran what. */
  private static final class Count implements ParallelRunner.Work {
    private final AtomicIntegerArray runs = new AtomicIntegerArray(PIECES);
    private final AtomicInteger byHelpers = new AtomicInteger();

    @Override
    public void run(int piece, int worker) {
      runs.incrementAndGet(piece);
      if (worker > 0) {
        byHelpers.incrementAndGet();
      }
    }

    void assertEach(int times) {
      for (int piece = 0; piece < PIECES; piece++) {
        assertThat(runs.get(piece)).as("runs of piece %d", piece).isEqualTo(times);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyPieceRunsOnce(Caller caller) throws Exception {
    Count count = new Count();
    ParallelRunner runner = runner(4, count);
    assertThat(runner.threads()).isEqualTo(4);
    for (int run = 1; run <= 50; run++) {
      boolean parallel = run % 5 != 0;
      caller.call(() -> run(runner, PIECES, parallel));
      count.assertEach(run);
    }
    caller.call(() -> run(runner, 0, true));
    caller.call(() -> run(runner, 1, true));
    assertThat(count.runs.get(0)).isEqualTo(51);
  }

  /** Every piece waits for another to begin, so a second thread must come. */
  @ParameterizedTest
  @EnumSource(
      value = Caller.class,
      names = {"PLAIN_THREAD", "WORKER_OF_ANOTHER_POOL"})
  void helpersHelp(Caller caller) throws Exception {
    CountDownLatch[] begun = {new CountDownLatch(2)};
    ParallelRunner runner = runner(2, (piece, worker) -> {
      begun[0].countDown();
      await(begun[0]);
    });
    for (int run = 0; run < 20; run++) {
      begun[0] = new CountDownLatch(2);
      caller.call(() -> run(runner, 2, true));
    }
  }

  /** Tasks that wait for the run, on every worker of the common pool that is free: a deadlock if it waits for them. */
  @ParameterizedTest
  @EnumSource
  void aRunEndsBesideABlockedPool(Caller caller) throws Exception {
    Count count = new Count();
    ParallelRunner runner = runner(4, count);
    caller.call(() -> {
      BlockedPool blocked = new BlockedPool(caller);
      try {
        runner.run(PIECES, true);
      } finally {
        blocked.end();
      }
      return null;
    });
    count.assertEach(1);
    assertThat(count.byHelpers).hasValue(0);
    awaitQuietPool();
    count.assertEach(1);
    caller.call(() -> run(runner, PIECES, true));
    count.assertEach(2);
  }

  @ParameterizedTest
  @EnumSource
  void runsBesideABlockedPoolDoNotFillItsQueues(Caller caller) throws Exception {
    awaitQuietPool();
    Count count = new Count();
    ParallelRunner runner = runner(3, count);
    caller.call(() -> {
      BlockedPool blocked = new BlockedPool(caller);
      try {
        for (int run = 0; run < 1000; run++) {
          runner.run(PIECES, true);
        }
        ForkJoinPool pool = ForkJoinPool.commonPool();
        assertThat(pool.getQueuedTaskCount() + pool.getQueuedSubmissionCount())
            .isLessThanOrEqualTo(2);
      } finally {
        blocked.end();
      }
      return null;
    });
    count.assertEach(1000);
    awaitQuietPool();
    count.assertEach(1000);
  }

  /** A helper that is still queued, for nothing, is the helper of the next run. */
  @Test
  void aHelperThatWaitedThroughARunHelpsTheNext() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    AtomicBoolean meet = new AtomicBoolean();
    ParallelRunner runner = runner(2, (piece, worker) -> {
      if (meet.get()) {
        begun.countDown();
        await(begun);
      }
    });
    Caller.WORKER_OF_ANOTHER_POOL.call(() -> {
      BlockedPool blocked = new BlockedPool(Caller.WORKER_OF_ANOTHER_POOL);
      runner.run(2, true);
      meet.set(true);
      blocked.end();
      runner.run(2, true);
      return null;
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void theCommonPoolMayHaveOneThreadOrNone(int parallelism, @TempDir Path folder) throws Exception {
    Path output = folder.resolve("output");
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-ea",
            "-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + parallelism,
            "-cp",
            System.getProperty("java.class.path"),
            RunsOfAllCallers.class.getName(),
            Integer.toString(parallelism))
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    assertThat(process.waitFor()).as(() -> read(output)).isZero();
    assertThat(read(output)).isEqualTo("parallelism 1");
  }

  /** The program of another JVM. */
  static final class RunsOfAllCallers {
    public static void main(String[] arguments) throws Exception {
      for (Caller caller : Caller.values()) {
        if (caller == Caller.WORKER_OF_THE_COMMON_POOL && arguments[0].equals("0")) {
          continue; // There is none, which the pool itself does not tell.
        }
        Count count = new Count();
        ParallelRunner runner = runner(3, count);
        for (int run = 1; run <= 50; run++) {
          caller.call(() -> run(runner, PIECES, true));
          count.assertEach(run);
        }
      }
      System.out.print("parallelism " + ForkJoinPool.getCommonPoolParallelism());
    }
  }

  @Test
  void withOneThreadThePoolIsLeftAlone() {
    Count count = new Count();
    ParallelRunner runner = runner(1, count);
    assertThat(runner.threads()).isEqualTo(1);
    runner.run(PIECES, true);
    count.assertEach(1);
    assertThat(count.byHelpers).hasValue(0);
  }

  @Test
  void aRunWithinARunOfTheSameWorkIsRefused() {
    ParallelRunner[] runner = new ParallelRunner[1];
    AtomicBoolean again = new AtomicBoolean(true);
    runner[0] = runner(2, (piece, worker) -> {
      if (again.get()) {
        runner[0].run(2, true);
      }
    });
    assertThatThrownBy(() -> runner[0].run(2, true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("run was called during a run of the same work, expected one caller at a time");
    again.set(false);
    runner[0].run(2, true);
  }

  @ParameterizedTest
  @EnumSource
  void aPieceMayRunOtherWork(Caller caller) throws Exception {
    AtomicInteger inner = new AtomicInteger();
    ParallelRunner[] others = new ParallelRunner[3];
    for (int i = 0; i < others.length; i++) {
      others[i] = runner(3, (piece, worker) -> inner.incrementAndGet());
    }
    ParallelRunner outer = runner(3, (piece, worker) -> others[worker].run(PIECES, true));
    for (int run = 1; run <= 20; run++) {
      caller.call(() -> run(outer, 10, true));
      assertThat(inner).hasValue(run * 10 * PIECES);
    }
  }

  /** Callers of all kinds at once, each with its own runner, while the pool is blocked and freed. */
  @Test
  void manyRunnersAtOnce() throws Exception {
    int rounds = 3000;
    List<FutureTask<Void>> tasks = new ArrayList<>();
    List<Count> counts = Collections.synchronizedList(new ArrayList<>());
    IntConsumer nothing = round -> {};
    IntConsumer pauses = round -> Thread.onSpinWait();
    for (Caller caller : Caller.values()) {
      for (IntConsumer between : List.of(nothing, pauses)) {
        tasks.add(new FutureTask<>(() -> caller.call(() -> {
          Count count = new Count();
          counts.add(count);
          ParallelRunner runner = runner(4, count);
          for (int round = 1; round <= rounds; round++) {
            runner.run(PIECES, round % 7 != 0);
            between.accept(round);
            assertThat(count.runs.get(round % PIECES)).isEqualTo(round);
          }
          return null;
        })));
      }
    }
    AtomicBoolean stop = new AtomicBoolean();
    Thread disturber = new Thread(() -> {
      while (!stop.get()) {
        CompletableFuture.runAsync(Thread::yield).join();
      }
    });
    disturber.start();
    tasks.forEach(task -> new Thread(task).start());
    try {
      for (FutureTask<Void> task : tasks) {
        task.get(100, TimeUnit.SECONDS);
      }
    } finally {
      stop.set(true);
    }
    awaitQuietPool();
    assertThat(counts).hasSize(6).allSatisfy(count -> count.assertEach(rounds));
    disturber.join();
  }

  @Test
  void aRunAllocatesNothing() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int[] sums = new int[2 * 16];
    ParallelRunner runner = runner(2, (piece, worker) -> sums[worker * 16] += piece);
    int rounds = 5000;
    long bytes = Caller.PLAIN_THREAD.call(() -> {
      long before = 0;
      for (int round = -rounds; round < rounds; round++) {
        if (round == 0) {
          before = threads.getCurrentThreadAllocatedBytes();
        }
        runner.run(PIECES, true);
      }
      return threads.getCurrentThreadAllocatedBytes() - before;
    });
    assertThat(sums[0] + sums[16]).isEqualTo(2 * rounds * PIECES * (PIECES - 1) / 2);
    assertThat(bytes).as("bytes in %d runs", rounds).isLessThan(16L * rounds);
  }

  /** Tasks on all workers of the common pool, the caller excepted, that wait for the end of the block. */
  private static final class BlockedPool {
    private final CountDownLatch end = new CountDownLatch(1);

    BlockedPool(Caller caller) {
      int workers = commonParallelism() - (caller == Caller.WORKER_OF_THE_COMMON_POOL ? 1 : 0);
      CountDownLatch begun = new CountDownLatch(workers);
      for (int i = 0; i < workers; i++) {
        ForkJoinPool.commonPool().execute(() -> {
          begun.countDown();
          await(end);
        });
      }
      await(begun);
    }

    void end() {
      end.countDown();
    }
  }

  private static int commonParallelism() {
    return ForkJoinPool.commonPool().getParallelism();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
