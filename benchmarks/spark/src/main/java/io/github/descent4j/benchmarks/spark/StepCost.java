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
import io.github.descent4j.spark.DatasetSource;
import io.github.descent4j.spark.NetworkSource;
import io.github.descent4j.spark.SparkTrainer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a synchronous step costs beside the arithmetic of one machine. */
@Command(
    name = "step-cost",
    description = {
      "What a synchronous step of Adam costs beside the arithmetic of one machine, as a table of Markdown.",
      "CPU is of all threads of all processes, compilers and garbage collection too. In local[N] that of the executors is"
          + " what Spark says of its tasks, and that of the driver the rest of the process; in local-cluster executors are"
          + " processes. Bytes are of the results of all tasks; the parameters go out once.",
      "Settings of Spark: java -Dspark.NAME=VALUE -jar ..."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class StepCost implements Callable<Integer> {
  private static final int EXAMPLES = 4096;

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--master",
      defaultValue = "local[2]",
      description = "Where to compute, such as local-cluster[2,1,1024]. Default: ${DEFAULT-VALUE}.")
  private String master;

  @Option(
      names = "--nets",
      split = ",",
      defaultValue = "mlp,cnn,large",
      description = "Of mlp, cnn and large, which has 10^7 parameters. Default: ${DEFAULT-VALUE}.")
  private List<String> nets;

  @Option(
      names = "--shards",
      split = ",",
      defaultValue = "2,4,8",
      description = "Numbers of shards. Default: ${DEFAULT-VALUE}.")
  private List<Integer> shards;

  @Option(
      names = "--batch-size",
      defaultValue = "256",
      description = "Examples of a batch. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--steps",
      defaultValue = "400",
      description = "Steps that count, of each row. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--warm-up",
      defaultValue = "400",
      description = "Steps before them, in which code is compiled. Default: ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(names = "--parts", description = "Also the CPU of a step by kinds of threads (Linux).")
  private boolean parts;

  @Override
  public Integer call() {
    for (String net : nets) {
      if (!List.of("mlp", "cnn", "large").contains(net)) {
        throw new ParameterException(
            spec.commandLine(), "--nets has '" + net + "', expected mlp, cnn or large");
      }
    }
    if (steps < 1 || warmUp < 1 || batch < 1) {
      throw new ParameterException(
          spec.commandLine(), "--steps, --warm-up or --batch-size is below 1, expected at least 1");
    }
    System.out.printf(
        Locale.ROOT,
        "%s, %d cores, JDK %s, batches of %d, %d steps after %d, load %.1f%n%n",
        master,
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        batch,
        steps,
        warmUp,
        ProcessorTime.system().getSystemLoadAverage());
    System.out.printf(
        Locale.ROOT,
        "| net | parameters | shards | tasks | CPU, ms | beside one machine's | driver | executors"
            + " | MB back | scheduler delay of a task, ms | garbage collection, ms | wall clock, ms |%n");
    System.out.printf(Locale.ROOT, "|---|---|---|---|---|---|---|---|---|---|---|---|%n");
    Map<String, Map<String, Double>> byThread = new TreeMap<>();
    try (JavaSparkContext spark = LocalContext.of(master, "step cost")) {
      for (String net : nets) {
        Window alone = alone(net);
        System.out.printf(
            Locale.ROOT, "%s%n", alone.row(net, "one machine", master, new Tasks(), null));
        byThread.put(net + ", one machine", alone.byThread());
        for (int count : shards) {
          Tasks tasks = new Tasks();
          Window window = onSpark(spark, net, count, tasks);
          System.out.printf(Locale.ROOT, "%s%n", window.row(net, "" + count, master, tasks, alone));
          byThread.put(net + ", " + count + " shards", window.byThread());
        }
      }
    }
    System.out.printf(
        Locale.ROOT, "%nload %.1f at the end%n", ProcessorTime.system().getSystemLoadAverage());
    if (parts) {
      byThread.forEach((row, times) -> {
        System.out.printf(
            Locale.ROOT, "%n%s, ms of CPU a step:%n%n| threads | ms |%n|---|---|%n", row);
        times.entrySet().stream()
            .filter(one -> one.getValue() >= 0.005)
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .forEach(one ->
                System.out.printf(Locale.ROOT, "| %s | %.2f |%n", one.getKey(), one.getValue()));
      });
    }
    return 0;
  }

  private Window onSpark(JavaSparkContext spark, String net, int count, Tasks tasks) {
    Window window = new Window(
        warmUp, steps, parameters(network(net)), () -> spark.sc().addSparkListener(tasks));
    NetworkSource network = () -> network(net);
    DatasetSource data = StepCost::data;
    try (SparkTrainer trainer = SparkTrainer.builder(spark, network, data, new Adam(1e-4))
        .shards(count)
        .batchSize(batch)
        .listener(window)
        .stopWhen(window::ended)
        .build()) {
      trainer.fit(epochs());
    }
    try {
      Thread.sleep(500); // Spark tells its listeners later.
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    spark.sc().removeSparkListener(tasks);
    return window;
  }

  private Window alone(String net) {
    Sequential network = network(net);
    Window window = new Window(warmUp, steps, parameters(network), () -> {});
    Trainer.builder(network, new Adam(1e-4))
        .batchSize(batch)
        .threads(1) // As a task has.
        .listener(window)
        .stopWhen(window::ended)
        .build()
        .fit(data(), epochs());
    return window;
  }

  private int epochs() {
    return 1 + (warmUp + steps) / ((EXAMPLES - 1) / batch + 1);
  }

  private static long parameters(Sequential network) {
    long parameters = 0;
    for (Parameter parameter : network.parameters()) {
      parameters += parameter.value().length();
    }
    return parameters;
  }

  private static Sequential network(String net) {
    return switch (net) {
      case "mlp" -> ModelChoice.MLP.build(28, 28, 10, 0, 42);
      case "cnn" -> ModelChoice.CNN.build(28, 28, 10, 0, 42);
      default ->
        Sequential.builder(DataType.FLOAT, 42)
            .input(1, 28, 28)
            .flatten()
            .dense("fc1", 2800)
            .relu()
            .dense("fc2", 2800)
            .relu()
            .dense("fc3", 10)
            .build();
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
    private final int warmUp;
    private final int steps;
    private final long parameters;
    private final Runnable begin;
    private final Map<String, Double> byThread = new TreeMap<>();
    private long done;
    private double own;
    private double children;
    private double collecting;
    private double nanos;

    Window(int warmUp, int steps, long parameters, Runnable begin) {
      this.warmUp = warmUp;
      this.steps = steps;
      this.parameters = parameters;
      this.begin = begin;
    }

    boolean ended() {
      return done == warmUp + steps;
    }

    @Override
    public void onStep(StepMetrics metrics) {
      done = metrics.step();
      if (done == warmUp) {
        begin.run();
        count(-1);
      }
      if (ended()) {
        count(1);
      }
    }

    private void count(int sign) {
      own += sign * ProcessorTime.ofThisProcess();
      children += sign * ProcessorTime.ofChildren();
      collecting += sign * ProcessorTime.ofCollections();
      nanos += sign * (double) System.nanoTime();
      ProcessorTime.byThread().forEach((name, ms) -> byThread.merge(name, sign * ms, Double::sum));
    }

    Map<String, Double> byThread() {
      Map<String, Double> each = new TreeMap<>();
      byThread.forEach((name, ms) -> each.put(name, ms / steps));
      return each;
    }

    double cpu() {
      return (own + children) / steps;
    }

    String row(String net, String shards, String master, Tasks tasks, Window alone) {
      boolean processes = master.startsWith("local-cluster");
      double executors = (processes ? children : tasks.cpu.sum() / 1e6) / steps;
      double count = tasks.count.sum();
      return String.format(
          Locale.ROOT,
          "| %s | %d | %s | %s | %.1f | %s | %s | %s | %s | %s | %.1f | %.1f |",
          net,
          parameters,
          shards,
          alone == null ? "" : number("%.1f", count / steps),
          cpu(),
          alone == null ? "" : number("%.1f", cpu() - alone.cpu()),
          alone == null ? "" : number("%.1f", cpu() - executors),
          alone == null ? "" : number("%.1f", executors),
          alone == null ? "" : number("%.2f", tasks.resultBytes.sum() / 1e6 / steps),
          alone == null ? "" : number("%.1f", tasks.delay.sum() / Math.max(1, count)),
          collecting / steps,
          nanos / 1e6 / steps);
    }

    private static String number(String format, double value) {
      return String.format(Locale.ROOT, format, value);
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
      // As Spark's own pages have it.
      delay.add(Math.max(
          0,
          end.taskInfo().duration()
              - metrics.executorRunTime()
              - metrics.executorDeserializeTime()
              - metrics.resultSerializationTime()
              - getting));
    }
  }
}
