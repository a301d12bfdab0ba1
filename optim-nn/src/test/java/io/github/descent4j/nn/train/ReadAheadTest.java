package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Adam;
import io.github.descent4j.Parameter;
import io.github.descent4j.Sgd;
import io.github.descent4j.nn.BatchGradient;
import io.github.descent4j.nn.BlockedPool;
import io.github.descent4j.nn.Property;
import io.github.descent4j.nn.Sequential;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Batches that are read while the step before them is computed. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadAheadTest {
  private static final int SIZE = 103;
  private static final int BATCH = 16;

  /** With fewer, nothing is read ahead. */
  private static final int THREADS = ForkJoinPool.getCommonPoolParallelism() + 1;

  private static final ImageAugmentation MOVED =
      ImageAugmentation.builder().shift(2).rotation(20).elastic(10, 3).build();

  private static Dataset images() {
    SplittableRandom random = new SplittableRandom(5);
    float[] features = new float[SIZE * 64];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextDouble();
    }
    int[] labels = IntStream.range(0, SIZE).map(i -> i % 3).toArray();
    return InMemoryDataset.of(features, labels, 3, 1, 8, 8);
  }

  private static Sequential network() {
    return Sequential.builder(DataType.FLOAT, 3)
        .input(1, 8, 8)
        .conv2d("conv1", 3, 3)
        .relu()
        .flatten()
        .dropout(0.1)
        .dense("fc1", 3)
        .build();
  }

  /** Notes who reads what, and that there is one call at a time. */
  private static class Watched extends ForwardingDataset {
    final List<Integer> read = new ArrayList<>();
    final List<Thread> readers = new ArrayList<>();
    final AtomicInteger underWay = new AtomicInteger();
    private final boolean ahead;
    private final AtomicInteger calls = new AtomicInteger();

    Watched(Dataset dataset, boolean ahead) {
      super(dataset);
      this.ahead = ahead;
    }

    @Override
    public boolean canReadAhead() {
      return ahead;
    }

    @Override
    public void startEpoch(int epoch) {
      assertThat(calls).hasValue(0);
      super.startEpoch(epoch);
    }

    @Override
    public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
      assertThat(calls.incrementAndGet()).isOne();
      for (int i = 0; i < count; i++) {
        read.add(indices[from + i]);
      }
      readers.add(Thread.currentThread());
      super.read(indices, from, count, features, labels);
      calls.decrementAndGet();
    }
  }

  private static Trainer.Builder trainer(Sequential network) {
    return Trainer.builder(network, new Adam(0.01)).batchSize(BATCH).seed(1);
  }

  private static double[] values(Sequential network) {
    List<Parameter> parameters = new ArrayList<>();
    network.parameters().forEach(parameters::add);
    return parameters.stream()
        .flatMapToDouble(p -> Arrays.stream(p.value().dup().data().asDouble()))
        .toArray();
  }

  @Test
  void theNextBatchIsReadDuringAStep() {
    CountDownLatch secondRead = new CountDownLatch(2);
    Watched dataset = counted(secondRead);
    Property.withThreads(THREADS, () -> {
      trainer(network()).gradient(after(secondRead)).build().fit(dataset, 1);
      return null;
    });
    assertThat(dataset.readers.get(0)).isSameAs(Thread.currentThread());
    assertThat(dataset.readers.get(1)).isNotSameAs(Thread.currentThread());
  }

  private static Watched counted(CountDownLatch reads) {
    return new Watched(images(), true) {
      @Override
      public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
        super.read(indices, from, count, features, labels);
        reads.countDown();
      }
    };
  }

  private static BatchGradient after(CountDownLatch latch) {
    return (network, loss, features, targets, seed) -> {
      await(latch);
      return BatchGradient.backpropagation().compute(network, loss, features, targets, seed);
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static IntStream threads() {
    return IntStream.of(1, 2, 3, 7, THREADS);
  }

  @ParameterizedTest
  @MethodSource("threads")
  void bitsAndOrderAreThoseOfReadingInTime(int threads) {
    Watched inTime = new Watched(AugmentedDataset.of(images(), MOVED, 9), false);
    Sequential expected = network();
    Evaluation expectedResult = run(expected, inTime);
    Property.withThreads(threads, () -> {
      for (int repetition = 0; repetition < 5; repetition++) {
        Watched ahead = new Watched(AugmentedDataset.of(images(), MOVED, 9), true);
        Sequential network = network();
        assertThat(run(network, ahead)).isEqualTo(expectedResult);
        assertThat(values(network)).isEqualTo(values(expected));
        assertThat(ahead.read).isEqualTo(inTime.read);
      }
      return null;
    });
  }

  private static Evaluation run(Sequential network, Dataset dataset) {
    Trainer trainer = trainer(network).build();
    trainer.fit(dataset, 3);
    return trainer.evaluate(dataset);
  }

  @Test
  void withOneThreadAndByDefaultTheCallerReads() {
    for (int threads : new int[] {1, THREADS}) {
      Watched dataset = new Watched(images(), threads == 1);
      Property.withThreads(threads, () -> run(network(), dataset));
      assertThat(dataset.readers).containsOnly(Thread.currentThread());
    }
    Watched limited = new Watched(images(), true);
    Property.withThreads(THREADS, () -> {
      trainer(network()).threads(1).build().fit(limited, 1);
      return null;
    });
    assertThat(limited.readers).containsOnly(Thread.currentThread());
  }

  /** What a user has written is read by the thread that trains. What the library has may be read by others, and what changes images at length is. */
  @Test
  void whatTheLibraryHasMayBeReadAhead() {
    Dataset images = images();
    assertThat(images.canReadAhead()).isTrue();
    Dataset augmented = AugmentedDataset.of(images, MOVED, 9);
    assertThat(augmented.canReadAhead()).isTrue();
    INDArray values = Nd4j.create(DataType.FLOAT, 3, 2);
    assertThat(ValueDataset.of(values, values).canReadAhead()).isTrue();
    Dataset own = new ForwardingDataset(images);
    assertThat(own.canReadAhead()).isFalse();
    assertThat(AugmentedDataset.of(own, MOVED, 9).canReadAhead()).isFalse();
  }

  @Test
  void aListenerMayEvaluateTheSameDataset() {
    List<Evaluation> expected = evaluations(1, false);
    assertThat(evaluations(THREADS, true)).isEqualTo(expected).hasSize(16);
  }

  /** Reads by others than this thread take longer than a step. */
  private static Watched slow() {
    Thread caller = Thread.currentThread();
    return new Watched(images(), true) {
      @Override
      public long[] exampleShape() {
        if (Thread.currentThread() != caller) {
          underWay.incrementAndGet();
          LockSupport.parkNanos(20_000_000);
          underWay.decrementAndGet();
        }
        return super.exampleShape();
      }
    };
  }

  @Test
  void listenersFindNoReadUnderWay() {
    Watched slow = slow();
    List<Integer> seen = new ArrayList<>();
    Property.withThreads(THREADS, () -> {
      trainer(network())
          .listener(new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
              seen.add(slow.underWay.get());
            }
          })
          .build()
          .fit(slow, 1);
      return null;
    });
    assertThat(seen).hasSize(7).containsOnly(0);
  }

  private static List<Evaluation> evaluations(int threads, boolean ahead) {
    return Property.withThreads(threads, () -> {
      Watched dataset = new Watched(AugmentedDataset.of(images(), MOVED, 9), ahead);
      List<Evaluation> evaluations = new ArrayList<>();
      Trainer[] trainer = new Trainer[1];
      TrainingListener evaluating = new TrainingListener() {
        @Override
        public void onStep(StepMetrics metrics) {
          evaluations.add(trainer[0].evaluate(dataset));
        }

        @Override
        public void onEpoch(EpochMetrics metrics) {
          evaluations.add(trainer[0].evaluate(dataset));
        }
      };
      trainer[0] = trainer(network()).listener(evaluating).build();
      trainer[0].fit(dataset, 2);
      return evaluations;
    });
  }

  @Test
  void aTrainingThatIsStoppedGoesOnWithTheSameBits() {
    Sequential whole = network();
    trainer(whole).build().fit(AugmentedDataset.of(images(), MOVED, 9), 3);
    Property.withThreads(THREADS, () -> {
      Sequential network = network();
      Dataset dataset = AugmentedDataset.of(images(), MOVED, 9);
      int[] asked = new int[1];
      Trainer trainer = trainer(network).stopWhen(() -> ++asked[0] % 5 == 0).build();
      while (trainer.progress().epochs() < 3) {
        trainer.fit(dataset, 1);
      }
      assertThat(values(network)).isEqualTo(values(whole));
      return null;
    });
  }

  /** The batch of step 4, which is read in step 3. */
  @Test
  void whatAReadThrowsIsThrownWhenTheBatchIsNeeded() {
    IllegalStateException damaged = new IllegalStateException("damaged");
    Watched dataset = new Watched(images(), true) {
      private boolean thrown;

      @Override
      public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
        super.read(indices, from, count, features, labels);
        if (read.size() > 3 * BATCH && !thrown) {
          thrown = true;
          throw damaged;
        }
      }
    };
    Property.withThreads(THREADS, () -> {
      List<StepMetrics> steps = new ArrayList<>();
      Trainer trainer = trainer(network())
          .listener(new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
              steps.add(metrics);
            }
          })
          .build();
      assertThatThrownBy(() -> trainer.fit(dataset, 1)).isSameAs(damaged);
      assertThat(steps).hasSize(3);
      assertThat(trainer.progress().batches()).isEqualTo(3);
      trainer.fit(dataset, 1);
      assertThat(steps).hasSize(7);
      return null;
    });
  }

  @Test
  void noReadIsUnderWayAfterAStepThatThrows() {
    Watched dataset = slow();
    BatchGradient failing = (network, loss, features, targets, seed) -> {
      LockSupport.parkNanos(5_000_000); // until the other thread reads
      throw new IllegalStateException("stop");
    };
    Property.withThreads(THREADS, () -> {
      Trainer trainer = Trainer.builder(network(), new Sgd())
          .gradient(failing)
          .batchSize(BATCH)
          .build();
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> trainer.fit(dataset, 1)).hasMessage("stop");
        assertThat(dataset.underWay).hasValue(0);
      }
      return null;
    });
  }

  /** On a worker of another pool, while all workers of the common pool wait for the end of it. */
  @Test
  void aTrainingEndsBesideABlockedPool() throws Exception {
    Sequential expected = network();
    run(expected, images());
    double[] actual = BlockedPool.call(() -> Property.withThreads(THREADS, () -> {
      Sequential network = network();
      run(network, images());
      return values(network);
    }));
    assertThat(actual).isEqualTo(values(expected));
  }

  /** The order of the other epoch is in the same array, and the batch begins at the same place of it. */
  @Test
  void whatWasReadAheadOfOneEpochIsNotTakenForAnothers() {
    CountDownLatch secondRead = new CountDownLatch(2);
    Watched dataset = counted(secondRead);
    Property.withThreads(THREADS, () -> {
      int[] asked = new int[1];
      Trainer trainer = trainer(network())
          .gradient(after(secondRead))
          .stopWhen(() -> ++asked[0] == 2)
          .build();
      trainer.fit(dataset, 1);
      assertThat(trainer.progress().batches()).isOne();
      trainer.resume(new Progress(8, 1, 1, BATCH, 1, 1, 1));
      dataset.read.clear();
      trainer.fit(dataset, 1);
      return null;
    });
    List<Integer> order =
        IntStream.of(new TrainingSeeds(1).order(2, SIZE)).boxed().toList();
    assertThat(dataset.read).isEqualTo(order.subList(BATCH, SIZE));
  }
}
