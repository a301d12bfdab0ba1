package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Adam;
import io.github.descent4j.nn.Sequential;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.deallocation.DeallocatorService;
import org.nd4j.linalg.factory.Nd4j;

/** Training keeps its arrays: neither the heap nor off-heap memory grows with the number of steps. */
@Tag("slow")
class MemoryGrowthTest {
  private static final int SIZE = 100;
  private static final long MEBIBYTE = 1 << 20;

  /** Two of an array: less than one array for a hundred steps. */
  private static final long BUFFERS = 100;

  /** How often the collector is asked before a growth counts as one. */
  private static final int COLLECTIONS = 25;

  @ParameterizedTest
  @ValueSource(ints = {8, 32})
  void thousandsOfSteps(int batchSize) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(1);
    float[] features = new float[SIZE * 100];
    int[] labels = new int[SIZE];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextDouble();
    }
    for (int i = 0; i < SIZE; i++) {
      labels[i] = random.nextInt(4);
    }
    Sequential network = Sequential.builder(DataType.FLOAT, 1)
        .input(1, 10, 10)
        .conv2d("conv1", 4, 3)
        .relu()
        .maxPool2d(2)
        .flatten()
        .dropout(0.2)
        .dense("fc1", 4)
        .build();
    Trainer trainer =
        Trainer.builder(network, new Adam(1e-3)).batchSize(batchSize).build();
    Dataset dataset = InMemoryDataset.of(features, labels, 4, 1, 10, 10);

    trainer.fit(dataset, 40);
    trainer.evaluate(dataset);
    collect();
    collect();
    long buffers = buffers();
    long heap = heap();
    long resident = Pointer.physicalBytes();
    for (int i = 0; i < 4; i++) {
      trainer.fit(dataset, 15 * batchSize);
      trainer.evaluate(dataset);
    }

    assertThat(growth(MemoryGrowthTest::buffers, buffers, BUFFERS))
        .as("growth of buffers in use")
        .isLessThan(BUFFERS);
    assertThat(growth(MemoryGrowthTest::heap, heap, 4 * MEBIBYTE))
        .as("growth of heap bytes in use")
        .isLessThan(4 * MEBIBYTE);
    assertThat(Pointer.physicalBytes() - resident)
        .as("growth of resident bytes")
        .isLessThan(200 * MEBIBYTE);
  }

  /**
   * How far what is in use is above what it was. Buffers that nobody reaches are released by a thread of ND4J's some
   * time after the collector has found them, so a growth of {@code bound} or more gets more collections before it is believed.
   */
  private static long growth(LongSupplier inUse, long before, long bound)
      throws InterruptedException {
    long growth = inUse.getAsLong() - before;
    for (int i = 0; i < COLLECTIONS && growth >= bound; i++) {
      collect();
      growth = inUse.getAsLong() - before;
    }
    return growth;
  }

  /** Of ND4J's arrays, which JavaCPP does not count: its service knows each that has not been released. */
  private static long buffers() {
    try {
      Field references = DeallocatorService.class.getDeclaredField("referenceMap");
      references.setAccessible(true);
      return ((Map<?, ?>) references.get(Nd4j.getDeallocatorService())).size();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.toString(), e);
    }
  }

  private static long heap() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static void collect() throws InterruptedException {
    System.gc();
    Thread.sleep(200);
  }
}
