package io.github.descent4j.internal.parallel;

import static io.github.descent4j.internal.parallel.ParallelRuns.PIECES;
import static io.github.descent4j.internal.parallel.ParallelRuns.await;
import static io.github.descent4j.internal.parallel.ParallelRuns.awaitQuietPool;
import static io.github.descent4j.internal.parallel.ParallelRuns.runner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.internal.parallel.ParallelRuns.Caller;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a piece throws reaches the caller, once nobody is at work any more. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParallelRunnerFailureTest {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAPieceThrowsOnAHelperIsThrownToTheCaller(boolean asError) {
    Throwable thrown = asError ? new AssertionError("thrown") : new IllegalStateException("thrown");
    CountDownLatch begun = new CountDownLatch(2);
    ParallelRunner runner = runner(2, (piece, worker) -> {
      begun.countDown();
      await(begun);
      if (worker > 0) {
        ParallelRunnerFailureTest.<RuntimeException>sneak(thrown);
      }
    });
    assertThatThrownBy(() -> runner.run(2, true)).isSameAs(thrown);
    runner.run(2, false);
  }

  /** Even what is not declared, as work in another language may. */
  @Test
  void aCheckedExceptionIsThrownAsItIs() {
    Exception checked = new Exception("checked");
    CountDownLatch begun = new CountDownLatch(2);
    ParallelRunner runner = runner(2, (piece, worker) -> {
      begun.countDown();
      await(begun);
      if (worker > 0) {
        ParallelRunnerFailureTest.<RuntimeException>sneak(checked);
      }
    });
    assertThatThrownBy(() -> runner.run(2, true)).isSameAs(checked);
  }

  @Test
  void whatBothThrowIsOneWithTheOtherSuppressed() {
    CountDownLatch begun = new CountDownLatch(2);
    ParallelRunner runner = runner(2, (piece, worker) -> {
      begun.countDown();
      await(begun);
      throw new IllegalStateException("worker " + worker);
    });
    assertThatThrownBy(() -> runner.run(2, true))
        .hasMessage("worker 0")
        .satisfies(e -> assertThat(e.getSuppressed())
            .singleElement()
            .satisfies(other -> assertThat(other).hasMessage("worker 1")));
  }

  @Test
  void oneExceptionThrownByBothIsThrown() {
    IllegalStateException same = new IllegalStateException("same");
    CountDownLatch begun = new CountDownLatch(2);
    ParallelRunner runner = runner(2, (piece, worker) -> {
      begun.countDown();
      await(begun);
      throw same;
    });
    assertThatThrownBy(() -> runner.run(2, true)).isSameAs(same);
  }

  /** One throws, and the other goes on only when the first has nothing to do any more. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void piecesThatHaveNotBegunAreLeftOutAfterAFailure(int thrower) throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    Thread[] threads = new Thread[2];
    AtomicInteger pieces = new AtomicInteger();
    AtomicBoolean thrown = new AtomicBoolean();
    ParallelRunner runner = runner(2, (piece, worker) -> {
      pieces.incrementAndGet();
      threads[worker] = Thread.currentThread();
      begun.countDown();
      await(begun);
      if (worker == thrower) {
        thrown.set(true);
        throw new IllegalStateException("thrown");
      }
      while (!thrown.get() || !isAsleep(threads[thrower])) {
        Thread.onSpinWait();
      }
    });
    Caller.PLAIN_THREAD.call(() -> {
      assertThatThrownBy(() -> runner.run(PIECES, true)).hasMessage("thrown");
      return null;
    });
    awaitQuietPool();
    assertThat(pieces).hasValue(2);
  }

  private static boolean isAsleep(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        || thread.getState() == Thread.State.TIMED_WAITING;
  }

  /** The caller's piece throws while a helper is in the middle of its own, which the caller must wait for. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nobodyIsAtWorkAfterAFailure(boolean interrupted) throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    AtomicBoolean returned = new AtomicBoolean();
    AtomicBoolean ended = new AtomicBoolean();
    Thread[] caller = new Thread[1];
    ParallelRunner runner = runner(2, (piece, worker) -> {
      begun.countDown();
      await(begun);
      if (worker == 0) {
        throw new IllegalStateException("thrown");
      }
      while (caller[0].getState() != Thread.State.WAITING && !returned.get()) {
        Thread.onSpinWait();
      }
      if (interrupted) {
        caller[0].interrupt();
        while (caller[0].isInterrupted() && !returned.get()) {
          Thread.onSpinWait();
        }
      }
      ended.set(!returned.get());
    });
    boolean stillInterrupted = Caller.PLAIN_THREAD.call(() -> {
      caller[0] = Thread.currentThread();
      assertThatThrownBy(() -> runner.run(2, true)).hasMessage("thrown");
      returned.set(true);
      return Thread.interrupted();
    });
    assertThat(ended).isTrue();
    assertThat(stillInterrupted).isEqualTo(interrupted);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
