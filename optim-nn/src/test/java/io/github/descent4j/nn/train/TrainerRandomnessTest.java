package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Sgd;
import io.github.descent4j.nn.Dense;
import io.github.descent4j.nn.Dropout;
import io.github.descent4j.nn.Layer;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a trainer draws, and the setting of the process that it borrows. */
class TrainerRandomnessTest {
  private final int threads = Nd4j.factory().blas().getMaxThreads();

  @AfterEach
  void restoreThreads() {
    Nd4j.factory().blas().setMaxThreads(threads);
  }

  /** Remembers what comes through in training. */
  private static final class Witness implements Layer {
    private final List<List<Double>> seen = new ArrayList<>();

    @Override
    public INDArray forward(INDArray input, Mode mode) {
      if (mode == Mode.TRAINING) {
        List<Double> values = new ArrayList<>();
        for (double value : input.dup('c').data().asDouble()) {
          values.add(value);
        }
        seen.add(values);
      }
      return input;
    }

    @Override
    public INDArray backward(INDArray outputGradient) {
      return outputGradient;
    }
  }

  private static Witness train(long seed, int epochs) {
    Witness witness = new Witness();
    Sequential network = Sequential.of(
        DataType.FLOAT,
        new Dropout(0.5, new SplittableRandom(3)),
        witness,
        new Dense("fc", Nd4j.create(DataType.FLOAT, 2, 32), Nd4j.create(DataType.FLOAT, 2)));
    float[] ones = new float[8 * 32];
    Arrays.fill(ones, 1);
    Dataset dataset = InMemoryDataset.of(ones, new int[8], 2, 32);
    Trainer.builder(network, new Sgd(0.1)).batchSize(2).seed(seed).build().fit(dataset, epochs);
    return witness;
  }

  @Test
  void everyStepHasAMaskOfItsOwnThatFollowsFromTheSeed() {
    List<List<Double>> masks = train(5, 3).seen;
    assertThat(masks).hasSize(12).doesNotHaveDuplicates();
    assertThat(train(5, 3).seen).isEqualTo(masks);
    assertThat(train(6, 3).seen).doesNotContainAnyElementsOf(masks);
  }

  /** 24 orders of four examples, 100 times each on average: Pearson's chi-squared at 23 degrees of freedom. */
  @Test
  void everyOrderIsAsProbableAsTheOthers() {
    Map<String, Integer> orders = new HashMap<>();
    Dataset dataset = new Dataset() {
      @Override
      public int size() {
        return 4;
      }

      @Override
      public long[] exampleShape() {
        return new long[] {1};
      }

      @Override
      public int classes() {
        return 2;
      }

      @Override
      public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
        orders.merge(
            Arrays.toString(Arrays.copyOfRange(indices, from, from + count)), 1, Integer::sum);
      }
    };
    Sequential network =
        Sequential.builder(DataType.FLOAT, 3).input(1).dense("fc", 2).build();
    Trainer.builder(network, new Sgd(0)).batchSize(4).seed(11).build().fit(dataset, 2400);
    assertThat(orders).hasSize(24);
    double chiSquared = orders.values().stream()
        .mapToDouble(n -> (n - 100.0) * (n - 100.0) / 100)
        .sum();
    // 999 of 1000 fair shuffles are below.
    assertThat(chiSquared).isLessThan(49.7);
  }

  @Test
  void theThreadsOfMatrixProductsAreWhatTheyWereBefore() {
    Nd4j.factory().blas().setMaxThreads(2);
    Sequential network =
        Sequential.builder(DataType.FLOAT, 3).input(4).dense("fc", 2).build();
    Dataset dataset = InMemoryDataset.of(new float[6 * 4], new int[6], 2, 4);
    Trainer trainer = Trainer.builder(network, new Sgd(0.1)).build();
    trainer.fit(dataset, 1);
    assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(2);
    trainer.evaluate(dataset);
    assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(2);
    network.parameters().get("fc.bias").value().assign(Double.NaN);
    assertThatThrownBy(() -> trainer.fit(dataset, 1)).isInstanceOf(DivergedException.class);
    assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(2);
  }
}
