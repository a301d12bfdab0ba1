package io.github.descent4j.benchmarks.spark;

import io.github.descent4j.Adam;
import io.github.descent4j.Parameter;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.InMemoryDataset;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.Trainer;
import io.github.descent4j.nn.train.TrainingListener;
import io.github.descent4j.spark.NetworkSource;
import io.github.descent4j.spark.SparkTrainer;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a synchronous step costs beside the arithmetic of one machine, in milliseconds of CPU, which other processes of the machine change little.
 *
 * <pre>java -jar benchmarks/spark/target/spark.jar MASTER NET BATCH STEPS SHARDS...</pre>
 *
 * <p>NET is mlp, cnn or large (10^7 parameters). The first third of the steps is not counted. One line for one machine, one for each number of shards.
 */
public final class StepCost {
  private static final int EXAMPLES = 4096;

  private StepCost() {}

  /** The command. */
  public static void main(String[] args) {
    String master = args[0];
    String net = args[1];
    int batch = Integer.parseInt(args[2]);
    int steps = Integer.parseInt(args[3]);
    NetworkSource network = () -> network(net);
    System.out.printf(Locale.ROOT, "%s, %s, batch %d, %d steps of which %d count%n", master, net, batch,
        steps, steps - steps / 3);
    System.out.println("| shards | CPU a step | of it in tasks | tasks | bytes of results | scheduler delay of a task | wall |");
    alone(net, batch, steps);
    SparkConf conf = new SparkConf()
        .setMaster(master)
        .setAppName("step cost")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1");
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("spark."))
        .forEach(name -> conf.set(name, System.getProperty(name)));
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      for (int i = 4; i < args.length; i++) {
        int shards = Integer.parseInt(args[i]);
        Tasks tasks = new Tasks();
        Window window = new Window(steps, () -> spark.sc().addSparkListener(tasks));
        try (SparkTrainer trainer = SparkTrainer.builder(
                spark, network, () -> data(), new Adam(1e-4))
            .shards(shards)
            .batchSize(batch)
            .listener(window)
            .stopWhen(window::ended)
            .build()) {
          trainer.fit(1 + steps / (EXAMPLES / batch));
        }
        window.print("" + shards, tasks);
        spark.sc().removeSparkListener(tasks);
      }
    }
  }

  private static void alone(String net, int batch, int steps) {
    Window window = new Window(steps, () -> {});
    Sequential network = network(net);
    long parameters = 0;
    for (Parameter parameter : network.parameters()) {
      parameters += parameter.value().length();
    }
    System.out.println(parameters + " parameters");
    Trainer.builder(network, new Adam(1e-4))
        .batchSize(batch)
        .listener(window)
        .stopWhen(window::ended)
        .build()
        .fit(data(), 1 + steps / (EXAMPLES / batch));
    window.print("one machine", new Tasks());
  }

  private static Sequential network(String net) {
    return switch (net) {
      case "mlp" -> ModelChoice.MLP.build(28, 28, 10, 0, 42);
      case "cnn" -> ModelChoice.CNN.build(28, 28, 10, 0, 42);
      case "large" ->
        Sequential.builder(DataType.FLOAT, 42)
            .input(1, 28, 28)
            .flatten()
            .dense("fc1", 2800)
            .relu()
            .dense("fc2", 2800)
            .relu()
            .dense("fc3", 10)
            .build();
      default -> throw new IllegalArgumentException("net is " + net + ", expected mlp, cnn or large");
    };
  }

  private static Dataset data() {
    SplittableRandom random = new SplittableRandom(1);
    double[] features = random.doubles(EXAMPLES * 784L).toArray();
    int[] labels = random.ints(EXAMPLES, 0, 10).toArray();
    return InMemoryDataset.of(
        Nd4j.create(features, new long[] {EXAMPLES, 1, 28, 28}, 'c').castTo(DataType.FLOAT),
        labels,
        10);
  }

  /** The steps that count. */
  private static final class Window implements TrainingListener {
    private final int steps;
    private final Runnable begin;
    private long done;
    private double cpu;
    private long nanos;

    Window(int steps, Runnable begin) {
      this.steps = steps;
      this.begin = begin;
    }

    boolean ended() {
      return done == steps;
    }

    @Override
    public void onStep(StepMetrics metrics) {
      done = metrics.step();
      if (done == steps / 3) {
        begin.run();
        cpu = -cpuMillis();
        nanos = -System.nanoTime();
      }
      if (done == steps) {
        cpu += cpuMillis();
        nanos += System.nanoTime();
      }
    }

    void print(String shards, Tasks tasks) {
      try {
        Thread.sleep(500); // Spark tells its listeners later.
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      double n = steps - steps / 3;
      double all = Math.max(1, tasks.count.sum());
      System.out.printf(
          Locale.ROOT,
          "| %s | %.1f ms | %.1f ms | %.1f | %.0f | %.1f ms | %.1f ms |%n",
          shards,
          cpu / n,
          tasks.cpu.sum() / 1e6 / n,
          tasks.count.sum() / n,
          tasks.resultBytes.sum() / n,
          tasks.delay.sum() / all,
          nanos / 1e6 / n);
    }

    /** Of this JVM and of its children, which the executors of local-cluster are. */
    private static double cpuMillis() {
      return Stream.concat(Stream.of(ProcessHandle.current()), ProcessHandle.current().descendants())
          .mapToDouble(process ->
              process.info().totalCpuDuration().map(d -> d.toNanos() / 1e6).orElse(0.0))
          .sum();
    }
  }

  /** What Spark says of the tasks. */
  private static final class Tasks extends SparkListener {
    final LongAdder count = new LongAdder();
    final LongAdder cpu = new LongAdder();
    final LongAdder resultBytes = new LongAdder();
    final LongAdder delay = new LongAdder();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      TaskMetrics metrics = end.taskMetrics();
      count.increment();
      cpu.add(metrics.executorCpuTime() + metrics.executorDeserializeCpuTime());
      resultBytes.add(metrics.resultSize());
      long getting = end.taskInfo().gettingResultTime() > 0
          ? end.taskInfo().finishTime() - end.taskInfo().gettingResultTime()
          : 0;
      delay.add(Math.max(
          0,
          end.taskInfo().duration() - metrics.executorRunTime() - metrics.executorDeserializeTime()
              - metrics.resultSerializationTime() - getting));
    }
  }
}
