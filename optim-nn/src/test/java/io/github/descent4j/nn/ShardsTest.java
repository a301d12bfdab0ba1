package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A batch that is computed as shards, against the same layers one after another over the whole batch. */
@Tag("slow")
class ShardsTest {
  private final int threads = Nd4j.factory().blas().getMaxThreads();

  @AfterEach
  void restoreThreads() {
    Nd4j.factory().blas().setMaxThreads(threads);
  }

  private static Sequential network(DataType type) {
    return Sequential.builder(type, 7)
        .input(2, 10, 9)
        .conv2d("conv1", 5, 3, 1, 1)
        .relu()
        .maxPool2d(2)
        .flatten()
        .dense("fc1", 12)
        .sigmoid()
        .dense("fc2", 6)
        .tanh()
        .dense("fc3", 4)
        .build();
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16, 33, 64, 95, 256})
  void agreesWithTheWholeBatch(int batch) {
    Sequential network = network(DataType.DOUBLE);
    INDArray x = Arrays.random(DataType.DOUBLE, 1, batch, 2, 10, 9);
    INDArray dy = Arrays.random(DataType.DOUBLE, 2, batch, 4);
    INDArray expected = x;
    for (Layer layer : network.layers()) {
      expected = layer.forward(expected, Mode.TRAINING);
    }
    INDArray expectedGradient = dy;
    for (int i = network.layers().size() - 1; i >= 0; i--) {
      expectedGradient = network.layers().get(i).backward(expectedGradient);
    }
    List<double[]> values = List.of(Arrays.values(expected), Arrays.values(expectedGradient));
    List<double[]> gradients = gradients(network.parameters());

    compare(network.forward(x, Mode.TRAINING), values.get(0));
    compare(network.backward(dy), values.get(1));
    compareAll(gradients(network.parameters()), gradients);
    network.parameters().forEach(parameter -> parameter.gradient().assign(9));
    network.backwardParameters(dy);
    compareAll(gradients(network.parameters()), gradients);
  }

  @ParameterizedTest
  @ValueSource(ints = {511, 512, 513, 1100})
  void denseNetworksAgreeToo(int batch) {
    Sequential network = Sequential.builder(DataType.DOUBLE, 7)
        .input(6)
        .dense("fc1", 5)
        .relu()
        .dense("fc2", 4)
        .build();
    INDArray x = Arrays.random(DataType.DOUBLE, 1, batch, 6);
    INDArray dy = Arrays.random(DataType.DOUBLE, 2, batch, 4);
    List<Layer> layers = network.layers();
    INDArray expected = x;
    for (Layer layer : layers) {
      expected = layer.forward(expected, Mode.TRAINING);
    }
    layers.get(0).backward(layers.get(1).backward(layers.get(2).backward(dy)));
    double[] values = Arrays.values(expected);
    List<double[]> gradients = gradients(network.parameters());

    compare(network.forward(x, Mode.TRAINING), values);
    network.backwardParameters(dy);
    compareAll(gradients(network.parameters()), gradients);
  }

  /** Batches too small for shards, whose large products are divided: by 5 of the 500 inputs, or 4 of the 270 outputs. */
  @Test
  void dividedProductsAgreeToo() {
    Sequential network = Sequential.builder(DataType.DOUBLE, 7)
        .input(500)
        .dense("fc1", 270)
        .tanh()
        .dense("fc2", 270)
        .build();
    INDArray x = Arrays.random(DataType.DOUBLE, 1, 101, 500);
    INDArray dy = Arrays.random(DataType.DOUBLE, 2, 101, 270);
    List<Layer> layers = network.layers();
    INDArray expected = x;
    for (Layer layer : layers) {
      expected = layer.forward(expected, Mode.TRAINING);
    }
    INDArray expectedGradient =
        layers.get(0).backward(layers.get(1).backward(layers.get(2).backward(dy)));
    List<double[]> values = List.of(Arrays.values(expected), Arrays.values(expectedGradient));
    List<double[]> gradients = gradients(network.parameters());

    compare(network.forward(x, Mode.TRAINING), values.get(0));
    compare(network.backward(dy), values.get(1));
    compareAll(gradients(network.parameters()), gradients);
    network.parameters().forEach(parameter -> parameter.gradient().assign(9));
    network.backwardParameters(dy);
    compareAll(gradients(network.parameters()), gradients);
  }

  /** Normalizations first, last, next to one another and around a rectifier that is run after its pool. */
  private static Sequential normalized(DataType type) {
    return Sequential.builder(type, 7)
        .input(2, 8, 9)
        .batchNorm("norm1")
        .conv2d("conv1", 5, 3, 1, 1)
        .batchNorm("norm2")
        .relu()
        .maxPool2d(2)
        .flatten()
        .batchNorm("norm3")
        .batchNorm("norm4")
        .dense("fc1", 4)
        .batchNorm("norm5")
        .build();
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 33, 95})
  void statisticsAreThoseOfTheWholeBatch(int batch) {
    Sequential whole = normalized(DataType.DOUBLE);
    Sequential network = normalized(DataType.DOUBLE);
    for (int step = 0; step < 2; step++) {
      INDArray x = Arrays.random(DataType.DOUBLE, step, batch, 2, 8, 9).addi(2);
      INDArray dy = Arrays.random(DataType.DOUBLE, step + 2, batch, 4);
      INDArray y = x;
      for (Layer layer : whole.layers()) {
        y = layer.forward(y, Mode.TRAINING);
      }
      INDArray dx = dy;
      for (int i = whole.layers().size() - 1; i >= 0; i--) {
        dx = whole.layers().get(i).backward(dx);
      }
      compare(network.forward(x, Mode.TRAINING), Arrays.values(y));
      compare(network.backward(dy), Arrays.values(dx));
      compareAll(gradients(network.parameters()), gradients(whole.parameters()));
      network.parameters().forEach(parameter -> parameter.gradient().assign(9));
      network.backwardParameters(dy);
      compareAll(gradients(network.parameters()), gradients(whole.parameters()));
      assertThat(network.buffers()).hasSize(10);
      whole
          .buffers()
          .forEach((name, buffer) -> compare(network.buffers().get(name), Arrays.values(buffer)));
      compare(network.forward(x, Mode.EVALUATION), Arrays.values(evaluated(whole, x)));
    }
  }

  private static INDArray evaluated(Sequential network, INDArray x) {
    INDArray y = x;
    for (Layer layer : network.layers()) {
      y = layer.forward(y, Mode.EVALUATION);
    }
    return y;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  void anyNumberOfThreadsGivesTheSameBits(int threads) {
    Nd4j.factory().blas().setMaxThreads(1);
    for (int repetition = 0; repetition < 5; repetition++) {
      assertThat(results(threads)).isEqualTo(results(1));
    }
  }

  /** Of networks with shards, with and without meetings, and of one whose products are divided. */
  private static List<List<Double>> results(int threads) {
    return Property.withThreads(threads, () -> {
      List<double[]> results = new ArrayList<>();
      results.addAll(results(network(DataType.FLOAT), 2, 10, 9));
      results.addAll(results(normalized(DataType.FLOAT), 2, 8, 9));
      Sequential dense = Sequential.builder(DataType.FLOAT, 7)
          .input(300)
          .dense("fc1", 256)
          .relu()
          .dense("fc2", 4)
          .build();
      results.addAll(results(dense, 300));
      return results.stream()
          .map(array -> DoubleStream.of(array).boxed().toList())
          .toList();
    });
  }

  private static List<double[]> results(Sequential network, long... exampleShape) {
    List<double[]> results = new ArrayList<>();
    long[] shape =
        LongStream.concat(LongStream.of(150), LongStream.of(exampleShape)).toArray();
    network.reseed(5);
    INDArray x = Arrays.random(DataType.FLOAT, 1, shape);
    results.add(Arrays.values(network.forward(x, Mode.TRAINING)));
    results.add(Arrays.values(network.backward(Arrays.random(DataType.FLOAT, 2, 150, 4))));
    results.addAll(gradients(network.parameters()));
    network.buffers().values().forEach(buffer -> results.add(Arrays.values(buffer)));
    results.add(Arrays.values(network.forward(x, Mode.EVALUATION)));
    return results;
  }

  /** Threads that disturbed one another would give other bits than each shard alone; the dense layers have the whole batch. */
  @Test
  void theBitsAreThoseOfEachShardAlone() {
    Nd4j.factory().blas().setMaxThreads(1);
    INDArray x = Arrays.random(DataType.FLOAT, 1, 70, 1, 20, 20);
    INDArray dy = Arrays.random(DataType.FLOAT, 2, 70, 10);
    INDArray[] features = new INDArray[8];
    for (int shard = 0; shard < 8; shard++) {
      INDArray y = x.get(NDArrayIndex.interval(70 * shard / 8, 70 * (shard + 1) / 8));
      for (Layer layer : wide().layers().subList(0, 4)) {
        y = layer.forward(y, Mode.TRAINING);
      }
      features[shard] = y;
    }
    INDArray joined = Nd4j.concat(0, features);
    for (Layer layer : wide().layers().subList(4, 7)) {
      joined = layer.forward(joined, Mode.TRAINING);
    }
    double[] expected = Arrays.values(joined);
    Sequential network = wide();
    List<double[]> first = null;
    for (int i = 0; i < 50; i++) {
      assertThat(Arrays.values(network.forward(x, Mode.TRAINING))).isEqualTo(expected);
      network.backwardParameters(dy);
      List<double[]> gradients = gradients(network.parameters());
      first = first == null ? gradients : first;
      for (int j = 0; j < first.size(); j++) {
        assertThat(gradients.get(j)).isEqualTo(first.get(j));
      }
    }
  }

  private static Sequential wide() {
    return Sequential.builder(DataType.FLOAT, 7)
        .input(1, 20, 20)
        .conv2d("conv1", 8, 5)
        .relu()
        .maxPool2d(2)
        .flatten()
        .dense("fc1", 100)
        .relu()
        .dense("fc2", 10)
        .build();
  }

  /** On a worker of another pool, while all workers of the common pool wait for the end of it. */
  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPassEndsBesideABlockedPool() throws Exception {
    Nd4j.factory().blas().setMaxThreads(1);
    INDArray x = Arrays.random(DataType.DOUBLE, 1, 40, 2, 10, 9);
    double[] expected = Arrays.values(network(DataType.DOUBLE).forward(x, Mode.TRAINING));
    Sequential network = network(DataType.DOUBLE);
    INDArray y = BlockedPool.call(() -> {
      INDArray output = network.forward(x, Mode.TRAINING);
      network.backwardParameters(output.dup());
      return output;
    });
    assertThat(Arrays.values(y)).isEqualTo(expected);
  }

  @Test
  void sizesAboveAndBelowTheSplitFollowOneAnother() {
    Sequential network = network(DataType.DOUBLE);
    for (int batch : new int[] {40, 5, 64, 15, 300, 16}) {
      INDArray x = Arrays.random(DataType.DOUBLE, batch, batch, 2, 10, 9);
      INDArray dy = Arrays.random(DataType.DOUBLE, 2, batch, 4);
      network.forward(x, Mode.TRAINING);
      assertThat(network.backward(dy).shape()).isEqualTo(x.shape());
      Sequential fresh = network(DataType.DOUBLE);
      fresh.forward(x, Mode.TRAINING);
      fresh.backwardParameters(dy);
      compareAll(gradients(network.parameters()), gradients(fresh.parameters()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void errorsNameTheWholeBatch(int threads) {
    Nd4j.factory().blas().setMaxThreads(threads);
    Sequential network = network(DataType.FLOAT);
    INDArray x = Arrays.random(DataType.FLOAT, 1, 40, 2, 10, 9);
    assertThatThrownBy(() -> network.forward(x.reshape(40, 180), Mode.TRAINING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("conv1: input has shape ");
    network.forward(x, Mode.TRAINING);
    assertThatThrownBy(() -> network.backward(Nd4j.create(DataType.FLOAT, 39, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("network: output gradient has shape [39, 4], expected [40, 4]");
    assertThatThrownBy(() -> network.backwardParameters(Nd4j.create(DataType.FLOAT, 39, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("network: output gradient has shape [39, 4], expected [40, 4]");
    network.forward(x, Mode.EVALUATION);
    assertThatThrownBy(() -> network.backward(Nd4j.create(DataType.FLOAT, 40, 4)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("network: backward was called, expected forward in training mode before it");
  }

  private static List<double[]> gradients(Parameters parameters) {
    List<double[]> gradients = new ArrayList<>();
    for (Parameter parameter : parameters) {
      gradients.add(Arrays.values(parameter.gradient()));
    }
    return gradients;
  }

  private static void compareAll(List<double[]> actual, List<double[]> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).containsExactly(expected.get(i), within(1e-12));
    }
  }

  private static void compare(INDArray actual, double[] expected) {
    assertThat(Arrays.values(actual)).containsExactly(expected, within(1e-12));
  }
}
