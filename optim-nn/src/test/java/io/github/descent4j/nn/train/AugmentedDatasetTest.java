package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Sgd;
import io.github.descent4j.nn.BlockedPool;
import io.github.descent4j.nn.Sequential;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class AugmentedDatasetTest {
  private static final int SIZE = 100;
  private static final int LENGTH = 2 * 9 * 8;
  private static final ImageAugmentation ALL = ImageAugmentation.builder()
      .shift(2)
      .rotation(20)
      .scale(0.2)
      .elastic(10, 3)
      .background(-1)
      .build();

  private static Dataset images() {
    SplittableRandom random = new SplittableRandom(1);
    float[] pixels = new float[SIZE * LENGTH];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble();
    }
    int[] labels = IntStream.range(0, SIZE).map(i -> i % 5).toArray();
    return InMemoryDataset.of(pixels, labels, 5, 2, 9, 8);
  }

  /** On a worker of another pool, while all workers of the common pool wait for the end of it. */
  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void readingEndsBesideABlockedPool() throws Exception {
    double[][] expected =
        read(AugmentedDataset.of(images(), ALL, 1), DataType.FLOAT, inOrder(), 50);
    AugmentedDataset dataset = AugmentedDataset.of(images(), ALL, 1);
    assertThat(BlockedPool.call(() -> read(dataset, DataType.FLOAT, inOrder(), 50)))
        .isDeepEqualTo(expected);
  }

  /** Example i of the data set in row i, read in the given order in batches of the given size. */
  private static double[][] read(Dataset dataset, DataType type, int[] order, int batch) {
    double[][] rows = new double[SIZE][];
    for (int from = 0; from < SIZE; from += batch) {
      int count = Math.min(batch, SIZE - from);
      INDArray features = Nd4j.create(type, count, 2, 9, 8);
      int[] labels = new int[count];
      dataset.read(order, from, count, features, labels);
      double[] pixels = features.data().asDouble();
      for (int i = 0; i < count; i++) {
        rows[order[from + i]] = Arrays.copyOfRange(pixels, i * LENGTH, (i + 1) * LENGTH);
        assertThat(labels[i]).isEqualTo(order[from + i] % 5);
      }
    }
    return rows;
  }

  private static int[] inOrder() {
    return IntStream.range(0, SIZE).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 31, 32, 33, 100})
  void theOrderAndTheSizeOfTheBatchesDoNotMatter(int batch) {
    AugmentedDataset dataset = AugmentedDataset.of(images(), ALL, 42);
    dataset.startEpoch(3);
    double[][] expected = read(dataset, DataType.FLOAT, inOrder(), 5);
    int[] backwards = IntStream.range(0, SIZE).map(i -> SIZE - 1 - i).toArray();
    AugmentedDataset another = AugmentedDataset.of(images(), ALL, 42);
    another.startEpoch(1);
    read(another, DataType.FLOAT, inOrder(), 10);
    another.startEpoch(3);
    assertThat(read(another, DataType.FLOAT, backwards, batch)).isDeepEqualTo(expected);
  }

  @Test
  void everyImageEpochAndSeedHasItsOwnChanges() {
    float[] same = new float[SIZE * LENGTH];
    for (int i = 0; i < same.length; i++) {
      same[i] = i % LENGTH;
    }
    Dataset equalImages =
        InMemoryDataset.of(same, IntStream.range(0, SIZE).map(i -> i % 5).toArray(), 5, 2, 9, 8);
    List<double[]> seen = new ArrayList<>();
    for (long seed = 0; seed < 2; seed++) {
      AugmentedDataset dataset = AugmentedDataset.of(equalImages, ALL, seed);
      for (int epoch = 1; epoch <= 3; epoch++) {
        dataset.startEpoch(epoch);
        seen.addAll(List.of(read(dataset, DataType.FLOAT, inOrder(), 50)));
      }
    }
    assertThat(seen.stream().map(Arrays::toString).distinct()).hasSize(6 * SIZE);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void settingsThatChangeNothingChangeNothing(DataType type) {
    Dataset images = images();
    Dataset dataset = AugmentedDataset.of(images, ImageAugmentation.builder().build(), 1);
    assertThat(read(dataset, type, inOrder(), 40)).isDeepEqualTo(read(images, type, inOrder(), 40));
    assertThat(dataset.size()).isEqualTo(SIZE);
    assertThat(dataset.classes()).isEqualTo(5);
    assertThat(dataset.exampleShape()).containsExactly(2, 9, 8);
  }

  @Test
  void batchesOfDoublesHaveTheSamePixels() {
    Dataset dataset = AugmentedDataset.of(images(), ALL, 1);
    assertThat(read(dataset, DataType.DOUBLE, inOrder(), 40))
        .isDeepEqualTo(read(dataset, DataType.FLOAT, inOrder(), 40));
  }

  @Test
  void theSeedMattersBeforeTheFirstEpochToo() {
    double[][] one = read(AugmentedDataset.of(images(), ALL, 1), DataType.FLOAT, inOrder(), SIZE);
    double[][] two = read(AugmentedDataset.of(images(), ALL, 2), DataType.FLOAT, inOrder(), SIZE);
    assertThat(one[0]).isNotEqualTo(two[0]);
  }

  @Test
  void targetsAreThoseOfTheImages() {
    Dataset values = new ForwardingDataset(images()) {
      @Override
      public void readTargets(int[] indices, int from, int count, INDArray targets) {
        targets.putScalar(0, 100 * indices[from] + count);
      }
    };
    INDArray targets = Nd4j.create(DataType.FLOAT, 1, 1);
    AugmentedDataset.of(values, ALL, 1).readTargets(new int[] {3, 7}, 1, 1, targets);
    assertThat(targets.getDouble(0)).isEqualTo(701);
  }

  @Test
  void outsideIsBackground() {
    ImageAugmentation far =
        ImageAugmentation.builder().shift(1e6).background(-7).build();
    double[][] rows = read(AugmentedDataset.of(images(), far, 1), DataType.FLOAT, inOrder(), SIZE);
    assertThat(Arrays.stream(rows).filter(row -> Arrays.stream(row).allMatch(v -> v == -7)))
        .hasSizeGreaterThan(90);
  }

  /** Displacements beyond a float's range, with and against each other. */
  @Test
  void whatMovesOutOfAllRangeIsBackground() {
    ImageAugmentation far = ImageAugmentation.builder()
        .shift(1e300)
        .elastic(1e300, 3)
        .background(-7)
        .build();
    double[][] rows = read(AugmentedDataset.of(images(), far, 1), DataType.FLOAT, inOrder(), SIZE);
    assertThat(Arrays.stream(rows).flatMapToDouble(Arrays::stream)).containsOnly(-7.0);
  }

  @Test
  void theTrainerSaysWhichEpochBegins() {
    List<Integer> epochs = new ArrayList<>();
    Dataset watched = new ForwardingDataset(images()) {
      @Override
      public void startEpoch(int epoch) {
        epochs.add(epoch);
      }
    };
    Sequential network = Sequential.builder(DataType.FLOAT, 1)
        .input(2, 9, 8)
        .flatten()
        .dense("fc", 5)
        .build();
    Trainer trainer = Trainer.builder(network, new Sgd(0.1)).build();
    Dataset dataset = AugmentedDataset.of(watched, ALL, 1);
    trainer.fit(dataset, 2);
    trainer.evaluate(dataset);
    trainer.fit(dataset, 1);
    assertThat(epochs).containsExactly(1, 2, 3);
  }

  @Test
  void refusesWhatAreNoImages() {
    Dataset rows = InMemoryDataset.of(new float[6], new int[2], 2, 3);
    assertThatThrownBy(() -> AugmentedDataset.of(rows, ALL, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("examples have shape [3], expected [channels, height, width]");
  }

  /** Where pixels come from is a float. */
  @Test
  void refusesImagesOfMorePixelsThanAFloatCounts() {
    long[] shape = {1, 4093, 4093};
    Dataset large = new ForwardingDataset(images()) {
      @Override
      public long[] exampleShape() {
        return shape;
      }
    };
    AugmentedDataset.of(large, ALL, 1);
    shape[1]++;
    assertThatThrownBy(() -> AugmentedDataset.of(large, ALL, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "examples have shape [1, 4094, 4093], expected (height + 3) * (width + 3) to be at most 2^24");
  }

  @Test
  void settingsHaveToBeInRange() {
    ImageAugmentation.Builder builder = ImageAugmentation.builder();
    assertThatThrownBy(() -> builder.shift(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shift is -1.0, expected a finite number of at least 0");
    assertThatThrownBy(() -> builder.rotation(181))
        .hasMessage("rotation is 181.0, expected a value in [0, 180]");
    assertThatThrownBy(() -> builder.scale(1))
        .hasMessage("scale is 1.0, expected a value in [0, 1)");
    assertThatThrownBy(() -> builder.elastic(Double.NaN, 4))
        .hasMessage("alpha is NaN, expected a finite number of at least 0");
    assertThatThrownBy(() -> builder.elastic(1, 0))
        .hasMessage("sigma is 0.0, expected a value in (0, 100]");
    assertThatThrownBy(() -> builder.background(Double.POSITIVE_INFINITY))
        .hasMessage("background is Infinity, expected a finite number");
    assertThatThrownBy(() -> builder.background(-1e39))
        .hasMessage("background is -1.0E39, expected a number in a float's range");
    assertThat(ALL).hasToString("shift 2.0, rotation 20.0, scale 0.2, elastic 10.0 (sigma 3.0)");
  }
}
