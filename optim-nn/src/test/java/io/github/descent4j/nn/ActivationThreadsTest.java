package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Activations of a batch that a layer has to itself, whose pieces threads share. */
class ActivationThreadsTest {
  private static final int PIECE = 8192;

  /** Doubles what it gets, and its gradient; the first two pieces wait for each other. */
  private static final class Meeting extends Activation {
    private final CyclicBarrier barrier = new CyclicBarrier(2);
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final boolean waits;

    Meeting(boolean waits) {
      this.waits = waits;
      divide(waits);
    }

    @Override
    <A> void apply(Loops<A> loops, A y, int n) {
      meet();
      loops.multiply(y, 2, n);
    }

    @Override
    <A> void gradient(Loops<A> loops, A y, A dy, int n) {
      meet();
      loops.multiply(dy, 2, n);
    }

    private void meet() {
      if (threads.add(Thread.currentThread()) && waits) {
        try {
          barrier.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
          throw new AssertionError("no second thread came", e);
        }
      }
    }

    @Override
    INDArray curvature(INDArray y) {
      return null;
    }

    @Override
    public Splittable split() {
      return new Meeting(waits);
    }
  }

  @Test
  void twoThreadsShareABatch() {
    Property.withThreads(2, () -> {
      Meeting layer = new Meeting(true);
      INDArray x = Arrays.random(DataType.FLOAT, 1, 4, PIECE);
      assertThat(layer.forward(x, Mode.TRAINING)).isEqualTo(x.mul(2));
      assertThat(layer.threads).hasSize(2);
      layer.threads.clear();
      assertThat(layer.backward(x)).isEqualTo(x.mul(2));
      assertThat(layer.threads).hasSize(2);
      return null;
    });
  }

  @Test
  void aShardStaysOnItsThread() {
    Property.withThreads(2, () -> {
      Meeting layer = new Meeting(false);
      INDArray x = Arrays.random(DataType.FLOAT, 1, 4, PIECE);
      layer.forward(x, Mode.TRAINING);
      layer.backward(x);
      assertThat(layer.threads).containsExactly(Thread.currentThread());
      return null;
    });
  }

  /** Lengths around those of a block and of a piece. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2047, 2048, 2049, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 30_001})
  void piecesAreThoseOfOneThread(int length) {
    INDArray x = Arrays.random(DataType.DOUBLE, 1, 1, length);
    INDArray dy = Arrays.random(DataType.DOUBLE, 2, 1, length);
    double[] y = Arrays.values(x);
    double[] dx = Arrays.values(dy);
    for (int i = 0; i < length; i++) {
      y[i] = StrictMath.tanh(y[i]);
      dx[i] *= 1 - y[i] * y[i];
    }
    Property.withThreads(4, () -> {
      Tanh layer = new Tanh();
      layer.divide(true);
      assertThat(Arrays.values(layer.forward(x, Mode.TRAINING))).isEqualTo(y);
      assertThat(Arrays.values(layer.backward(dy))).isEqualTo(dx);
      return null;
    });
  }
}
