package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class InMemoryDatasetTest {

  @ParameterizedTest
  @CsvSource({"FLOAT, FLOAT", "FLOAT, DOUBLE", "DOUBLE, FLOAT", "DOUBLE, DOUBLE"})
  void readsTheAskedRowsAndLeavesTheOthersAlone(DataType held, DataType asked) {
    INDArray all = Nd4j.arange(12).castTo(held).reshape(4, 3);
    Dataset dataset = InMemoryDataset.of(all.dup('f'), new int[] {0, 1, 2, 1}, 3);
    INDArray features = Nd4j.valueArrayOf(new long[] {3, 3}, -1.0).castTo(asked);
    int[] labels = {7, 7, 7};
    dataset.read(new int[] {0, 3, 1, 2}, 1, 2, features, labels);
    assertThat(features.data().asDouble()).containsExactly(9, 10, 11, 3, 4, 5, -1, -1, -1);
    assertThat(labels).containsExactly(1, 1, 7);
  }

  @Test
  void describesItself() {
    Dataset dataset = InMemoryDataset.of(new float[2 * 12], new int[] {0, 1}, 5, 1, 3, 4);
    assertThat(dataset.size()).isEqualTo(2);
    assertThat(dataset.classes()).isEqualTo(5);
    assertThat(dataset.exampleShape()).containsExactly(1, 3, 4);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> InMemoryDataset.of(new float[5], new int[2], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("features has 5 elements, expected 6, for 2 labels and examples of shape [3]");
    assertThatThrownBy(() -> InMemoryDataset.of(new float[6], new int[] {0, 2}, 2, 3))
        .hasMessage("label of example 1 is 2, expected a value in [0, 2)");
    INDArray two = Nd4j.create(DataType.FLOAT, 2, 3);
    assertThatThrownBy(() -> InMemoryDataset.of(two, new int[3], 2))
        .hasMessage("labels has 3 elements, expected 2");
    assertThatThrownBy(() -> InMemoryDataset.of(Nd4j.create(DataType.FLOAT, 2), new int[2], 2))
        .hasMessage("features has shape [2], expected [size, ...] with at least one example");
    Dataset dataset = InMemoryDataset.of(two, new int[2], 2);
    INDArray small = Nd4j.create(DataType.FLOAT, 1, 3);
    assertThatThrownBy(() -> dataset.read(new int[] {0, 1}, 0, 2, small, new int[2]))
        .hasMessage("features has shape [1, 3], expected at least 2 examples of shape [3]");
    assertThatThrownBy(() -> dataset.read(new int[] {0}, 0, 1, two.dup('f'), new int[1]))
        .hasMessage("features has strides [1, 2], expected 'c' order without gaps");
  }

  @Test
  void anExampleMayBeANumber() {
    Dataset dataset = InMemoryDataset.of(new float[] {5, 7}, new int[] {0, 1}, 2, 1);
    INDArray features = Nd4j.create(DataType.FLOAT, 2, 1);
    dataset.read(new int[] {1, 0}, 0, 2, features, new int[2]);
    assertThat(features.data().asDouble()).containsExactly(7, 5);
  }
}
