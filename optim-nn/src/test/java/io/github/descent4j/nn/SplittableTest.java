package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.InMemoryDataset;
import io.github.descent4j.nn.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

/** Layers of a user's own. */
class SplittableTest {

  /** Multiplies each feature by a weight. */
  private static class Scale implements Layer {
    final INDArray weight;
    private final Parameters parameters;
    private INDArray input;

    Scale(INDArray weight) {
      this.weight = weight;
      parameters = Parameters.of(Parameter.of("scale", weight, Nd4j.create(weight.shape())));
    }

    @Override
    public INDArray forward(INDArray input, Mode mode) {
      this.input = input;
      return input.mulRowVector(weight);
    }

    @Override
    public INDArray backward(INDArray outputGradient) {
      parameters.get(0).gradient().assign(outputGradient.mul(input).sum(0));
      return outputGradient.mulRowVector(weight);
    }

    @Override
    public Parameters parameters() {
      return parameters;
    }

    @Override
    public String toString() {
      return "Scale";
    }
  }

  private static final class SplittableScale extends Scale implements Splittable {
    SplittableScale(INDArray weight) {
      super(weight);
    }

    @Override
    public Splittable split() {
      return new SplittableScale(weight);
    }
  }

  private static Sequential network(Layer layer) {
    return Sequential.builder(DataType.FLOAT, 7)
        .input(1, 6, 6)
        .conv2d("conv1", 2, 3)
        .flatten()
        .add(layer)
        .dense("fc1", 3)
        .build();
  }

  private static INDArray weight() {
    return Arrays.random(DataType.FLOAT, 4, 32).addi(1);
  }

  @Test
  void aLayerOfOnesOwnTakesPart() {
    Sequential whole = network(new Scale(weight()));
    Sequential cut = network(new SplittableScale(weight()));
    INDArray x = Arrays.random(DataType.FLOAT, 1, 64, 1, 6, 6);
    INDArray dy = Arrays.random(DataType.FLOAT, 2, 64, 3);
    double[] expected = Arrays.values(whole.forward(x, Mode.TRAINING));
    assertThat(Arrays.values(cut.forward(x, Mode.TRAINING)))
        .containsExactly(expected, within(1e-5));
    whole.backwardParameters(dy);
    cut.backwardParameters(dy);
    for (Parameter parameter : whole.parameters()) {
      double[] gradient = Arrays.values(parameter.gradient());
      assertThat(Arrays.values(cut.parameters().get(parameter.name()).gradient()))
          .as(parameter.name())
          .containsExactly(gradient, within(1e-4));
    }
  }

  /** All shards of a batch are in the same layer at the same time: none waits for another one, whatever is locked. */
  private static final class Meeting implements Splittable {
    private final CyclicBarrier barrier;
    private final ConcurrentLinkedQueue<Long> sizes;

    Meeting(CyclicBarrier barrier, ConcurrentLinkedQueue<Long> sizes) {
      this.barrier = barrier;
      this.sizes = sizes;
    }

    private INDArray meet(INDArray array) {
      sizes.add(array.size(0));
      try {
        barrier.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
        throw new IllegalStateException("the shards do not run at the same time", e);
      }
      return array;
    }

    @Override
    public INDArray forward(INDArray input, Mode mode) {
      return meet(input);
    }

    @Override
    public INDArray backward(INDArray outputGradient) {
      return meet(outputGradient);
    }

    @Override
    public Splittable split() {
      return new Meeting(barrier, sizes);
    }
  }

  @Test
  void shardsAreIndependentAndEven() {
    ConcurrentLinkedQueue<Long> sizes = new ConcurrentLinkedQueue<>();
    Sequential network =
        Property.withThreads(8, () -> network(new Meeting(new CyclicBarrier(8), sizes)));
    InMemoryDataset dataset =
        InMemoryDataset.of(Arrays.random(DataType.FLOAT, 1, 67, 1, 6, 6), new int[67], 3);
    Trainer trainer = Trainer.builder(network, new Sgd(0.1)).batchSize(67).build();
    trainer.fit(dataset, 2);
    assertThat(sizes).hasSize(2 * 2 * 8).allMatch(size -> size == 8 || size == 9);
    assertThat(sizes.stream().mapToLong(size -> size).sum()).isEqualTo(2 * 2 * 67);
    sizes.clear();
    Evaluation evaluation = trainer.evaluate(dataset);
    assertThat(evaluation.total()).isEqualTo(67);
    assertThat(sizes).as("shards of an evaluation").hasSize(8);
  }

