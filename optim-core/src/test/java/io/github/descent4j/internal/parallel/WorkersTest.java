package io.github.descent4j.internal.parallel;

import static io.github.descent4j.internal.parallel.ParallelRuns.await;
import static io.github.descent4j.internal.parallel.ParallelRuns.runner;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scratch belongs to the number of a worker, so no two at a time have one. A machine of two cores has one worker in its common pool,
 * where nothing could be shared: this is another JVM, whose pool has three.
 */
class WorkersTest {
  private static final int THREADS = 4;

  @Test
  void noTwoAtATimeHaveOneNumber(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("output");
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-ea",
            "-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + (THREADS - 1),
            "-cp",
            System.getProperty("java.class.path"),
            WorkersTest.class.getName())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    assertThat(output).content().isEqualTo("[0, 1, 2, 3]");
  }

  /** Four pieces that wait for each other, so that four threads come; then many short ones. */
  public static void main(String[] arguments) {
    Set<Integer> together = ConcurrentHashMap.newKeySet();
    CountDownLatch begun = new CountDownLatch(THREADS);
    runner(THREADS, (piece, worker) -> {
          together.add(worker);
          begun.countDown();
          await(begun);
        })
        .run(THREADS, true);
    AtomicIntegerArray inside = new AtomicIntegerArray(THREADS);
    ParallelRunner runner = runner(THREADS, (piece, worker) -> {
      if (inside.incrementAndGet(worker) != 1) {
        throw new IllegalStateException("two at work are number " + worker);
      }
      for (int i = 0; i < 200; i++) {
        Thread.onSpinWait();
      }
      inside.decrementAndGet(worker);
    });
    for (int run = 0; run < 300; run++) {
      runner.run(ParallelRuns.PIECES, true);
    }
    System.out.print(new TreeSet<>(together));
  }
}
