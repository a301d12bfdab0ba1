package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Parameter;
import io.github.descent4j.nn.memory.Memory;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Products of a batch that a layer has to itself, whose pieces threads share. */
class DenseThreadsTest {
  private static final int ROWS = 128;
  private static final int INPUTS = 300;
  private static final int OUTPUTS = 256;

  private final int blasThreads = Nd4j.factory().blas().getMaxThreads();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** What the loops were called for. */
  private final Set<String> calls = ConcurrentHashMap.newKeySet();

  /** Null where nobody has to wait. */
  private volatile CyclicBarrier barrier;

  @AfterEach
  void restoreThreads() {
    Nd4j.factory().blas().setMaxThreads(blasThreads);
  }

  /** Loops that note who stores; meanwhile the first two threads may have to wait for each other. */
  @SuppressWarnings("unchecked") // The proxy is of the one interface, and hands everything on.
  private Loops<float[]> noted() {
    return (Loops<float[]>) Proxy.newProxyInstance(
        Loops.class.getClassLoader(), new Class<?>[] {Loops.class}, (proxy, method, arguments) -> {
          calls.add(method.getName());
          boolean first = method.getName().equals("put") && threads.add(Thread.currentThread());
          if (first && barrier != null) {
            meet();
          }
          return method.invoke(FloatLoops.INSTANCE, arguments);
        });
  }

  private void meet() {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no second thread came", e);
    }
  }

  private static Parameter parameter(String name, long seed, long... shape) {
    return Parameter.of(
        name, Arrays.random(DataType.FLOAT, seed, shape), Nd4j.create(DataType.FLOAT, shape));
  }

  private DenseProducts<float[]> products() {
    return products(work -> false);
  }

  private DenseProducts<float[]> products(LongPredicate readsInPlace) {
    return new DenseProducts<>(
        noted(),
        parameter("weight", 1, OUTPUTS, INPUTS),
        parameter("bias", 2, OUTPUTS),
        readsInPlace);
  }

  private static INDArray batch() {
    return Arrays.random(DataType.FLOAT, 3, ROWS, INPUTS);
  }

  private static Memory gradient() {
    return Memory.of(Arrays.random(DataType.FLOAT, 4, ROWS, OUTPUTS));
  }

  private static Memory output() {
    return Memory.of(Nd4j.create(DataType.FLOAT, ROWS, OUTPUTS));
  }

  @Test
  void twoThreadsShareABatch() {
    Nd4j.factory().blas().setMaxThreads(1);
    Property.withThreads(2, () -> {
      DenseProducts<float[]> products = products();
      products.divide(true);
      barrier = new CyclicBarrier(2);
      products.forward(Memory.of(batch()), output());
      assertThat(threads).hasSize(2);
      return null;
    });
  }

  /** Where inputs are left out, each thread puts the gradients of its outputs where they belong. */
  @Test
  void twoThreadsShareTheGradientOfWhatWasPacked() {
    Nd4j.factory().blas().setMaxThreads(1);
    Property.withThreads(2, () -> {
      DenseProducts<float[]> products = products();
      products.divide(true);
      INDArray x = batch();
      x.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 100)).assign(0.5);
      products.forward(Memory.of(x), output());
      threads.clear();
      barrier = new CyclicBarrier(2);
      products.backward(Memory.of(x), gradient(), null);
      assertThat(threads).hasSize(2);
      return null;
    });
  }

  @Test
  void nothingIsPackedWhereProductsAreReadInPlace() {
    INDArray x = batch();
    x.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 100)).assign(0.5);
    products().forward(Memory.of(x), output());
    assertThat(calls).contains("pick");
    calls.clear();
    List<Long> asked = new ArrayList<>();
    products(work -> asked.add(work)).forward(Memory.of(x), output());
    assertThat(calls).contains("put").doesNotContain("pick");
    assertThat(asked).containsExactly((long) ROWS * INPUTS * OUTPUTS);
  }

  @Test
  void aShardStaysOnItsThread() {
    Nd4j.factory().blas().setMaxThreads(1);
    assertOneThread(false);
  }

  /** BLAS shares the products out then. */
  @Test
  void nobodyHelpsBesideTheThreadsOfBlas() {
    Nd4j.factory().blas().setMaxThreads(2);
    assertOneThread(true);
  }

  private void assertOneThread(boolean divide) {
    Property.withThreads(2, () -> {
      DenseProducts<float[]> products = products();
      products.divide(divide);
      products.forward(Memory.of(batch()), output());
      products.backward(Memory.of(batch()), gradient(), null);
      assertThat(threads).containsExactly(Thread.currentThread());
      return null;
    });
  }
}
