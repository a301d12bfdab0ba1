package io.github.descent4j.spark;

import static io.github.descent4j.spark.OneMachine.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.AdamW;
import io.github.descent4j.Nesterov;
import io.github.descent4j.Optimizer;
import io.github.descent4j.RAdam;
import io.github.descent4j.Rprop;
import io.github.descent4j.Sgd;
import io.github.descent4j.batch.LBfgsOptimizer;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.DivergedException;
import io.github.descent4j.nn.train.ElasticNet;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.Trainer;
import io.github.descent4j.nn.train.TrainingListener;
import io.github.descent4j.schedule.Schedules;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Synchronous and local steps on Spark in this JVM, against one machine that computes the same shards. */
@Tag("slow")
class SparkTrainerTest {
  private static final int EPOCHS = 2;

  /** 203 examples: the last batch has 3, fewer than most numbers of shards. */
  private static final int BATCH = 40;

  private static Optimizer optimizer() {
    return new RAdam(0.01)
        .scheduled(Schedules.cosine(0.01, 30))
        .clipped(GradientClip.byGlobalNorm(0.5));
  }

  private static SparkTrainer.Builder trainer(JavaSparkContext spark) {
    return SparkTrainer.builder(spark, Points::mlp, Points::dataset, optimizer())
        .batchSize(BATCH)
        .seed(7);
  }

  /** Remembers what it is told. */
  private static final class Steps implements TrainingListener {
    final List<StepMetrics> all = new ArrayList<>();

    @Override
    public void onStep(StepMetrics metrics) {
      all.add(metrics);
    }
  }

