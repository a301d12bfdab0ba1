package io.github.descent4j.benchmarks.spark;

import io.github.descent4j.AdamW;
import io.github.descent4j.Nesterov;
import io.github.descent4j.Optimizer;
import io.github.descent4j.RAdam;
import io.github.descent4j.Sgd;
import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.ImageDataset;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.Trainer;
import io.github.descent4j.schedule.Schedules;
import io.github.descent4j.spark.DatasetSource;
import io.github.descent4j.spark.NetworkSource;
import io.github.descent4j.spark.SparkTrainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Accuracy and time of local steps against synchronous ones and one machine, after the same number of examples. */
@Command(
    name = "local-steps",
    description = {
      "Test accuracy on MNIST and time of local steps, of synchronous ones and of one machine, after the same number of examples,"
          + " as a table of Markdown.",
      "One machine and synchronous: RAdam with a cosine schedule. Local: AdamW within a round; outside Nesterov's momentum"
          + " (DiLoCo), or the average."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class LocalSteps implements Callable<Integer> {
  private static final int VALIDATION = 10_000;

  @Option(
      names = "--master",
      defaultValue = "local[2]",
      description = "Where to compute. Default: ${DEFAULT-VALUE}.")
  private String master;

  @Option(
      names = "--model",
      defaultValue = "mlp",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private ModelChoice model;

  @Option(
      names = "--epochs",
      defaultValue = "5",
      description = "Epochs of each run. Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--seeds",
      split = ",",
      defaultValue = "1,2,3",
      description = "A run for each. Default: ${DEFAULT-VALUE}.")
  private List<Long> seeds;

  @Option(
      names = "--shards",
      defaultValue = "4",
      description = "Shards of a batch. Default: ${DEFAULT-VALUE}.")
  private int shards;

  @Option(
      names = "--batch-size",
      defaultValue = "512",
      description = "Examples of a batch, of all shards together. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--local-steps",
      split = ",",
      defaultValue = "5,20",
      description = "Steps of a round. Default: ${DEFAULT-VALUE}.")
  private List<Integer> localSteps;

  @Option(
      names = "--rate",
      defaultValue = "0.005",
      description =
          "Learning rate of one machine and of synchronous steps. Default: ${DEFAULT-VALUE}.")
  private double rate;

  @Option(
      names = "--inner-rate",
      defaultValue = "0.001",
      description = "Learning rate within a round. Default: ${DEFAULT-VALUE}.")
  private double innerRate;

  @Option(
      names = "--outer-rate",
      defaultValue = "0.7",
      description = "Learning rate of Nesterov's momentum outside. Default: ${DEFAULT-VALUE}.")
  private double outerRate;

  @Option(
      names = "--validation",
      description = "Measure on the last 10,000 training images, which are left out of training:"
          + " to choose rates by.")
  private boolean validation;

  @Override
  public Integer call() {
    System.out.printf(
        Locale.ROOT,
        "%s, %s, %d epochs, %d shards, batches of %d, %d cores, JDK %s, load %.1f%n%n",
        model,
        master,
        epochs,
        shards,
        batch,
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        ProcessorTime.system().getSystemLoadAverage());
    System.out.println(
        "| | exchanges | accuracy, by seed | mean | seconds, by seed | CPU seconds |");
    System.out.println("|---|---|---|---|---|---|");
    try (JavaSparkContext spark = LocalContext.of(master, "local steps")) {
      int part = batch / shards;
      each("one machine, batches of " + part, 0, seed -> alone(part, seed));
      each("one machine, batches of " + batch, 0, seed -> alone(batch, seed));
      each("synchronous", epochs * rounds(1), seed -> synchronous(spark, seed));
      for (int k : localSteps) {
        int exchanges = epochs * rounds(k);
        each(
            k + " local steps, Nesterov outside",
            exchanges,
            seed -> local(
                spark,
                seed,
                k,
                Nesterov.builder().learningRate(outerRate).momentum(0.9).build()));
        each(k + " local steps, average", exchanges, seed -> local(spark, seed, k, new Sgd(1)));
      }
    }
    System.out.printf(
        Locale.ROOT, "%nload %.1f at the end%n", ProcessorTime.system().getSystemLoadAverage());
    return 0;
  }

  /** Trains, and returns the network. */
  private interface Training {
    Sequential run(long seed);
  }

  private void each(String name, int exchanges, Training training) {
    List<String> accuracies = new ArrayList<>();
    List<String> seconds = new ArrayList<>();
    double sum = 0;
    double cpu = -ProcessorTime.ofThisProcess() - ProcessorTime.ofChildren();
    for (long seed : seeds) {
      long start = System.nanoTime();
      Sequential network = training.run(seed);
      seconds.add(String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) / 1e9));
      double accuracy = Trainer.builder(network, new Sgd(1))
          .build()
          .evaluate(test(validation))
          .accuracy();
      accuracies.add(String.format(Locale.ROOT, "%.4f", accuracy));
      sum += accuracy;
    }
    cpu += ProcessorTime.ofThisProcess() + ProcessorTime.ofChildren();
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %s | %.4f | %s | %.1f |%n",
        name,
        exchanges,
        String.join(" ", accuracies),
        sum / seeds.size(),
        String.join(" ", seconds),
        cpu / 1000 / seeds.size());
    System.out.flush();
  }

  private int batches(int size) {
    return (train(validation).size() - 1) / size + 1;
  }

  private int rounds(int k) {
    return (batches(batch) - 1) / k + 1;
  }

  private Optimizer scheduled(int batchSize) {
    return new RAdam(rate).scheduled(Schedules.cosine(rate, (long) epochs * batches(batchSize)));
  }

  private Sequential alone(int batchSize, long seed) {
    Sequential network = network(model, seed);
    Trainer.builder(network, scheduled(batchSize))
        .batchSize(batchSize)
        .seed(seed)
        .build()
        .fit(train(validation), epochs);
    return network;
  }

  private Sequential synchronous(JavaSparkContext spark, long seed) {
    return fit(builder(spark, seed, scheduled(batch)));
  }

  private Sequential local(JavaSparkContext spark, long seed, int k, Optimizer outer) {
    double inner = innerRate;
    return fit(builder(spark, seed, outer).localSteps(k, () -> new AdamW(inner)));
  }

  private SparkTrainer.Builder builder(JavaSparkContext spark, long seed, Optimizer optimizer) {
    ModelChoice choice = model;
    boolean part = validation;
    NetworkSource network = () -> network(choice, seed);
    DatasetSource data = () -> train(part);
    return SparkTrainer.builder(spark, network, data, optimizer)
        .shards(shards)
        .batchSize(batch)
        .seed(seed);
  }

  private Sequential fit(SparkTrainer.Builder builder) {
    try (SparkTrainer trainer = builder.build()) {
      trainer.fit(epochs);
      return trainer.network();
    }
  }

  private static Sequential network(ModelChoice model, long seed) {
    return model.build(28, 28, 10, 0, seed);
  }

  private static Dataset train(boolean validation) {
    LabelledImages all = Images.DATA.train();
    return dataset(validation ? all.part(0, all.size() - VALIDATION) : all);
  }

  private static Dataset test(boolean validation) {
    LabelledImages all = Images.DATA.train();
    return dataset(validation ? all.part(all.size() - VALIDATION, all.size()) : Images.DATA.test());
  }

  private static Dataset dataset(LabelledImages images) {
    return new ImageDataset(images, GreyScale.of(Images.DATA.train()));
  }

  /** Read once in a process. */
  private static final class Images {
    static final MnistData DATA = MnistData.bundled();
  }
}
