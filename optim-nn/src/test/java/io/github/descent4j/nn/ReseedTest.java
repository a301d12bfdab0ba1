package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The masks of a network follow from its last seed alone, in every part of a batch that is cut. */
class ReseedTest {
  private static final int FEATURES = 32;

  @ParameterizedTest
  @ValueSource(ints = {5, 1024})
  void everyExampleHasAMaskOfTheLastSeed(int batch) {
    requireMasks(network(), batch);
  }

  /** Behind convolutions a dense layer and what follows run for the whole batch. */
  @ParameterizedTest
  @ValueSource(ints = {5, 64})
  void alsoBehindConvolutions(int batch) {
    Sequential network = Sequential.builder(DataType.FLOAT, 7)
        .input(1, 4, FEATURES / 4)
        .conv2d("conv", 1, 1)
        .flatten()
        .dense("fc", FEATURES)
        .dropout(0.5)
        .build();
    network.parameters().get("conv.weight").value().assign(1);
    network.parameters().get("fc.weight").value().assign(Nd4j.eye(FEATURES));
    requireMasks(network, batch);
  }

  private static void requireMasks(Sequential network, int batch) {
    double[][] first = masks(network, 1, batch);
    double[][] second = masks(network, 2, batch);
    double[][] again = masks(network, 1, batch);
    for (int i = 0; i < batch; i++) {
      assertThat(again[i]).as("example %d", i).isEqualTo(first[i]);
      assertThat(second[i]).as("example %d", i).isNotEqualTo(first[i]);
      // 2^-32 by chance; a part that repeats another one's numbers has all of its masks twice.
      assertThat(first[i]).as("example %d", i).isNotEqualTo(first[(i + batch / 2) % batch]);
    }
  }

  /** Shows the mask: the layer behind dropout changes nothing. */
  private static Sequential network() {
    Sequential network = Sequential.builder(DataType.FLOAT, 7)
        .input(FEATURES)
        .dropout(0.5)
        .dense("fc", FEATURES)
        .build();
    network.parameters().get("fc.weight").value().assign(Nd4j.eye(FEATURES));
    return network;
  }

  private static double[][] masks(Sequential network, long seed, int batch) {
    network.reseed(seed);
    long[] shape = network.layers().get(0) instanceof Conv2d
        ? new long[] {batch, 1, 4, FEATURES / 4}
        : new long[] {batch, FEATURES};
    INDArray y = network.forward(Nd4j.ones(DataType.FLOAT, shape), Mode.TRAINING);
    return y.castTo(DataType.DOUBLE).toDoubleMatrix();
  }
}