  /** The loss of all shards, with the penalty. */
  @Test
  void aRuleThatNeedsTheLossIsToldIt() {
    ElasticNet penalty = ElasticNet.of(0, 0.01);
    Rprop rule = Rprop.builder().variant(Rprop.Variant.IRPROP_PLUS).build();
    List<Double> told = new ArrayList<>();
    List<Double> expected = new ArrayList<>();
    Sequential[] network = new Sequential[1];
    double[] before = new double[1];
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of("local[2]"), Points::mlp, Points::dataset, rule)
        .batchSize(BATCH)
        .shards(3)
        .penalty(penalty)
        .listener(new TrainingListener() {
          @Override
          public void onStep(StepMetrics metrics) {
            String parameter = network[0].parameters().get(0).name();
            told.add(rule.state().slot(parameter, "loss").getDouble(0));
            expected.add(metrics.loss() + before[0]);
            before[0] = penalty.value(network[0].parameters());
          }
        })
        .build()) {
      network[0] = trainer.network();
      before[0] = penalty.value(network[0].parameters());
      trainer.fit(1);
    }
    assertThat(told).hasSizeGreaterThan(4).isEqualTo(expected);
  }

  @Test
  void withOneShardIsTheTrainer() {
    Sequential network = Points.mlp();
    Steps expectedSteps = new Steps();
    List<EpochMetrics> expected = Trainer.builder(network, optimizer())
        .batchSize(BATCH)
        .seed(7)
        .penalty(ElasticNet.of(1e-4, 1e-3))
        .listener(expectedSteps)
        .build()
        .fit(Points.dataset(), EPOCHS);

    Steps steps = new Steps();
    try (SparkTrainer trainer = trainer(LocalSpark.of("local[2]"))
        .shards(1)
        .penalty(ElasticNet.of(1e-4, 1e-3))
        .listener(steps)
        .build()) {
      List<EpochMetrics> epochs = trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), network);
      assertThat(steps.all).isEqualTo(expectedSteps.all);
      assertThat(epochs)
          .usingRecursiveComparison()
          .ignoringFields("seconds", "examplesPerSecond")
          .isEqualTo(expected);
      assertThat(epochs).allMatch(epoch -> epoch.seconds() > 0 && epoch.examplesPerSecond() > 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "local[1], 2", "local[1], 3", "local[1], 8", "local[1], 13",
    "local[2], 2", "local[2], 3", "local[2], 8", "local[2], 13",
    "local[3], 8", "local[3], 13"
  })
  void hasTheBitsOfOneMachine(String master, int shards) {
    OneMachine one =
        new OneMachine(Points.mlp(), optimizer(), Points.dataset(), shards, BATCH, 7).fit(EPOCHS);
    Steps steps = new Steps();
    try (SparkTrainer trainer =
        trainer(LocalSpark.of(master)).shards(shards).listener(steps).build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), one.network);
    }
    assertThat(steps.all.stream().map(StepMetrics::loss)).isEqualTo(one.losses);
  }

  @Test
  void hasThemInDouble() {
    OneMachine one = new OneMachine(
            Points.mlp(DataType.DOUBLE), optimizer(), Points.dataset(), 3, BATCH, 7)
        .fit(EPOCHS);
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of("local[2]"),
            () -> Points.mlp(DataType.DOUBLE),
            Points::dataset,
            optimizer())
        .shards(3)
        .batchSize(BATCH)
        .seed(7)
        .build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), one.network);
    }
  }

  @Test
  void normalizesByShardAndKeepsTheStatisticsOfTheFirst() {
    // 203 = 5 x 36 + 23: every shard has the two examples that a normalization needs.
    OneMachine one =
        new OneMachine(Points.normalized(), optimizer(), Points.dataset(), 4, 36, 7).fit(EPOCHS);
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of("local[2]"), Points::normalized, Points::dataset, optimizer())
        .shards(4)
        .batchSize(36)
        .seed(7)
        .build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), one.network);
      assertThat(trainer.network().buffers().get("norm1.runningMean"))
          .isNotEqualTo(Points.normalized().buffers().get("norm1.runningMean"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[1]", "local[2]"})
  void takesLocalSteps(String master) {
    OptimizerSource inner = () -> new AdamW(0.01).clipped(GradientClip.byGlobalNorm(1));
    OneMachine one =
        new OneMachine(Points.mlp(), diLoCo(), Points.dataset(), 4, 20, 7).fit(EPOCHS, 4, inner);
    Steps steps = new Steps();
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of(master), Points::mlp, Points::dataset, diLoCo())
        .shards(4)
        .batchSize(20)
        .seed(7)
        .localSteps(4, inner)
        .listener(steps)
        .build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), one.network);
    }
    // 11 batches an epoch: rounds of 4, 4 and 3.
    assertThat(steps.all.stream().map(StepMetrics::step))
        .containsExactly(4L, 8L, 11L, 15L, 19L, 22L);
    assertThat(steps.all.stream().map(StepMetrics::loss)).isEqualTo(one.losses);
  }

  private static Optimizer diLoCo() {
    return Nesterov.builder().learningRate(0.7).momentum(0.9).build();
  }

  /** One local step of plain gradient descent, averaged, is a step with the mean gradient. */
  @Test
  void averagesWhatShardsMove() {
    Sequential network = Points.mlp();
    Trainer.builder(network, new Sgd(0.1))
        .batchSize(BATCH)
        .seed(7)
        .build()
        .fit(Points.dataset(), 1);
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of("local[2]"), Points::mlp, Points::dataset, new Sgd(1))
        .shards(1)
        .batchSize(BATCH)
        .seed(7)
        .localSteps(1, () -> new Sgd(0.1))
        .build()) {
      trainer.fit(1);
      trainer
          .network()
          .parameters()
          .forEach(parameter -> assertThat(parameter
                  .value()
                  .equalsWithEps(network.parameters().get(parameter.name()).value(), 1e-6))
              .as(parameter.name())
              .isTrue());
    }
  }

  @Test
  void learns() {
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of("local[2]"), Points::mlp, Points::dataset, new RAdam(0.05))
        .shards(4)
        .batchSize(BATCH)
        .build()) {
      List<EpochMetrics> epochs = trainer.fit(15);
      assertThat(epochs).hasSize(15);
      assertThat(epochs.get(14).trainLoss()).isLessThan(0.8 * epochs.get(0).trainLoss());
      assertThat(Trainer.builder(trainer.network(), new Sgd(1))
              .build()
              .evaluate(Points.dataset())
              .accuracy())
          .isGreaterThan(0.8);
    }
  }

  @Test
  void goesOnAfterAStop() {
    Sequential whole = trainOn(trainer(LocalSpark.of("local[2]")).shards(3).build(), EPOCHS);
    int[] left = {4};
    try (SparkTrainer trainer = trainer(LocalSpark.of("local[2]"))
        .shards(3)
        .stopWhen(() -> left[0]-- == 0)
        .build()) {
      assertThat(trainer.fit(EPOCHS)).isEmpty();
      assertThat(trainer.progress().steps()).isEqualTo(4);
      assertThat(trainer.progress().batches()).isEqualTo(4);
      assertThat(trainer.fit(EPOCHS)).hasSize(EPOCHS);
      assertSameBits(trainer.network(), whole);
    }
  }

  private static Sequential trainOn(SparkTrainer trainer, int epochs) {
    try (trainer) {
      trainer.fit(epochs);
      return trainer.network();
    }
  }

  @Test
  void keepsToItsSettings() {
    Steps own = new Steps();
    Steps later = new Steps();
    Sequential whole = trainOn(trainer(LocalSpark.of("local[2]")).shards(3).build(), 1);
    SparkTrainer.Builder builder = trainer(LocalSpark.of("local[2]")).shards(3).listener(own);
    try (SparkTrainer trainer = builder.build()) {
      builder
          .localSteps(4, () -> new Sgd(0.1))
          .shards(2)
          .seed(8)
          .stopWhen(() -> true)
          .listener(later);
      assertThat(trainer.fit(1)).hasSize(1);
      assertSameBits(trainer.network(), whole);
    }
    assertThat(own.all).hasSize(6); // 203 examples in batches of 40.
    assertThat(later.all).isEmpty();
  }

  private static final AtomicInteger NETWORKS = new AtomicInteger();
  private static final AtomicInteger OPENED = new AtomicInteger();

  /** Two slots, and the driver's own network. */
  @Test
  void opensTheDataOnceAndHasANetworkForEachSlot() {
    NETWORKS.set(0);
    OPENED.set(0);
    NetworkSource network = () -> {
      NETWORKS.incrementAndGet();
      return Points.mlp();
    };
    DatasetSource data = () -> {
      OPENED.incrementAndGet();
      return Points.dataset();
    };
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of("local[2]"), network, data, optimizer())
        .shards(7)
        .batchSize(BATCH)
        .build()) {
      trainer.fit(5);
      assertThat(OPENED).hasValue(1);
      assertThat(NETWORKS).hasValueBetween(2, 3);
    }
  }

  @Test
  void leavesTheThreadsOfProductsAsTheyWere() {
    int before = Nd4j.factory().blas().getMaxThreads();
    Nd4j.factory().blas().setMaxThreads(2);
    try {
      trainOn(trainer(LocalSpark.of("local[2]")).build(), 1);
      assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(2);
    } finally {
      Nd4j.factory().blas().setMaxThreads(before);
    }
  }

  @Test
  void failsWhereTheLossDiverges() {
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of("local[2]"), Points::mlp, Points::dataset, new Sgd(1e30))
        .batchSize(BATCH)
        .build()) {
      assertThatThrownBy(() -> trainer.fit(5))
          .isInstanceOfSatisfying(
              DivergedException.class,
              e -> assertThat(e.step()).isEqualTo(trainer.progress().steps() + 1))
          .hasMessageContaining("training diverged at step")
          .hasMessageContaining("the loss is NaN, expected a finite number");
    }
  }

  @Test
  void failsWhereAGuardedOptimizerFindsInfinity() {
    NetworkSource infinite = () -> {
      Sequential network = Points.mlp();
      network.parameters().get("fc1.weight").value().muli(1e30);
      network.parameters().get("fc2.weight").value().muli(1e30);
      return network;
    };
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of("local[2]"),
            infinite,
            Points::dataset,
            new Sgd(0.1).guarded(NonFinite.FAIL))
        .batchSize(BATCH)
        .build()) {
      Sequential before = infiniteNetwork(infinite);
      assertThatThrownBy(() -> trainer.fit(1)).isInstanceOf(DivergedException.class);
      assertSameBits(trainer.network(), before);
      assertThat(trainer.progress().steps()).isZero();
    }
  }

  private static Sequential infiniteNetwork(NetworkSource source) {
    try {
      return source.build();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void namesTheExecutorThatCannotOpenItsData() {
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of("local[2]"),
            Points::mlp,
            () -> {
              throw new NoSuchFileException("/data/points");
            },
            optimizer())
        .build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("executor driver on 127.0.0.1: the training set cannot be opened:"
              + " java.nio.file.NoSuchFileException: /data/points");
    }
  }

  @Test
  void saysWhereSparkGivesUp() {
    // Features of another width fail in the first layer, wherever they are computed.
    try (SparkTrainer trainer = SparkTrainer.builder(
            LocalSpark.of("local[2]"),
            () -> Sequential.builder(DataType.FLOAT, 1).input(5).dense("fc1", 4).build(),
            Points::dataset,
            optimizer())
        .build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("step 1: Spark has given up: ")
          .hasMessageContaining("fc1: input has shape [");
    }
  }

  @Test
  void refusesWhatItCannotDo() {
    JavaSparkContext spark = LocalSpark.of("local[2]");
    assertThatThrownBy(() -> trainer(spark).shards(41).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shards is 41, expected at most 40, the examples of a batch");
    assertThatThrownBy(() -> trainer(spark).shards(0))
        .hasMessage("shards is 0, expected at least 1");
    assertThatThrownBy(() -> trainer(spark).batchSize(0))
        .hasMessage("batchSize is 0, expected at least 1");
    assertThatThrownBy(() -> trainer(spark).localSteps(0, () -> new Sgd(1)))
        .hasMessage("localSteps is 0, expected at least 1");
    assertThatThrownBy(() -> trainer(spark)
            .localSteps(2, () -> new Sgd(1))
            .penalty(ElasticNet.of(0, 0.1))
            .build())
        .hasMessageStartingWith("penalty is L1 0.0, L2 0.1, expected none with local steps");
    assertThatThrownBy(
            () -> SparkTrainer.builder(spark, Points::mlp, Points::dataset, new LBfgsOptimizer()))
        .hasMessageStartingWith("optimizer is an LBfgsOptimizer");
    Rprop told = Rprop.builder().variant(Rprop.Variant.IRPROP_PLUS).build();
    for (SparkTrainer.Builder rounds : List.of(
        trainer(spark)
            .localSteps(
                2, () -> Rprop.builder().variant(Rprop.Variant.IRPROP_PLUS).build()),
        SparkTrainer.builder(spark, Points::mlp, Points::dataset, told)
            .localSteps(2, () -> new Sgd(1)))) {
      assertThatThrownBy(rounds::build)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("optimizer is Rprop(")
          .hasMessageEndingWith(
              "expected one that needs no loss with local steps: another variant than IRPROP_PLUS");
    }
    try (SparkTrainer trainer = trainer(spark).shards(300).batchSize(512).build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the training set has 203 examples, expected at least 300, one for each shard");
      assertThatThrownBy(() -> trainer.fit(0)).hasMessage("epochs is 0, expected at least 1");
      assertThatThrownBy(trainer::resume).isInstanceOf(IllegalStateException.class);
    }
  }
}
