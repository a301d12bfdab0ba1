package io.github.descent4j.internal.parallel;

import static io.github.descent4j.internal.parallel.ParallelRuns.await;
import static io.github.descent4j.internal.parallel.ParallelRuns.awaitQuietPool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class HelperTest {
  private int runs;

  @Test
  void worksWhileTheCallerDoesSomethingElse() {
    for (int i = 1; i <= 3; i++) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      Helper helper = new Helper(() -> {
        begun.countDown();
        await(go);
        runs++;
      });
      helper.offer();
      await(begun);
      go.countDown();
      assertThat(helper.end()).isNull();
      assertThat(runs).isEqualTo(i);
    }
  }

  @Test
  void whatIsWithdrawnIsNotDoneAndCanBeOfferedAgain() {
    CountDownLatch done = new CountDownLatch(1);
    Helper helper = new Helper(() -> {
      runs++;
      done.countDown();
    });
    int workers = ForkJoinPool.commonPool().getParallelism();
    CountDownLatch blocked = new CountDownLatch(workers);
    CountDownLatch end = new CountDownLatch(1);
    for (int i = 0; i < workers; i++) {
      ForkJoinPool.commonPool().execute(() -> {
        blocked.countDown();
        await(end);
      });
    }
    await(blocked);
    for (int i = 0; i < 3; i++) {
      helper.offer();
      assertThat(helper.end()).isNull();
    }
    assertThat(runs).isZero();
    helper.offer();
    end.countDown();
    await(done);
    assertThat(helper.end()).isNull();
    awaitQuietPool();
    assertThat(runs).isOne();
  }

  @Test
  void whatTheWorkThrowsIsGivenOnce() {
    CountDownLatch begun = new CountDownLatch(1);
    IllegalStateException thrown = new IllegalStateException("stop");
    Helper helper = new Helper(() -> {
      begun.countDown();
      throw thrown;
    });
    helper.offer();
    await(begun);
    assertThat(helper.end()).isSameAs(thrown);
    assertThat(helper.end()).isNull();
  }

  @Test
  void anythingIsThrownAsItIs() {
    IOException checked = new IOException("checked");
    assertThatThrownBy(() -> Helper.rethrow(checked)).isSameAs(checked);
    Helper.rethrow(null);
  }
}
