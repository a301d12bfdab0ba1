package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Sgd;
import io.github.descent4j.nn.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a training on several machines draws, which is what a {@link Trainer} draws. */
class TrainingSeedsTest {

  @Test
  void theOrderIsThatOfATrainer() {
    List<Integer> read = new ArrayList<>();
    Dataset dataset = new ForwardingDataset(InMemoryDataset.of(new float[30], new int[30], 2, 1)) {
      @Override
      public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
        IntStream.range(from, from + count).forEach(i -> read.add(indices[i]));
        super.read(indices, from, count, features, labels);
      }
    };
    Sequential network =
        Sequential.builder(DataType.FLOAT, 3).input(1).dense("fc", 2).build();
    Trainer trainer = Trainer.builder(network, new Sgd(0)).batchSize(7).seed(11).build();
    TrainingSeeds seeds = new TrainingSeeds(11);
    for (int epoch = 1; epoch <= 3; epoch++) {
      read.clear();
      trainer.fit(dataset, 1);
      assertThat(read).isEqualTo(IntStream.of(seeds.order(epoch, 30)).boxed().toList());
    }
  }

  @Test
  void oneExampleHasOneOrder() {
    assertThat(new TrainingSeeds(1).order(1, 1)).containsExactly(0);
  }

  @Test
  void stepsAndEpochsHaveSeedsOfTheirOwn() {
    TrainingSeeds seeds = new TrainingSeeds(5);
    assertThat(IntStream.range(0, 100).mapToObj(seeds::ofStep)).doesNotHaveDuplicates();
    assertThat(IntStream.range(1, 100).mapToObj(seeds::ofEpoch)).doesNotHaveDuplicates();
  }

  @Test
  void refusesWhatIsBelowOne() {
    TrainingSeeds seeds = new TrainingSeeds(5);
    assertThatThrownBy(() -> seeds.order(1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("size is 0, expected at least 1");
    assertThatThrownBy(() -> seeds.order(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("epoch is 0, expected at least 1");
  }
}
