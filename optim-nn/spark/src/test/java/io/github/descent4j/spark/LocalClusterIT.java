package io.github.descent4j.spark;

import static io.github.descent4j.spark.OneMachine.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.AdamW;
import io.github.descent4j.Nesterov;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameters;
import io.github.descent4j.RAdam;
import io.github.descent4j.batch.LBfgs;
import io.github.descent4j.batch.MinimizerResult;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.nn.Loss;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.Targets;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Executors in JVMs of their own: the same bits, also if one is killed, and one clear error where one differs. */
class LocalClusterIT {
  private static final int EPOCHS = 2;
  private static JavaSparkContext spark;

  /** What one executor makes of an RDD; a JVM has one context at a time. */
  private static Sequential ofRdd;

  /** The same of a minimization. */
  private static double[] ofGradients;

  @BeforeAll
  static void start() throws IOException {
    JavaSparkContext one = LocalSpark.of("local[1]");
    try (SparkTrainer trainer = onRdd(Points::normalized, examples(one)).build()) {
      trainer.fit(EPOCHS);
      ofRdd = trainer.network();
    }
    ofGradients = minimize(one);
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    SparkConf conf = LocalSpark.conf("local-cluster[2,1,1024]")
        .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .set("spark.executor.extraJavaOptions", optionsOfThisJvm())
        // Of matrix products, which begin with as many threads.
        .set("spark.executorEnv.OMP_NUM_THREADS", "2")
        // A task goes elsewhere rather than wait three seconds for the executor that it knows.
        .set("spark.locality.wait", "0s");
    spark = LocalSpark.of(conf);
  }

