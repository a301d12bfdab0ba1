package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class PartnerTest {
  private final Partner partner = new Partner();
  private int first;
  private int second;

  @Test
  void bothJobsAreDoneWhenRunReturns() {
    for (int i = 1; i <= 10_000; i++) {
      partner.run(() -> first++, () -> second++);
      assertThat(first).isEqualTo(i);
      assertThat(second).isEqualTo(i);
    }
  }

  @Test
  void aPauseThatOutlastsThePartnersPatienceLosesNoJob() {
    for (int i = 1; i <= 200; i++) {
      partner.run(() -> first++, () -> second++);
      LockSupport.parkNanos(i * 2_000L);
      assertThat(second).isEqualTo(i);
    }
  }

  @Test
  void aSlowSecondJobIsWaitedFor() {
    partner.run(() -> first++, () -> {
      LockSupport.parkNanos(5_000_000);
      second++;
    });
    assertThat(second).isEqualTo(1);
  }

  @Test
  void failuresOfEitherJobComeOutAfterBothHaveEnded() {
    RuntimeException failure = new IllegalStateException("failed");
    for (int i = 1; i <= 3; i++) {
      assertThatThrownBy(() -> partner.run(
              () -> {
                throw failure;
              },
              () -> second++))
          .isSameAs(failure);
      assertThat(second).isEqualTo(i);
      assertThatThrownBy(() -> partner.run(() -> first++, () -> {
            throw failure;
          }))
          .isSameAs(failure);
      assertThat(first).isEqualTo(i);
    }
    partner.run(() -> first++, () -> second++);
    assertThat(second).isEqualTo(4);
  }

  @Test
  void worksWhileThePoolIsBusy() {
    AtomicBoolean busy = new AtomicBoolean(true);
    for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism(); i++) {
      ForkJoinPool.commonPool().execute(() -> {
        while (busy.get()) {
          Thread.onSpinWait();
        }
      });
    }
    try {
      partner.run(() -> first++, () -> second++);
    } finally {
      busy.set(false);
    }
    assertThat(second).isEqualTo(1);
  }
}