  @Test
  void aNetworkWithAnotherLayerRunsInOnePieceAndSaysSo() {
    Logger logger = (Logger) LoggerFactory.getLogger(Sequential.class);
    Level level = logger.getLevel();
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(Level.INFO);
    try {
      Sequential network = network(new Scale(weight()));
      for (int step = 0; step < 3; step++) {
        network.forward(Arrays.random(DataType.FLOAT, 1, 64, 1, 6, 6), Mode.TRAINING);
        network.backwardParameters(Arrays.random(DataType.FLOAT, 2, 64, 3));
      }
      network(new SplittableScale(weight()));
    } finally {
      logger.detachAppender(appender);
      logger.setLevel(level);
    }
    assertThat(appender.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("Layer Scale is not Splittable: this network runs a batch in one piece");
  }

  /** A layer that makes its copies as it is told. */
  private static class Wrong extends Scale implements Splittable {
    private final UnaryOperator<Wrong> split;

    Wrong(INDArray weight, UnaryOperator<Wrong> split) {
      super(weight);
      this.split = split;
    }

    @Override
    public Splittable split() {
      return split.apply(this);
    }
  }

  @Test
  void aCopyThatSharesTooMuchOrTooLittleIsRefused() {
    List<UnaryOperator<Wrong>> wrong = List.of(
        layer -> layer,
        layer -> null,
        layer -> new Wrong(layer.weight.dup(), layer.split),
        layer -> new Wrong(layer.weight, layer.split) {
          @Override
          public Parameters parameters() {
            return Parameters.of(Parameter.of("other", weight, Nd4j.create(weight.shape())));
          }
        },
        layer -> new Wrong(layer.weight, layer.split) {
          @Override
          public Parameters parameters() {
            return Parameters.of(List.of());
          }
        },
        layer -> new Wrong(layer.weight, layer.split) {
          @Override
          public Parameters parameters() {
            return layer.parameters();
          }
        });
    for (UnaryOperator<Wrong> split : wrong) {
      assertThatThrownBy(() -> network(new Wrong(weight(), split)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("split of layer Scale gave ")
          .hasMessageEndingWith(", expected another layer whose parameters have the same names and"
              + " values, and gradients of their own");
    }
  }

  /** Notes how many examples each shard has. */
  private static final class Noting implements Splittable {
    private final ConcurrentLinkedQueue<Long> sizes;
    private final Parameters parameters;

    Noting(ConcurrentLinkedQueue<Long> sizes, Parameters parameters) {
      this.sizes = sizes;
      this.parameters = parameters;
    }

    @Override
    public INDArray forward(INDArray input, Mode mode) {
      sizes.add(input.size(0));
      return input;
    }

    @Override
    public INDArray backward(INDArray outputGradient) {
      return outputGradient;
    }

    @Override
    public Parameters parameters() {
      return parameters;
    }

    @Override
    public Splittable split() {
      List<Parameter> others = new ArrayList<>();
      parameters.forEach(parameter -> others.add(Parameter.of(
          parameter.name(),
          parameter.value(),
          Nd4j.createUninitialized(DataType.FLOAT, parameter.gradient().shape()))));
      return new Noting(sizes, Parameters.of(others));
    }
  }

  private static int shards(
      ConcurrentLinkedQueue<Long> sizes, Sequential network, INDArray batch, Mode mode) {
    sizes.clear();
    network.forward(batch, mode);
    assertThat(sizes.stream().mapToLong(size -> size).sum()).isEqualTo(batch.size(0));
    return sizes.size();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1", "15, 1", "16, 2", "31, 2", "32, 4", "63, 4", "64, 8", "255, 16", "256, 32", "520, 32"
  })
  void convolutionsHaveShardsOfEightExamplesOrMore(int batch, int shards) {
    ConcurrentLinkedQueue<Long> sizes = new ConcurrentLinkedQueue<>();
    Sequential network = network(new Noting(sizes, Parameters.of(List.of())));
    INDArray x = Nd4j.ones(DataType.FLOAT, batch, 1, 6, 6);
    assertThat(shards(sizes, network, x, Mode.TRAINING)).isEqualTo(shards);
    assertThat(shards(sizes, network, x, Mode.EVALUATION)).isEqualTo(shards);
  }

  @ParameterizedTest
  @CsvSource({"256, 1", "511, 1", "512, 4", "1023, 4", "1024, 8"})
  void denseNetworksHaveShardsOf128ExamplesOrMore(int batch, int shards) {
    ConcurrentLinkedQueue<Long> sizes = new ConcurrentLinkedQueue<>();
    Sequential network = Sequential.builder(DataType.FLOAT, 7)
        .input(3)
        .add(new Noting(sizes, Parameters.of(List.of())))
        .dense("fc", 2)
        .build();
    INDArray x = Nd4j.ones(DataType.FLOAT, batch, 3);
    assertThat(shards(sizes, network, x, Mode.TRAINING)).isEqualTo(shards);
  }

  /** 256 MiB hold six copies of gradients of 40 MiB, of which a power of two is taken. */
  @Test
  void copiesOfGradientsTakeAtMost256Mebibytes() {
    ConcurrentLinkedQueue<Long> sizes = new ConcurrentLinkedQueue<>();
    INDArray value = Nd4j.createUninitialized(DataType.FLOAT, 10 << 20);
    INDArray gradient = Nd4j.createUninitialized(DataType.FLOAT, 10 << 20);
    Sequential network =
        network(new Noting(sizes, Parameters.of(Parameter.of("large", value, gradient))));
    INDArray x = Nd4j.ones(DataType.FLOAT, 64, 1, 6, 6);
    assertThat(shards(sizes, network, x, Mode.EVALUATION)).isEqualTo(4);
  }
}