  /** Those that say how it compiles and collects, which save half of an executor's time. */
  private static String optionsOfThisJvm() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("-XX:") || option.startsWith("-Dorg.bytedeco."))
        .collect(Collectors.joining(" "));
  }

  /** Both executors, or what is to happen on one of two does not. Spark lists an executor before it takes tasks. */
  @BeforeEach
  void awaitExecutors() throws InterruptedException {
    while (new HashSet<>(spark
                .parallelize(List.of(0, 1), 2)
                .map(task -> SparkEnv.get().executorId())
                .collect())
            .size()
        < 2) {
      Thread.sleep(50);
    }
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Optimizer optimizer() {
    return new RAdam(0.01).clipped(GradientClip.byGlobalNorm(0.5));
  }

  private static SparkTrainer.Builder trainer(NetworkSource network, DatasetSource data) {
    return SparkTrainer.builder(spark, network, data, optimizer()).batchSize(36).seed(7);
  }

  private static JavaRDD<LabelledExample> examples(JavaSparkContext context) {
    return context.parallelize(Points.examples(), 5);
  }

  private static SparkTrainer.Builder onRdd(NetworkSource network, JavaRDD<LabelledExample> rdd) {
    return SparkTrainer.builder(
            JavaSparkContext.fromSparkContext(rdd.context()),
            network,
            DistributedExamples.of(rdd, Points.DIMENSIONS),
            optimizer())
        .shards(4)
        .batchSize(36)
        .seed(7);
  }

  /** The value and the coefficients. */
  private static double[] minimize(JavaSparkContext context) {
    Parameters parameters = SparkGradientsTest.parameters(DataType.DOUBLE, 0, 0, 0);
    JavaRDD<double[]> rows = context.parallelize(SparkGradientsTest.rows(), 5).cache();
    try (SparkGradients<double[]> mean =
        SparkGradients.of(rows, SparkGradientsTest.SQUARES).times(1.0 / 100)) {
      MinimizerResult result =
          LBfgs.builder().gradientTolerance(1e-9).build().minimize(mean, parameters);
      double[] w = parameters.get("w").value().toDoubleVector();
      return new double[] {result.value(), w[0], w[1], w[2]};
    } finally {
      rows.unpersist();
    }
  }

  private static OneMachine oneMachine(int shards) {
    return new OneMachine(Points.normalized(), optimizer(), Points.dataset(), shards, 36, 7)
        .fit(EPOCHS);
  }

  /** Counts what Spark does. */
  private static final class Watch extends SparkListener {
    final Set<String> executors = ConcurrentHashMap.newKeySet();
    final Set<String> removed = ConcurrentHashMap.newKeySet();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      executors.add(end.taskInfo().executorId());
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved end) {
      removed.add(end.executorId() + ": " + end.reason());
    }
  }

  @Test
  void hasTheBitsOfOneMachine() {
    Watch watch = new Watch();
    spark.sc().addSparkListener(watch);
    OneMachine one = oneMachine(4);
    List<Double> losses = new ArrayList<>();
    try (SparkTrainer trainer = trainer(Points::normalized, Points::dataset)
        .shards(4)
        .listener(new TrainingListener() {
          @Override
          public void onStep(StepMetrics metrics) {
            losses.add(metrics.loss());
          }
        })
        .build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), one.network);
    }
    assertThat(losses).isEqualTo(one.losses);
    spark.sc().removeSparkListener(watch);
    assertThat(watch.executors).hasSize(2).doesNotContain("driver");
  }

  @Test
  void takesLocalSteps() {
    OptimizerSource inner = () -> new AdamW(0.01);
    Optimizer outer = Nesterov.builder().learningRate(0.7).momentum(0.9).build();
    Optimizer again = Nesterov.builder().learningRate(0.7).momentum(0.9).build();
    OneMachine one =
        new OneMachine(Points.mlp(), outer, Points.dataset(), 3, 36, 7).fit(EPOCHS, 3, inner);
    try (SparkTrainer trainer = SparkTrainer.builder(spark, Points::mlp, Points::dataset, again)
        .batchSize(36)
        .shards(3)
        .seed(7)
        .localSteps(3, inner)
        .build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), one.network);
    }
  }

  /** Ends this JVM, if none has been ended before. */
  private static void halt(String flag) {
    try {
      Files.createFile(Path.of(flag));
      Runtime.getRuntime().halt(137);
    } catch (FileAlreadyExistsException e) {
      // It has happened.
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Ends the JVM of the executor that reads some batch first, once. */
  private record Deadly(Dataset data, String flag, AtomicInteger reads) implements Dataset {
    @Override
    public int size() {
      return data.size();
    }

    @Override
    public long[] exampleShape() {
      return data.exampleShape();
    }

    @Override
    public int classes() {
      return data.classes();
    }

    @Override
    public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
      if (reads.incrementAndGet() == 9) {
        halt(flag);
      }
      data.read(indices, from, count, features, labels);
    }
  }

  @Test
  void survivesAnExecutorThatIsKilled(@TempDir Path folder) throws Exception {
    String flag = folder.resolve("killed").toString();
    survives(
        trainer(Points::normalized, () -> new Deadly(Points.dataset(), flag, new AtomicInteger()))
            .shards(4),
        flag,
        oneMachine(4).network);
  }

  private static void survives(SparkTrainer.Builder builder, String flag, Sequential expected)
      throws InterruptedException {
    Watch watch = new Watch();
    spark.sc().addSparkListener(watch);
    try (SparkTrainer trainer = builder.build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), expected);
    }
    while (watch.removed.isEmpty()) { // Listeners are told later; the test has a time limit.
      Thread.sleep(50);
    }
    spark.sc().removeSparkListener(watch);
    assertThat(Path.of(flag)).exists();
    assertThat(watch.removed).hasSize(1).allMatch(reason -> reason.contains("137"));
  }

  @Test
  void examplesOfAnRddHaveTheBitsOfOneExecutor() {
    Watch watch = new Watch();
    spark.sc().addSparkListener(watch);
    try (SparkTrainer trainer = onRdd(Points::normalized, examples(spark)).build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), ofRdd);
    }
    spark.sc().removeSparkListener(watch);
    assertThat(watch.executors).hasSize(2).doesNotContain("driver");
  }

  @Test
  void examplesOfAnRddGoOnFromACheckpoint(@TempDir Path folder) {
    int[] left = {8};
    try (SparkTrainer first = onRdd(Points::normalized, examples(spark))
        .checkpoints(folder, 3)
        .stopWhen(() -> left[0]-- == 0)
        .build()) {
      first.fit(EPOCHS);
      assertThat(first.progress().steps()).isEqualTo(8);
    }
    try (SparkTrainer second =
        onRdd(Points::normalized, examples(spark)).checkpoints(folder, 3).build()) {
      assertThat(second.resume()).isTrue();
      assertThat(second.progress().steps()).isEqualTo(6);
      second.fit(EPOCHS - second.progress().epochs());
      assertSameBits(second.network(), ofRdd);
    }
  }

  /** Of an executor's JVM. */
  private static final AtomicInteger PARTITIONS = new AtomicInteger();

  /** Of ten partitions, five to be counted and five to be distributed, one executor does not come to its fourth. */
  @Test
  void survivesAnExecutorThatIsKilledWhileItComputesTheRdd(@TempDir Path folder) throws Exception {
    String flag = folder.resolve("killed").toString();
    JavaRDD<LabelledExample> deadly = examples(spark).mapPartitions(partition -> {
      if (PARTITIONS.incrementAndGet() == 4) {
        halt(flag);
      }
      return partition;
    });
    survives(onRdd(Points::normalized, deadly), flag, ofRdd);
  }

  /** Ends the JVM of the executor that comes to its ninth batch first, once. */
  private record DeadlyLoss(Loss loss, String flag, AtomicInteger batches) implements Loss {
    @Override
    public double forward(INDArray outputs, Targets targets) {
      if (batches.incrementAndGet() == 9) {
        halt(flag);
      }
      return loss.forward(outputs, targets);
    }

    @Override
    public INDArray backward() {
      return loss.backward();
    }

    @Override
    public int correct() {
      return loss.correct();
    }

    @Override
    public String toString() {
      return loss.toString();
    }
  }

  /** What it had of the RDD is lost with it. */
  @Test
  void survivesAnExecutorThatIsKilledWithItsExamples(@TempDir Path folder) throws Exception {
    String flag = folder.resolve("killed").toString();
    survives(
        onRdd(Points::normalized, examples(spark))
            .loss(() -> new DeadlyLoss(new SoftmaxCrossEntropy(), flag, new AtomicInteger())),
        flag,
        ofRdd);
  }

  @Test
  void minimizesToTheBitsOfOneExecutor() {
    Watch watch = new Watch();
    spark.sc().addSparkListener(watch);
    assertThat(minimize(spark)).isEqualTo(ofGradients);
    spark.sc().removeSparkListener(watch);
    assertThat(watch.executors).hasSize(2).doesNotContain("driver");
  }

  /** A file for each time that something is made, by its JVM. */
  private record Notes(String folder) implements Serializable {
    void take(String what) throws IOException {
      Files.createTempFile(Path.of(folder), what + " " + ProcessHandle.current().pid() + " ", "");
    }

    /** The JVMs that have made it, as often as they have. */
    List<String> of(String what) throws IOException {
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        return files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.startsWith(what + " "))
            .map(name -> name.substring(what.length() + 1).replaceFirst(" .*", ""))
            .toList();
      }
    }
  }

  /** Notes the threads that matrix products have while it is read. */
  private record Watched(Dataset data, String folder) implements Dataset {
    @Override
    public int size() {
      return data.size();
    }

    @Override
    public long[] exampleShape() {
      return data.exampleShape();
    }

    @Override
    public int classes() {
      return data.classes();
    }

    @Override
    public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
      int threads = Nd4j.factory().blas().getMaxThreads();
      try {
        Files.write(Path.of(folder, "threads " + threads), new byte[0]);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      data.read(indices, from, count, features, labels);
    }
  }

  /** Each of the two executors has one core, so one task at a time. */
  @Test
  void executorsOpenTheDataOnceAndMakeOneNetwork(@TempDir Path folder) throws IOException {
    Notes notes = new Notes(folder.toString());
    NetworkSource network = () -> {
      notes.take("network");
      return Points.normalized();
    };
    DatasetSource data = () -> {
      notes.take("data");
      return new Watched(Points.dataset(), notes.folder());
    };
    try (SparkTrainer trainer = trainer(network, data).shards(4).build()) {
      trainer.fit(EPOCHS);
    }
    String driver = "" + ProcessHandle.current().pid();
    assertThat(notes.of("data")).hasSize(2).doesNotHaveDuplicates().doesNotContain(driver);
    assertThat(notes.of("network")).hasSize(3).doesNotHaveDuplicates().contains(driver);
    assertThat(notes.of("threads")).containsExactly("1");
  }

  /** Something that is otherwise in the first executor that asks, and nowhere else. */
  private record InOneExecutor(String flag) implements Serializable {
    boolean here() {
      if (SparkEnv.get().executorId().equals("driver")) {
        return false;
      }
      String own = "" + ProcessHandle.current().pid();
      try {
        Files.writeString(Path.of(flag), own, StandardOpenOption.CREATE_NEW);
      } catch (FileAlreadyExistsException e) {
        return read().equals(own);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return true;
    }

    private String read() {
      try {
        return Files.readString(Path.of(flag));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void namesTheExecutorWithAnotherNetwork(@TempDir Path folder) {
    InOneExecutor one = new InOneExecutor(folder.resolve("stranger").toString());
    try (SparkTrainer trainer = trainer(
            () -> one.here() ? Points.mlp() : Points.normalized(), Points::dataset)
        .build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .message()
          .containsPattern("executor \\d+ on \\S+ has parameters ")
          .contains("norm1.weight", "all executors of a run have to compute the same bits");
      assertThat(trainer.progress().steps()).isZero();
    }
  }

  @Test
  void namesTheExecutorThatCannotReadItsFile(@TempDir Path folder) {
    InOneExecutor one = new InOneExecutor(folder.resolve("unreadable").toString());
    DatasetSource data = () -> {
      if (one.here()) {
        throw new NoSuchFileException("/data/points");
      }
      return Points.dataset();
    };
    try (SparkTrainer trainer = trainer(Points::normalized, data).build()) {
      assertThatThrownBy(() -> trainer.fit(1))
          .isInstanceOf(IllegalStateException.class)
          .message()
          .matches("executor \\d+ on \\S+: the training set cannot be opened:"
              + " java.nio.file.NoSuchFileException: /data/points");
    }
  }

  @Test
  void namesTheExecutorThatComputesAnObjectiveWithOtherKernels(@TempDir Path folder) {
    InOneExecutor one = new InOneExecutor(folder.resolve("stranger").toString());
    Parameters parameters = SparkGradientsTest.parameters(DataType.DOUBLE, 0, 0, 0);
    try (SparkGradients<double[]> sum = new SparkGradients<>(
        spark.parallelize(SparkGradientsTest.rows(), 4),
        SparkGradientsTest.SQUARES,
        1,
        () -> new Fingerprint(
            TaskPlace.name(), Map.of("OPENBLAS_CORETYPE", one.here() ? "PRESCOTT" : "HASWELL")))) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> sum.evaluate(parameters))
            .isInstanceOf(IllegalStateException.class)
            .message()
            .containsPattern("^executor \\d+ on \\S+ has OPENBLAS_CORETYPE '")
            .contains("'PRESCOTT'", "'HASWELL'", "all executors of a run have to compute the same");
      }
    }
    assertThat(parameters.get("w").gradient().toDoubleVector()).containsExactly(9, 9, 9);
  }

  /** A driver that dies between two checkpoints, as {@code kill -9} would have it. */
  static final class Driver {
    private Driver() {}

    static SparkTrainer.Builder trainer(JavaSparkContext spark, Path folder) {
      return SparkTrainer.builder(spark, Points::normalized, Points::dataset, optimizer())
          .batchSize(36)
          .shards(4)
          .seed(7)
          .checkpoints(folder, 3);
    }

    public static void main(String[] args) {
      trainer(LocalSpark.of("local[2]"), Path.of(args[0]))
          .listener(new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
              if (metrics.step() == 8) {
                Runtime.getRuntime().halt(137);
              }
            }
          })
          .build()
          .fit(EPOCHS);
    }
  }

  @Test
  void anotherDriverGoesOnWhereOneDied(@TempDir Path folder) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Driver.class.getName());
    command.add(folder.toString());
    Path output = Path.of("target", "driver.log");
    Process driver = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    assertThat(driver.waitFor()).as("see %s", output).isEqualTo(137);
    try (SparkTrainer trainer = Driver.trainer(spark, folder).build()) {
      assertThat(trainer.resume()).isTrue();
      assertThat(trainer.progress().steps()).isEqualTo(6);
      trainer.fit(EPOCHS - trainer.progress().epochs());
      assertSameBits(trainer.network(), oneMachine(4).network);
    }
  }
}
