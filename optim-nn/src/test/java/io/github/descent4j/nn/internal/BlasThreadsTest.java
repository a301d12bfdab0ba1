package io.github.descent4j.nn.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;

class BlasThreadsTest {
  private final Blas blas = Nd4j.factory().blas();
  private final int before = blas.getMaxThreads();

  @BeforeEach
  void twoThreads() {
    blas.setMaxThreads(2);
    assertThat(blas.getMaxThreads()).isEqualTo(2);
  }

  @AfterEach
  void restore() {
    blas.setMaxThreads(before);
  }

  @Test
  void theFormerNumberComesBack() {
    BlasThreads.single(() -> {
      assertThat(blas.getMaxThreads()).isOne();
      BlasThreads.single(() -> assertThat(blas.getMaxThreads()).isOne());
      assertThat(blas.getMaxThreads()).isOne();
    });
    assertThat(blas.getMaxThreads()).isEqualTo(2);
    assertThatThrownBy(() -> BlasThreads.single(() -> {
          throw new IllegalStateException("stop");
        }))
        .hasMessage("stop");
    assertThat(blas.getMaxThreads()).isEqualTo(2);
  }

  /** The first one ends while the second one is still at work. */
  @Test
  void theLastOfSeveralPutsItBack() throws Exception {
    CountDownLatch firstBegun = new CountDownLatch(1);
    CountDownLatch secondBegun = new CountDownLatch(1);
    CountDownLatch firstEnded = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<?> first = threads.submit(() -> BlasThreads.single(() -> {
        firstBegun.countDown();
        await(secondBegun);
      }));
      Future<Integer> second = threads.submit(() -> {
        await(firstBegun);
        int[] seen = new int[1];
        BlasThreads.single(() -> {
          secondBegun.countDown();
          await(firstEnded);
          seen[0] = blas.getMaxThreads();
        });
        return seen[0];
      });
      first.get(30, TimeUnit.SECONDS);
      firstEnded.countDown();
      assertThat(second.get(30, TimeUnit.SECONDS)).isOne();
    } finally {
      threads.shutdownNow();
    }
    assertThat(blas.getMaxThreads()).isEqualTo(2);
  }

  @Test
  void whatTheApplicationSetsMeanwhileStays() {
    BlasThreads.single(() -> blas.setMaxThreads(3));
    assertThat(blas.getMaxThreads()).isEqualTo(3);
    BlasThreads.single(() -> {});
    assertThat(blas.getMaxThreads()).isEqualTo(3);
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("waited for 30 s");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
