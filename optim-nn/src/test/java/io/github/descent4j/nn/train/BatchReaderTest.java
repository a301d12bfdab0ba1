package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.nn.Property;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Batches of which a part has been read ahead when they are needed. */
@Timeout(120)
class BatchReaderTest {
  private static final int SIZE = 80;
  private static final int THREADS = ForkJoinPool.getCommonPoolParallelism() + 1;

  /** Example i is at index 79 - i. */
  private static final int[] BACKWARDS =
      IntStream.range(0, SIZE).map(i -> SIZE - 1 - i).toArray();

  /** Each call's thread and number of examples. */
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  private final Thread caller = Thread.currentThread();
  private final CountDownLatch begun = new CountDownLatch(1);

  /** Calls that have ended. */
  private final AtomicInteger ended = new AtomicInteger();

  private volatile boolean over;

  @AfterEach
  void letGo() {
    over = true;
  }

  /** A call by another thread ends when the caller sleeps, in wait for it. */
  private Dataset watched(Dataset dataset) {
    return new ForwardingDataset(dataset) {
      @Override
      public boolean canReadAhead() {
        return true;
      }

      @Override
      public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
        boolean ahead = Thread.currentThread() != caller;
        calls.add((ahead ? "ahead " : "in time ") + count);
        begun.countDown();
        while (ahead && !over && caller.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
        super.read(indices, from, count, features, labels);
        ended.incrementAndGet();
      }
    };
  }

  /** A reader that has been asked to read examples ahead, and is in the first piece of a dataset that is {@link #watched}. */
  private BatchReader begun(Dataset dataset, int[] indices, int from, int count) {
    return Property.withThreads(THREADS, () -> {
      BatchReader reader = new BatchReader(DataType.FLOAT);
      reader.readAhead(dataset, indices, from, count);
      try {
        // With a limit it is not the wait that the dataset looks for.
        assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return reader;
    });
  }

  /** A reader that has been asked to read examples ahead, and was stopped in the first piece. */
  private BatchReader interrupted(Dataset dataset, int from, int count) {
    BatchReader reader = begun(dataset, BACKWARDS, from, count);
    reader.endReadingAhead();
    return reader;
  }

  private static INDArray features() {
    return Nd4j.arange(SIZE * 6).castTo(DataType.FLOAT).reshape(SIZE, 1, 2, 3);
  }

  @Test
  void theRestOfABatchIsReadWhenItIsNeeded() {
    int[] labels = IntStream.range(0, SIZE).map(i -> i % 7).toArray();
    Dataset dataset = watched(InMemoryDataset.of(features(), labels, 7));
    BatchReader reader = interrupted(dataset, 5, 70);
    assertThat(calls).containsExactly("ahead 8");
    reader.read(dataset, BACKWARDS, 5, 70);
    assertThat(calls).containsExactly("ahead 8", "in time 62");
    assertThat(reader.features().shape()).containsExactly(70, 1, 2, 3);
    for (int i = 0; i < 70; i++) {
      int example = SIZE - 1 - (5 + i);
      assertThat(reader.features().getFloat(i, 0, 1, 2)).isEqualTo(example * 6 + 5);
      assertThat(reader.targets().labels()[i]).isEqualTo(example % 7);
    }
  }

  @Test
  void imagesThatAreChangedAreReadInLongerPieces() {
    ImageAugmentation augmentation = ImageAugmentation.builder().shift(1).build();
    Dataset images = watched(InMemoryDataset.of(features(), new int[SIZE], 1));
    Dataset dataset = AugmentedDataset.of(images, augmentation, 3);
    BatchReader reader = interrupted(dataset, 5, 70);
    INDArray expected = Nd4j.create(DataType.FLOAT, 70, 1, 2, 3);
    reader.read(dataset, BACKWARDS, 5, 70);
    assertThat(calls).containsExactly("ahead 32", "in time 38");
    dataset.read(BACKWARDS, 5, 70, expected, new int[70]);
    assertThat(reader.features()).isEqualTo(expected);
  }

  @Test
  void theRestOfItsValuesToo() {
    INDArray values = Nd4j.arange(SIZE * 2).castTo(DataType.FLOAT).reshape(SIZE, 2);
    Dataset dataset = watched(ValueDataset.of(features(), values));
    BatchReader reader = interrupted(dataset, 0, 50);
    reader.read(dataset, BACKWARDS, 0, 50);
    assertThat(calls).containsExactly("ahead 8", "in time 42");
    assertThat(reader.targets().values().shape()).containsExactly(50, 2);
    for (int i = 0; i < 50; i++) {
      int example = SIZE - 1 - i;
      assertThat(reader.targets().values().getFloat(i, 1)).isEqualTo(example * 2 + 1);
      assertThat(reader.features().getFloat(i, 0, 0, 0)).isEqualTo(example * 6);
    }
  }

  /** Smaller than a piece, and another batch than was read ahead. */
  @Test
  void whatWasReadAheadOfAnotherBatchIsNotUsed() {
    Dataset dataset = watched(InMemoryDataset.of(features(), new int[SIZE], 1));
    BatchReader reader = interrupted(dataset, 5, 70);
    reader.read(dataset, BACKWARDS, 5, 3);
    assertThat(calls).containsExactly("ahead 8", "in time 3");
    assertThat(reader.features().shape()).containsExactly(3, 1, 2, 3);
    assertThat(reader.features().getFloat(2, 0, 0, 0)).isEqualTo((SIZE - 1 - 7) * 6);
  }

  @Test
  void aFailureAheadIsThrownWhenTheBatchIsNeededAndNothingMoreIsRead() {
    IllegalStateException damaged = new IllegalStateException("damaged");
    Dataset images = InMemoryDataset.of(features(), new int[SIZE], 1);
    Dataset dataset = watched(new ForwardingDataset(images) {
      @Override
      public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
        throw damaged;
      }
    });
    BatchReader reader = interrupted(dataset, 0, 50);
    assertThatThrownBy(() -> reader.read(dataset, BACKWARDS, 0, 50)).isSameAs(damaged);
    assertThat(calls).containsExactly("ahead 8");
  }

