package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Parameter;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SequentialTest {
  private static final DataType FLOAT = DataType.FLOAT;

  private static Sequential network(long seed) {
    return Sequential.builder(FLOAT, seed)
        .input(1, 12, 12)
        .conv2d("conv1", 4, 3)
        .relu()
        .maxPool2d(2)
        .conv2d("conv2", 6, 3, 1, 1)
        .relu()
        .flatten()
        .dropout(0.2)
        .dense("fc1", 10)
        .build();
  }

  @Test
  void infersShapesAndNamesParameters() {
    assertThat(network(1).parameters())
        .extracting(Parameter::toString)
        .containsExactly(
            "conv1.weight FLOAT[4, 1, 3, 3]",
            "conv1.bias FLOAT[4]",
            "conv2.weight FLOAT[6, 4, 3, 3]",
            "conv2.bias FLOAT[6]",
            "fc1.weight FLOAT[10, 150]",
            "fc1.bias FLOAT[10]");
    assertThat(network(1)).hasToString("""
            Conv2d conv1 [4, 1, 3, 3] stride 1 padding 0
            Relu
            MaxPool2d 2x2 stride 2
            Conv2d conv2 [6, 4, 3, 3] stride 1 padding 1
            Relu
            Flatten
            Dropout 0.2
            Dense fc1 [10, 150]""");
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    INDArray x = Arrays.random(FLOAT, 3, 5, 1, 12, 12);
    double[] expected = Arrays.values(network(1).forward(x, Mode.TRAINING));
    assertThat(Arrays.values(network(1).forward(x, Mode.TRAINING))).isEqualTo(expected);
    assertThat(Arrays.values(network(2).forward(x, Mode.TRAINING))).isNotEqualTo(expected);
  }

  @Test
  void backwardParametersWritesTheSameGradients() {
    INDArray x = Arrays.random(FLOAT, 3, 5, 1, 12, 12);
    INDArray dy = Arrays.random(FLOAT, 4, 5, 10);
    Sequential one = network(1);
    one.forward(x, Mode.TRAINING);
    assertThat(one.backward(dy).shape()).isEqualTo(x.shape());
    Sequential other = network(1);
    other.forward(x, Mode.TRAINING);
    other.backwardParameters(dy);
    for (Parameter parameter : one.parameters()) {
      assertThat(Arrays.values(other.parameters().get(parameter.name()).gradient()))
          .isEqualTo(Arrays.values(parameter.gradient()));
    }
  }

  @Test
  void aNetworkWithoutParametersHasNothingToWrite() {
    Sequential network = Sequential.of(FLOAT, new Relu());
    INDArray y = network.forward(Arrays.random(FLOAT, 3, 2, 2), Mode.TRAINING);
    network.backwardParameters(y);
    assertThat(network.parameters()).isEmpty();
  }

  @Test
  void takesLayersOfOnesOwn() {
    Layer doubling = new Layer() {
      @Override
      public INDArray forward(INDArray input, Mode mode) {
        return input.mul(2);
      }

      @Override
      public INDArray backward(INDArray outputGradient) {
        return outputGradient.mul(2);
      }
    };
    Sequential network = Sequential.builder(FLOAT, 1)
        .input(3)
        .add(doubling)
        .initializer(Initializers.constant(1))
        .dense("fc", 1)
        .add(doubling)
        .build();
    INDArray x = Nd4j.createFromArray(new float[][] {{1, 2, 3}});
    assertThat(network.forward(x, Mode.TRAINING).getDouble(0)).isEqualTo(24);
    INDArray dx = network.backward(Nd4j.ones(FLOAT, 1, 1));
    assertThat(Arrays.values(dx)).containsOnly(4);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> Sequential.builder(DataType.FLOAT16, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dataType is " + DataType.FLOAT16 + ", expected FLOAT or DOUBLE");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).dense("fc", 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "fc: shape of one example is not known, expected [features]; flatten() makes it");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(1, 8, 8).dense("fc", 3))
        .hasMessage(
            "fc: shape of one example is [1, 8, 8], expected [features]; flatten() makes it");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(64).conv2d("conv", 3, 3))
        .hasMessage("conv: shape of one example is [64], expected [channels, height, width]");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(1, 4, 4).conv2d("conv", 3, 5))
        .hasMessage("conv: padded image is 4 x 4, expected at least 5 x 5, the window");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(3, 0))
        .hasMessage("exampleShape is [3, 0], expected lengths of at least 1");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(3).input(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("input was set already, expected it once");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(3).build())
        .hasMessage("number of layers is 0, expected at least 1");
    assertThatThrownBy(() ->
            Sequential.builder(FLOAT, 1).input(3).dense("fc", 3).dense("fc", 3).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'fc.weight'");
    assertThatThrownBy(
            () -> network(1).forward(Nd4j.create(DataType.DOUBLE, 1, 1, 12, 12), Mode.EVALUATION))
        .hasMessage("network: input is of type DOUBLE, expected FLOAT");
  }

  /** A pool right behind a convolution, a rectifier before something else than a pool, and one whose next layer but one is a pool. */
  @Test
  void onlyARectifierAndItsPoolChangePlaces() {
    Sequential network = Sequential.builder(DataType.DOUBLE, 1)
        .input(2, 9, 9)
        .conv2d("conv1", 3, 2)
        .maxPool2d(2)
        .relu()
        .conv2d("conv2", 3, 2)
        .maxPool2d(2, 1)
        .flatten()
        .dense("fc1", 6)
        .relu()
        .dense("fc2", 4)
        .build();
    INDArray x = Arrays.random(DataType.DOUBLE, 3, 5, 2, 9, 9);
    INDArray expected = x;
    for (Layer layer : network.layers()) {
      expected = layer.forward(expected, Mode.EVALUATION);
    }
    double[] values = Arrays.values(expected);
    assertThat(Arrays.values(network.forward(x, Mode.EVALUATION)))
        .containsExactly(values, within(1e-12));
  }

  /** A layer before the first parameters: nothing asks for the gradient of its input. */
  @Test
  void backwardParametersEndsAtTheFirstLayerThatHasSome() {
    Layer first = new Layer() {
      @Override
      public INDArray forward(INDArray input, Mode mode) {
        return input;
      }

      @Override
      public INDArray backward(INDArray outputGradient) {
        throw new AssertionError("a layer without parameters was run backward");
      }
    };
    Sequential network =
        Sequential.builder(FLOAT, 1).input(3).add(first).dense("fc", 2).build();
    INDArray x = Nd4j.createFromArray(new float[][] {{1, 2, 3}});
    network.forward(x, Mode.TRAINING);
    network.backwardParameters(Nd4j.createFromArray(new float[][] {{1, -1}}));
    assertThat(Arrays.values(network.parameters().get("fc.weight").gradient()))
        .containsExactly(1, 2, 3, -1, -2, -3);
    assertThat(Arrays.values(network.parameters().get("fc.bias").gradient()))
        .containsExactly(1, -1);
  }

  @Test
  void tellsItsTypeAndItsLayers() {
    Relu relu = new Relu();
    Tanh tanh = new Tanh();
    Sequential network = Sequential.of(DataType.DOUBLE, relu, tanh);
    assertThat(network.dataType()).isEqualTo(DataType.DOUBLE);
    assertThat(network.layers()).containsExactly(relu, tanh);
    assertThat(network.buffers()).isEmpty();
  }

  @Test
  void aLayerOfOnesOwnMayChangeTheShape() {
    Layer pairs = new Layer() {
      @Override
      public INDArray forward(INDArray input, Mode mode) {
        return input.reshape('c', new long[] {input.size(0), 2, 2});
      }

      @Override
      public INDArray backward(INDArray outputGradient) {
        return outputGradient.reshape('c', new long[] {outputGradient.size(0), 4});
      }
    };
    long[] shape = {2, 2};
    Sequential.Builder builder = Sequential.builder(FLOAT, 1).input(4).add(pairs, shape);
    shape[0] = 9;
    Sequential network = builder.flatten().dense("fc", 3).build();
    assertThat(network.parameters().get("fc.weight").value().shape()).containsExactly(3, 4);
    assertThat(network.forward(Nd4j.ones(FLOAT, 5, 4), Mode.TRAINING).shape())
        .containsExactly(5, 3);
  }

  @Test
  void numbersBelowOneAreRefused() {
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input())
        .hasMessage("exampleShape is [], expected lengths of at least 1");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(3).dense("fc", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("outputs is 0, expected at least 1");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(3).dropConnect("fc", 0, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("outputs is 0, expected at least 1");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(1, 4, 4).conv2d("conv", 0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("outputChannels is 0, expected at least 1");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(1, 4, 4).conv2d("conv", 2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kernel is 0, expected at least 1");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).batchNorm("norm"))
        .hasMessage("norm: shape of one example is not known, expected input() before it");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).flatten())
        .hasMessage("Flatten: shape of one example is not known, expected input() before it");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(4).maxPool2d(2))
        .hasMessage("MaxPool2d 2x2 stride 2: shape of one example is [4], expected [channels,"
            + " height, width]");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(1, 4, 4).gates("gates"))
        .hasMessage(
            "gates: shape of one example is [1, 4, 4], expected [features]; flatten() makes it");
    assertThatThrownBy(() -> Sequential.builder(FLOAT, 1).input(1, 4, 4).dropConnect("fc", 2, 0.5))
        .hasMessage(
            "fc: shape of one example is [1, 4, 4], expected [features]; flatten() makes it");
  }

  @Test
  void layersFitTheTypeAndTheirNamesDiffer() {
    Dense dense = new Dense("fc", Nd4j.ones(FLOAT, 2, 3), Nd4j.zeros(FLOAT, 2));
    assertThatThrownBy(() -> Sequential.of(DataType.DOUBLE, dense))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("fc.weight: value is of type FLOAT, expected DOUBLE");
    assertThatThrownBy(() -> Sequential.of(DataType.INT32, new Relu()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("dataType is INT");
    assertThatThrownBy(() -> Sequential.of(FLOAT, new Buffered(), new Buffered()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("buffer 'count' is there twice, expected distinct names");
  }

  /** A layer with a buffer and nothing else. */
  private static final class Buffered implements Layer {
    @Override
    public INDArray forward(INDArray input, Mode mode) {
      return input;
    }

    @Override
    public INDArray backward(INDArray outputGradient) {
      return outputGradient;
    }

    @Override
    public Map<String, INDArray> buffers() {
      return Map.of("count", Nd4j.ones(1));
    }
  }

  /** A layer that is not splittable keeps the network in one piece, whose dropout is reseeded as well. */
  @Test
  void aNetworkInOnePieceIsReseeded() {
    Sequential network =
        Sequential.of(FLOAT, new Buffered(), new Dropout(0.5, new SplittableRandom(1)));
    INDArray ones = Nd4j.ones(FLOAT, 4, 50);
    network.reseed(3);
    double[] first = Arrays.values(network.forward(ones, Mode.TRAINING));
    assertThat(Arrays.values(network.forward(ones, Mode.TRAINING))).isNotEqualTo(first);
    network.reseed(3);
    assertThat(Arrays.values(network.forward(ones, Mode.TRAINING))).isEqualTo(first);
  }

  /** The network may pool before it rectifies, which gives the same bits for less work. */
  @Test
  void rectifyingAndPoolingInTheOrderOfTheLayersGivesTheSameBits() {
    INDArray x = Arrays.random(DataType.FLOAT, 1, 20, 3, 7, 6);
    INDArray dy = Arrays.random(DataType.FLOAT, 2, 20, 3, 3, 3);
    Relu relu = new Relu();
    MaxPool2d pool = new MaxPool2d(2);
    double[] y = Arrays.values(pool.forward(relu.forward(x, Mode.TRAINING), Mode.TRAINING));
    double[] dx = Arrays.values(relu.backward(pool.backward(dy)));

    Sequential network = Sequential.of(DataType.FLOAT, relu, pool);
    assertThat(Arrays.values(network.forward(x, Mode.TRAINING))).isEqualTo(y);
    double[] actual = Arrays.values(network.backward(dy));
    for (int i = 0; i < dx.length; i++) {
      // Where nothing comes back it may be 0 or -0.
      assertThat(actual[i] + 0).as("element %d", i).isEqualTo(dx[i] + 0);
    }
  }
}
