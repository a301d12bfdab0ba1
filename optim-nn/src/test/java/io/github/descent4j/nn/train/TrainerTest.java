package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Rprop;
import io.github.descent4j.Sgd;
import io.github.descent4j.Threads;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.NonFiniteGradientException;
import io.github.descent4j.nn.BatchGradient;
import io.github.descent4j.nn.BatchGradient.Measured;
import io.github.descent4j.nn.Initializers;
import io.github.descent4j.nn.Layer;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Property;
import io.github.descent4j.nn.Relu;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TrainerTest {
  private static final int SIZE = 103;

  /** Two clouds of images that a small network tells apart. */
  private static Dataset dataset() {
    SplittableRandom random = new SplittableRandom(5);
    float[] features = new float[SIZE * 64];
    int[] labels = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      labels[i] = i % 2;
      for (int j = 0; j < 64; j++) {
        features[i * 64 + j] = (float) (random.nextDouble() + (labels[i] == j / 32 ? 0.5 : 0));
      }
    }
    return InMemoryDataset.of(features, labels, 2, 1, 8, 8);
  }

  private static Sequential network(DataType type) {
    return Sequential.builder(type, 3)
        .input(1, 8, 8)
        .conv2d("conv1", 3, 3)
        .relu()
        .maxPool2d(2)
        .flatten()
        .dropout(0.1)
        .dense("fc1", 8)
        .tanh()
        .dense("fc2", 2)
        .build();
  }

  /** Remembers what was read, in the order of the reads. */
  private static class Recorder extends ForwardingDataset {
    private final List<int[]> reads = new ArrayList<>();

    Recorder() {
      super(dataset());
    }

    @Override
    public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
      assertThat(features.shape()).containsExactly(count, 1, 8, 8);
      reads.add(Arrays.copyOfRange(indices, from, from + count));
      super.read(indices, from, count, features, labels);
    }
  }

  @Test
  void learns() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      Trainer trainer =
          Trainer.builder(network(type), new Adam(0.01)).batchSize(16).seed(1).build();
      List<EpochMetrics> metrics = trainer.fit(dataset(), 20);
      assertThat(metrics.get(19).trainLoss()).isLessThan(0.2 * metrics.get(0).trainLoss());
      assertThat(trainer.evaluate(dataset()).accuracy()).isGreaterThan(0.95);
    }
  }

  /** Which loss that is, an independent evaluation says: of the same batch, with the penalty, at the point where the gradient was taken. */
  @Test
  void aRuleThatNeedsTheLossIsToldIt() {
    WeightPenalty penalty = ElasticNet.of(0, 0.01);
    for (boolean sharpnessAware : new boolean[] {false, true}) {
      Rprop rule =
          Rprop.builder().variant(Rprop.Variant.IRPROP_PLUS).initialStep(0.1).build();
      Sequential network = network(DataType.DOUBLE);
      List<Double> objectives = new ArrayList<>();
      BatchGradient evaluated = (trained, loss, features, targets, seed) -> {
        Measured measured =
            BatchGradient.backpropagation().compute(trained, loss, features, targets, seed);
        objectives.add(measured.meanLoss() + penalty.value(trained.parameters()));
        return measured;
      };
      List<Double> told = new ArrayList<>();
      Trainer.builder(network, sharpnessAware ? rule.sharpnessAware(0.5) : rule)
          .batchSize(60)
          .penalty(penalty)
          .gradient(evaluated)
          .listener(new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
              told.add(rule.state().slot("fc1.weight", "loss").getDouble(0));
            }
          })
          .build()
          .fit(dataset(), 3);
      List<Double> expected = new ArrayList<>();
      for (int i = 0; i < objectives.size(); i++) {
        if (!sharpnessAware || i % 2 == 1) {
          expected.add(objectives.get(i));
        }
      }
      assertThat(told).hasSize(6).isEqualTo(expected);
    }
  }

  /** The first group's rule is of the same class, and needs no loss. */
  @Test
  void aRuleInTheSecondGroupIsToldTheLossToo() {
    Rprop rule = Rprop.builder().variant(Rprop.Variant.IRPROP_PLUS).build();
    Optimizer groups = Optimizer.groups()
        .group("biases", parameter -> parameter.name().endsWith("bias"), new Rprop())
        .otherwise(rule)
        .build();
    Trainer.builder(network(DataType.DOUBLE), groups).batchSize(60).build().fit(dataset(), 2);
    assertThat(rule.steps()).isEqualTo(groups.steps()).isPositive();
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    assertThat(train(1)).isEqualTo(train(1));
    assertThat(train(1)).isNotEqualTo(train(2));
  }

  /** Neither the threads nor the setting of the products of one disturb the other. */
  @Test
  void twoTrainersAtATimeGiveTheBitsOfEachAlone() throws Exception {
    int products = Nd4j.factory().blas().getMaxThreads();
    List<double[]> expected = List.of(train(1), train(2));
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      for (int repetition = 0; repetition < 5; repetition++) {
        Future<double[]> first = executor.submit(() -> train(1));
        Future<double[]> second = executor.submit(() -> train(2));
        assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(expected.get(0));
        assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo(expected.get(1));
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(products);
  }

  @Test
  void theThreadsOfATrainerAreThoseOfAllItCalls() {
    List<Integer> seen = new ArrayList<>();
    Dataset dataset = new Recorder() {
      @Override
      public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
        seen.add(Threads.available());
        super.read(indices, from, count, features, labels);
      }
    };
    double[] expected = train(1);
    Property.withThreads(4, () -> {
      Sequential network = network(DataType.FLOAT);
      Trainer trainer = Trainer.builder(network, new Adam(0.01))
          .batchSize(16)
          .seed(1)
          .threads(3)
          .build();
      trainer.fit(dataset, 3);
      assertThat(values(network)).isEqualTo(expected);
      trainer.evaluate(dataset);
      return null;
    });
    assertThat(seen).hasSize(4 * 7).containsOnly(3);
    assertThatThrownBy(() -> Trainer.builder(network(DataType.FLOAT), new Sgd()).threads(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads is 0, expected at least 1");
  }

  private static double[] train(long seed) {
    Sequential network = network(DataType.FLOAT);
    Trainer.builder(network, new Adam(0.01)).batchSize(16).seed(seed).build().fit(dataset(), 3);
    return values(network);
  }

  private static double[] values(Sequential network) {
    List<Parameter> parameters = new ArrayList<>();
    network.parameters().forEach(parameters::add);
    return parameters.stream()
        .flatMapToDouble(
            parameter -> Arrays.stream(parameter.value().dup().data().asDouble()))
        .toArray();
  }

  /** g1 + 1 at w, g2 + 1 at w + rho (g1 + 1) / |g1 + 1|, and w - lr (g2 + 1): with the penalty, and one seed, at both points. */
  @Test
  void sharpnessAwareStepsTakeGradientsOfTheSameBatchTwice() {
    Sequential network = network(DataType.DOUBLE);
    double[] start = values(network);
    List<Long> seeds = new ArrayList<>();
    List<double[]> points = new ArrayList<>();
    List<double[]> gradients = new ArrayList<>();
    BatchGradient recording = (net, loss, features, targets, seed) -> {
      points.add(values(net));
      Measured measured =
          BatchGradient.backpropagation().compute(net, loss, features, targets, seed);
      gradients.add(gradients(net));
      seeds.add(seed);
      return measured;
    };
    WeightPenalty one = new WeightPenalty() {
      @Override
      public double value(Parameters parameters) {
        throw new AssertionError("a step needs the gradient alone");
      }

      @Override
      public void addGradient(Parameters parameters) {
        parameters.forEach(parameter -> parameter.gradient().addi(1));
      }
    };
    Optimizer optimizer = new Sgd(0.1).sharpnessAware(0.05).guarded(NonFinite.FAIL);
    Trainer.builder(network, optimizer)
        .batchSize(SIZE)
        .gradient(recording)
        .penalty(one)
        .build()
        .fit(dataset(), 1);

    assertThat(seeds).hasSize(2);
    assertThat(seeds.get(1)).isEqualTo(seeds.get(0));
    assertThat(points.get(0)).isEqualTo(start);
    double norm =
        Math.sqrt(Arrays.stream(gradients.get(0)).map(g -> (g + 1) * (g + 1)).sum());
    double[] end = values(network);
    for (int i = 0; i < start.length; i++) {
      assertThat(points.get(1)[i])
          .isCloseTo(start[i] + 0.05 * (gradients.get(0)[i] + 1) / norm, within(1e-12));
      assertThat(end[i]).isCloseTo(start[i] - 0.1 * (gradients.get(1)[i] + 1), within(1e-12));
    }
    assertThat(gradients.get(1)).isNotEqualTo(gradients.get(0));
    assertThat(optimizer.steps()).isEqualTo(1);
  }

  private static double[] gradients(Sequential network) {
    List<double[]> all = new ArrayList<>();
    network.parameters().forEach(p -> all.add(p.gradient().dup().data().asDouble()));
    return all.stream().flatMapToDouble(Arrays::stream).toArray();
  }

  @Test
  void everyExampleOnceAnEpochInAnotherOrderEachTime() {
    Recorder recorder = new Recorder();
    Trainer trainer =
        Trainer.builder(network(DataType.FLOAT), new Sgd(0.01)).batchSize(16).build();
    trainer.fit(recorder, 1);
    int[] first = recorder.reads.stream().flatMapToInt(Arrays::stream).toArray();
    assertThat(recorder.reads)
        .extracting(read -> read.length)
        .containsExactly(16, 16, 16, 16, 16, 16, 7);
    recorder.reads.clear();
    trainer.fit(recorder, 1);
    int[] second = recorder.reads.stream().flatMapToInt(Arrays::stream).toArray();

    int[] all = new int[SIZE];
    Arrays.setAll(all, i -> i);
    assertThat(first).containsExactlyInAnyOrder(all).isNotEqualTo(all);
    assertThat(second).containsExactlyInAnyOrder(all).isNotEqualTo(first);
  }

  @Test
  void theLastPartialBatchIsTrainedOn() {
    Sequential network = network(DataType.FLOAT);
    Optimizer optimizer = new Sgd(0.01);
    Trainer.builder(network, optimizer).batchSize(100).build().fit(dataset(), 2);
    assertThat(optimizer.steps()).isEqualTo(4);
  }

  @Test
  void evaluationReadsInOrderAndChangesNothing() {
    Sequential network = network(DataType.FLOAT);
    Recorder recorder = new Recorder();
    Trainer trainer = Trainer.builder(network, new Sgd(0.01)).batchSize(40).build();
    Evaluation first = trainer.evaluate(recorder);
    assertThat(recorder.reads.get(2)).startsWith(80, 81).hasSize(23);
    assertThat(trainer.evaluate(recorder)).isEqualTo(first);
    assertThat(first.total()).isEqualTo(SIZE);
    assertThat(first.accuracy()).isEqualTo((double) first.correct() / SIZE);
    Trainer whole = Trainer.builder(network, new Sgd(0.01)).batchSize(SIZE).build();
    assertThat(whole.evaluate(recorder).meanLoss()).isCloseTo(first.meanLoss(), within(1e-6));
    assertThat(whole.evaluate(recorder).correct()).isEqualTo(first.correct());
  }

  @Test
  void listenersAreToldInOrder() {
    List<Object> told = new ArrayList<>();
    TrainingListener listener = new TrainingListener() {
      @Override
      public void onStep(StepMetrics metrics) {
        told.add(metrics);
      }

      @Override
      public void onEpoch(EpochMetrics metrics) {
        told.add(metrics);
      }
    };
    Optimizer optimizer = new Sgd(1).scheduled(step -> 0.1 / (step + 1));
    Trainer trainer = Trainer.builder(network(DataType.FLOAT), optimizer)
        .batchSize(60)
        .listener(new TrainingListener() {})
        .listener(listener)
        .build();
    List<EpochMetrics> epochs = new ArrayList<>(trainer.fit(dataset(), 1));
    epochs.addAll(trainer.fit(dataset(), 1));

    assertThat(told).hasSize(6);
    assertThat(told.get(2)).isEqualTo(epochs.get(0));
    assertThat(told.get(5)).isEqualTo(epochs.get(1));
    assertThat(epochs).extracting(EpochMetrics::epoch).containsExactly(1, 2);
    for (int i = 0; i < 4; i++) {
      StepMetrics step = (StepMetrics) told.get(i + i / 2);
      assertThat(step.step()).isEqualTo(i + 1);
      assertThat(step.epoch()).isEqualTo(1 + i / 2);
      assertThat(step.batch()).isEqualTo(1 + i % 2);
      assertThat(step.batches()).isEqualTo(2);
      assertThat(step.learningRate()).isEqualTo(0.1 / (i + 1));
    }
    StepMetrics first = (StepMetrics) told.get(0);
    StepMetrics second = (StepMetrics) told.get(1);
    EpochMetrics epoch = epochs.get(0);
    assertThat(epoch.trainLoss())
        .isCloseTo((60 * first.loss() + 43 * second.loss()) / SIZE, within(1e-12));
    assertThat(epoch.seconds()).isPositive();
    assertThat(epoch.examplesPerSecond()).isCloseTo(SIZE / epoch.seconds(), within(1e-6));
  }

  @Test
  void trainAccuracyIsThatOfTheMiniBatches() {
    Trainer trainer =
        Trainer.builder(network(DataType.FLOAT), new Sgd(0)).batchSize(20).build();
    double accuracy = trainer.fit(dataset(), 1).get(0).trainAccuracy();
    assertThat(accuracy * SIZE).isCloseTo(Math.rint(accuracy * SIZE), within(1e-9));
    assertThat(accuracy).isBetween(0.2, 0.8);
  }

  @Test
  void usesTheGivenLoss() {
    Sequential network = Sequential.builder(DataType.FLOAT, 3)
        .input(1, 8, 8)
        .flatten()
        .initializer(Initializers.heNormal())
        .dense("fc", 2)
        .build();
    double plain =
        Trainer.builder(network, new Sgd()).build().evaluate(dataset()).meanLoss();
    double smooth = Trainer.builder(network, new Sgd())
        .loss(new SoftmaxCrossEntropy(0.5))
        .build()
        .evaluate(dataset())
        .meanLoss();
    assertThat(smooth).isNotCloseTo(plain, within(1e-3));
  }

  @Test
  void aLossThatIsNotFiniteNamesStepAndParameter() {
    Sequential network = network(DataType.FLOAT);
    Optimizer optimizer = new Sgd(0.01);
    Trainer trainer = Trainer.builder(network, optimizer)
        .batchSize(50)
        .listener(new TrainingListener() {
          @Override
          public void onStep(StepMetrics metrics) {
            if (metrics.step() == 4) {
              network.parameters().get("fc1.bias").value().putScalar(2, Double.NaN);
            }
          }
        })
        .build();
    assertThatThrownBy(() -> trainer.fit(dataset(), 5))
        .isInstanceOfSatisfying(DivergedException.class, e -> {
          assertThat(e.step()).isEqualTo(5);
          assertThat(e.parameterName()).contains("fc1.bias");
        })
        .hasMessage(
            "training diverged at step 5: the loss is NaN, expected a finite number; the first"
                + " parameter that is not finite, or has such a gradient, is 'fc1.bias'");
    assertThat(optimizer.steps()).isEqualTo(4);
  }

  @Test
  void aGuardedGradientThatIsNotFiniteNamesStepAndParameter() {
    Layer explode = new Layer() {
      private final Layer relu = new Relu();

      @Override
      public INDArray forward(INDArray input, Mode mode) {
        return relu.forward(input, mode);
      }

      @Override
      public INDArray backward(INDArray outputGradient) {
        return relu.backward(outputGradient).muli(Double.POSITIVE_INFINITY);
      }
    };
    Sequential network = Sequential.builder(DataType.FLOAT, 3)
        .input(1, 8, 8)
        .flatten()
        .dense("fc1", 4)
        .add(explode)
        .dense("fc2", 2)
        .build();
    Trainer trainer = Trainer.builder(network, new Sgd(0.01).guarded(NonFinite.FAIL))
        .batchSize(50)
        .build();
    assertThatThrownBy(() -> trainer.fit(dataset(), 1))
        .isInstanceOfSatisfying(DivergedException.class, e -> {
          assertThat(e.step()).isOne();
          assertThat(e.parameterName()).contains("fc1.weight");
        })
        .hasMessageStartingWith("training diverged at step 1: gradient of parameter 'fc1.weight'")
        .hasCauseInstanceOf(NonFiniteGradientException.class);
  }

  @Test
  void refusesBadArguments() {
    Sequential network = network(DataType.FLOAT);
    assertThatThrownBy(() -> Trainer.builder(network, new Sgd()).batchSize(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batchSize is 0, expected at least 1");
    assertThatThrownBy(() -> Trainer.builder(network, new Sgd()).build().fit(dataset(), 0))
        .hasMessage("epochs is 0, expected at least 1");
    assertThatThrownBy(() -> Trainer.builder(null, new Sgd()))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("network");
    Dataset lines = InMemoryDataset.of(new float[8], new int[2], 2, 4);
    assertThatThrownBy(() -> Trainer.builder(network, new Sgd()).build().fit(lines, 1))
        .hasMessage("conv1: input has shape [2, 4], expected [batch, 1, any, any]");
  }

  /** Neither is a weight: what is not finite is an example, and by it the loss and the gradients. */
  @Test
  void anExampleThatIsNotFiniteNamesTheFirstGradient() {
    Dataset dataset = InMemoryDataset.of(new float[] {1, Float.NaN}, new int[] {0, 1}, 2, 1);
    Sequential network =
        Sequential.builder(DataType.FLOAT, 3).input(1).dense("fc1", 2).build();
    Trainer trainer = Trainer.builder(network, new Sgd()).batchSize(2).build();
    assertThatThrownBy(() -> trainer.fit(dataset, 1))
        .isInstanceOfSatisfying(
            DivergedException.class, e -> assertThat(e.parameterName()).contains("fc1.weight"))
        .hasMessage(
            "training diverged at step 1: the loss is NaN, expected a finite number; the first"
                + " parameter that is not finite, or has such a gradient, is 'fc1.weight'");
  }
}
