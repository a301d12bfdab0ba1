package io.github.descent4j.spark;

import static io.github.descent4j.spark.OneMachine.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.AdamW;
import io.github.descent4j.Nesterov;
import io.github.descent4j.Optimizer;
import io.github.descent4j.RAdam;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Executors in JVMs of their own: the same bits, also if one is killed, and one clear error where one differs. */
class LocalClusterIT {
  private static final int EPOCHS = 2;
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    SparkConf conf = LocalSpark.conf("local-cluster[2,1,1024]")
        .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        // A task goes elsewhere rather than wait three seconds for the executor that it knows.
        .set("spark.locality.wait", "0s");
    spark = LocalSpark.of(conf);
  }

  /** Both executors, or what is to happen on one of two does not. */
  @BeforeEach
  void awaitExecutors() throws InterruptedException {
    while (spark.sc().statusTracker().getExecutorInfos().length < 3) {
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
        try {
          Files.createFile(Path.of(flag));
          Runtime.getRuntime().halt(137);
        } catch (FileAlreadyExistsException e) {
          // It has happened.
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
      data.read(indices, from, count, features, labels);
    }
  }

  @Test
  void survivesAnExecutorThatIsKilled(@TempDir Path folder) throws Exception {
    Watch watch = new Watch();
    spark.sc().addSparkListener(watch);
    String flag = folder.resolve("killed").toString();
    OneMachine one = oneMachine(4);
    try (SparkTrainer trainer = trainer(
            Points::normalized, () -> new Deadly(Points.dataset(), flag, new AtomicInteger()))
        .shards(4)
        .build()) {
      trainer.fit(EPOCHS);
      assertSameBits(trainer.network(), one.network);
    }
    while (watch.removed.isEmpty()) { // Listeners are told later; the test has a time limit.
      Thread.sleep(50);
    }
    spark.sc().removeSparkListener(watch);
    assertThat(Path.of(flag)).exists();
    assertThat(watch.removed).hasSize(1).allMatch(reason -> reason.contains("137"));
  }

  /** Something that is otherwise in the first executor that asks, and nowhere else. */
  private record InOneExecutor(String flag) implements Serializable {
    boolean here() throws IOException {
      if (SparkEnv.get().executorId().equals("driver")) {
        return false;
      }
      String own = "" + ProcessHandle.current().pid();
      try {
        Files.writeString(Path.of(flag), own, StandardOpenOption.CREATE_NEW);
      } catch (FileAlreadyExistsException e) {
        return Files.readString(Path.of(flag)).equals(own);
      }
      return true;
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
          .containsPattern("executor \\d+ on 127.0.0.1 has parameters ")
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
          .matches("executor \\d+ on 127.0.0.1: the training set cannot be opened:"
              + " java.nio.file.NoSuchFileException: /data/points");
    }
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
