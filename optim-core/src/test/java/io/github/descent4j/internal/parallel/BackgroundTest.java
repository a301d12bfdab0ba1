package io.github.descent4j.internal.parallel;

import static io.github.descent4j.internal.parallel.ParallelRuns.await;
import static io.github.descent4j.internal.parallel.ParallelRuns.awaitQuietPool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each on a worker of the common pool. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackgroundTest {
  /** Of this test alone, so that no other work comes between. */
  private final IdleWorkers idle = new IdleWorkers(1, System::nanoTime, () -> true);

  private final List<String> done = Collections.synchronizedList(new ArrayList<>());

  private Background background(IntConsumer piece) {
    return new Background(piece, idle);
  }

  @Test
  void piecesAreDoneInOrderWhileTheCallerDoesSomethingElse() {
    CountDownLatch last = new CountDownLatch(2 * 3);
    Background background = background(piece -> {
      done.add("piece " + piece);
      last.countDown();
    });
    for (int i = 0; i < 2; i++) {
      background.offer(3);
      while (done.size() < 3 * (i + 1)) {
        Thread.onSpinWait();
      }
      assertThat(background.end()).isEqualTo(3);
    }
    await(last);
    assertThat(done)
        .containsExactly("piece 0", "piece 1", "piece 2", "piece 0", "piece 1", "piece 2");
  }

  @Test
  void theEndWaitsForThePieceUnderWayAndNoOtherBegins() {
    CountDownLatch begun = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    Background background = background(piece -> {
      begun.countDown();
      awaitSleepOf(caller);
      done.add("piece " + piece);
    });
    background.offer(1000);
    await(begun);
    assertThat(background.end()).isOne();
    assertThat(done).containsExactly("piece 0");
    awaitQuietPool();
    assertThat(done).containsExactly("piece 0");
  }

  /** The caller of end sleeps as soon as it has waited for a moment. */
  private static void awaitSleepOf(Thread caller) {
    while (caller.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void helpComesBetweenTwoPieces() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch offered = new CountDownLatch(1);
    CountDownLatch last = new CountDownLatch(2);
    Background background = background(piece -> {
      begun.countDown();
      await(offered);
      done.add("piece " + piece);
      last.countDown();
    });
    background.offer(2);
    await(begun);
    Helper helper = new Helper(() -> done.add("help"), idle);
    helper.offer();
    offered.countDown();
    await(last);
    assertThat(helper.end()).isNull();
    assertThat(background.end()).isEqualTo(2);
    assertThat(done).containsExactly("piece 0", "help", "piece 1");
  }

  @Test
  void helpAfterTheLastPieceIsNotForgotten() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch offered = new CountDownLatch(1);
    CountDownLatch helped = new CountDownLatch(1);
    Background background = background(piece -> {
      begun.countDown();
      await(offered);
    });
    background.offer(1);
    await(begun);
    Helper helper = new Helper(helped::countDown, idle);
    helper.offer();
    offered.countDown();
    await(helped);
    assertThat(helper.end()).isNull();
    assertThat(background.end()).isOne();
  }

  /** As where more workers have something to do than there are places. */
  @Test
  void withoutAPlaceThePiecesAreDoneAllTheSame() {
    CountDownLatch last = new CountDownLatch(3);
    IdleWorkers none = new IdleWorkers(0, System::nanoTime, () -> true);
    Background background = new Background(piece -> last.countDown(), none);
    background.offer(3);
    await(last);
    assertThat(background.end()).isEqualTo(3);
  }

  @Test
  void whatAPieceThrowsIsThrownAtTheEndOnce() {
    IllegalStateException thrown = new IllegalStateException("stop");
    CountDownLatch second = new CountDownLatch(1);
    Background background = background(piece -> {
      done.add("piece " + piece);
      if (piece == 1) {
        second.countDown();
        throw thrown;
      }
    });
    background.offer(3);
    await(second);
    assertThatThrownBy(background::end).isSameAs(thrown);
    awaitQuietPool();
    assertThat(done).containsExactly("piece 0", "piece 1");
    background.offer(1);
    while (done.size() < 3) {
      Thread.onSpinWait();
    }
    assertThat(background.end()).isOne();
  }
}