  @Test
  void aPieceUnderWayEndsBeforeTheRestIsRead() {
    Dataset dataset = watched(InMemoryDataset.of(features(), new int[SIZE], 1));
    BatchReader reader = begun(dataset, BACKWARDS, 5, 70);
    reader.read(dataset, BACKWARDS, 5, 70);
    assertThat(calls).containsExactly("ahead 8", "in time 62");
  }

  /** The order of the next epoch is in the same array as that of the last one. */
  @Test
  void whatWasReadAheadAndForgottenIsReadAnew() {
    Dataset dataset = watched(InMemoryDataset.of(features(), new int[SIZE], 1));
    int[] order = BACKWARDS.clone();
    BatchReader reader = begun(dataset, order, 5, 70);
    reader.forget();
    assertThat(ended).hasValue(1);
    order[5] = 3;
    reader.read(dataset, order, 5, 70);
    assertThat(calls).containsExactly("ahead 8", "in time 70");
    assertThat(reader.features().getFloat(0, 0, 0, 0)).isEqualTo(3 * 6);
  }

  @Test
  void aBatchThatIsBehindIsReadAnew() {
    Dataset dataset = InMemoryDataset.of(features(), new int[SIZE], 1);
    int[] order = BACKWARDS.clone();
    BatchReader reader = Property.withThreads(THREADS, () -> {
      BatchReader twice = new BatchReader(DataType.FLOAT);
      twice.read(dataset, order, 0, 40);
      twice.readAhead(dataset, order, 40, 40);
      twice.read(dataset, order, 40, 40);
      return twice;
    });
    order[0] = 3;
    reader.read(dataset, order, 0, 40);
    assertThat(reader.features().getFloat(0, 0, 0, 0)).isEqualTo(3 * 6);
  }
}
