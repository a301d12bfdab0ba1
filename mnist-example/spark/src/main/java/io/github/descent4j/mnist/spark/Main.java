package io.github.descent4j.mnist.spark;

import io.github.descent4j.AdamW;
import io.github.descent4j.Nesterov;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.RAdam;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.ImageDataset;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.OpenBlasCore;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.Trainer;
import io.github.descent4j.nn.train.TrainingListener;
import io.github.descent4j.schedule.Schedules;
import io.github.descent4j.spark.DatasetSource;
import io.github.descent4j.spark.NetworkSource;
import io.github.descent4j.spark.SparkTrainer;
import io.github.descent4j.state.StateFileException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * Trains a network on MNIST, on the Spark that {@code spark-submit} or {@code --master} says.
 *
 * <pre>
 * spark-submit --class io.github.descent4j.mnist.spark.Main --jars mnist-example.jar,optim-spark.jar mnist-spark.jar --shards 8
 * </pre>
 *
 * <p>Exit status: 0 if all went well; 1 if it did not, with one line on standard error; 2 for a wrong command line.
 */
@Command(
    name = "mnist-spark",
    description = "Trains networks on MNIST with RAdam on Apache Spark.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Main implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "Where to compute, such as local[2] or spark://host:7077. Default: what spark-submit"
              + " says, else local[*].")
  private String master;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder with the four files of MNIST, on every machine. Default: those in the jar.")
  private Path data;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = "mlp",
      converter = ModelConverter.class,
      description = "mlp, cnn or convnet. Default: ${DEFAULT-VALUE}.")
  private ModelChoice model;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Epochs in all. Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--shards",
      paramLabel = "S",
      defaultValue = "8",
      description = "Shards of a batch: the bits follow from it, the cluster may be any."
          + " Default: ${DEFAULT-VALUE}.")
  private int shards;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Images of a batch, of all shards together. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      defaultValue = "0.01",
      description = "Rate at the start of the cosine schedule; of the inner AdamW, constant, with"
          + " local steps. Default: ${DEFAULT-VALUE}.")
  private double learningRate;

  @Option(
      names = "--local-steps",
      paramLabel = "K",
      defaultValue = "0",
      description = "Steps of each shard by itself between two exchanges; 0 adds the gradients of"
          + " every batch. Default: ${DEFAULT-VALUE}.")
  private int localSteps;

  @Option(
      names = "--outer-rate",
      paramLabel = "RATE",
      defaultValue = "0.7",
      description = "Rate of the outer Nesterov momentum of 0.9 with local steps."
          + " Default: ${DEFAULT-VALUE}.")
  private double outerRate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Seed of everything random. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Folder of the driver for checkpoints; goes on from the last one in it.")
  private Path checkpoint;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      defaultValue = "100",
      description = "Steps from one checkpoint to the next. Default: ${DEFAULT-VALUE}.")
  private int checkpointEvery;

  private Main() {}

  /**
   * Runs the command and ends the JVM with its exit status.
   *
   * @param args the command line
   */
  public static void main(String... args) {
    OpenBlasCore.choose();
    PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
    PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
    System.exit(run(out, err, args));
  }

  /** Runs the command, and returns the exit status. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler((e, commandLine, result) -> {
          // What a user can do something about has its words in the message.
          if (e instanceof CommandException
              || e instanceof StateFileException
              || e instanceof UncheckedIOException
              || e instanceof IllegalArgumentException
              || e instanceof IllegalStateException) {
            err.println(e.getMessage());
            return 1;
          }
          throw e;
        })
        .execute(args);
  }

  @Override
  public Integer call() {
    validate();
    PrintWriter out = spec.commandLine().getOut();
    MnistData images = images(data);
    ModelChoice choice = model;
    int rows = images.train().rows();
    int columns = images.train().columns();
    int classes = images.train().classes();
    long seedOfRun = seed;
    NetworkSource network = () -> choice.build(rows, columns, classes, 0, seedOfRun);
    String folder = data == null ? null : data.toString();
    DatasetSource train = () -> {
      LabelledImages here = images(folder == null ? null : Path.of(folder)).train();
      return new ImageDataset(here, GreyScale.of(here));
    };
    ImageDataset test = new ImageDataset(images.test(), GreyScale.of(images.train()));
    try (JavaSparkContext spark = new JavaSparkContext(conf(master))) {
      SparkTrainer.Builder builder = SparkTrainer.builder(
              spark, network, train, optimizer(images.train().size()))
          .shards(shards)
          .batchSize(batchSize)
          .seed(seed);
      if (localSteps > 0) {
        double rate = learningRate;
        builder.localSteps(localSteps, () -> new AdamW(rate));
      }
      if (checkpoint != null) {
        builder.checkpoints(checkpoint, checkpointEvery);
      }
      SparkTrainer[] trainer = new SparkTrainer[1];
      builder.listener(new TrainingListener() {
        @Override
        public void onEpoch(EpochMetrics epoch) {
          print(out, epoch, evaluate(trainer[0], test));
        }
      });
      try (SparkTrainer built = builder.build()) {
        trainer[0] = built;
        describe(out, spark, images, built);
        train(out, built);
        Evaluation evaluation = evaluate(built, test);
        out.printf(
            Locale.ROOT,
            "test accuracy %.4f (%d/%d)%n",
            evaluation.accuracy(),
            evaluation.correct(),
            evaluation.total());
        out.printf(Locale.ROOT, "weights    sha256 %s%n", digest(built.network()));
      }
    }
    return 0;
  }

  private void validate() {
    check(localSteps >= 0, "--local-steps is " + localSteps + ", expected at least 0");
    check(epochs >= 1, "--epochs is " + epochs + ", expected at least 1");
    check(batchSize >= 1, "--batch-size is " + batchSize + ", expected at least 1");
    ParseResult given = spec.commandLine().getParseResult();
    check(
        localSteps > 0 || !given.hasMatchedOption("--outer-rate"),
        "--outer-rate is " + outerRate + ", expected --local-steps with it");
    check(
        checkpoint != null || !given.hasMatchedOption("--checkpoint-every"),
        "--checkpoint-every is " + checkpointEvery + ", expected --checkpoint with it");
  }

  private void check(boolean holds, String message) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private void train(PrintWriter out, SparkTrainer trainer) {
    if (checkpoint != null && trainer.resume()) {
      out.printf(Locale.ROOT, "resumed    after step %d%n", trainer.progress().steps());
    }
    int left = epochs - trainer.progress().epochs();
    if (left > 0) {
      trainer.fit(left);
    }
  }

  private static MnistData images(Path folder) {
    return folder == null ? MnistData.bundled() : MnistData.read(folder);
  }

  /** An option comes first, what spark-submit has set second; the settings of the guide are last. */
  static SparkConf conf(String master) {
    SparkConf conf = new SparkConf()
        .setIfMissing("spark.app.name", "descent4j MNIST")
        .setIfMissing("spark.broadcast.compress", "false")
        .setIfMissing("spark.broadcast.checksum", "false")
        .setIfMissing("spark.locality.wait", "0s");
    if (master != null) {
      conf.setMaster(master);
    }
    return conf.setIfMissing("spark.master", "local[*]");
  }

  private Optimizer optimizer(int examples) {
    if (localSteps > 0) {
      return Nesterov.builder().learningRate(outerRate).momentum(0.9).build();
    }
    long steps = (long) epochs * ((examples - 1) / batchSize + 1);
    return new RAdam(learningRate).scheduled(Schedules.cosine(learningRate, steps));
  }

  private static Evaluation evaluate(SparkTrainer trainer, ImageDataset test) {
    // Evaluation alone: no optimizer takes a step.
    return Trainer.builder(trainer.network(), new RAdam()).build().evaluate(test);
  }

  /** The first 16 digits of a hash of all weights' bits, by which runs are compared. */
  static String digest(Sequential network) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // Every JDK has it.
    }
    for (Parameter parameter : network.parameters()) {
      float[] weights = parameter.value().dup('c').data().asFloat();
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * weights.length);
      bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(weights);
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
  }

  private void describe(
      PrintWriter out, JavaSparkContext spark, MnistData images, SparkTrainer trainer) {
    long weights = 0;
    for (Parameter parameter : trainer.network().parameters()) {
      weights += parameter.value().length();
    }
    out.printf(
        Locale.ROOT,
        "data       MNIST: %d training and %d test images of %d x %d%n",
        images.train().size(),
        images.test().size(),
        images.train().rows(),
        images.train().columns());
    out.printf(Locale.ROOT, "model      %s, %d weights%n", model, weights);
    out.printf(
        Locale.ROOT,
        "cluster    Spark %s on %s, %d shards, batch size %d, seed %d, %s%n",
        spark.version(),
        spark.master(),
        shards,
        batchSize,
        seed,
        localSteps > 0 ? localSteps + " local steps" : "synchronous");
  }

  private void print(PrintWriter out, EpochMetrics epoch, Evaluation test) {
    out.printf(
        Locale.ROOT,
        "epoch %d/%d  loss %.4f  train %.4f  test %.4f  %.2f s  %.0f images/s%n",
        epoch.epoch(),
        epochs,
        epoch.trainLoss(),
        epoch.trainAccuracy(),
        test.accuracy(),
        epoch.seconds(),
        epoch.examplesPerSecond());
  }

  /** The models by the names that they print. */
  static final class ModelConverter implements CommandLine.ITypeConverter<ModelChoice> {
    @Override
    public ModelChoice convert(String name) {
      for (ModelChoice choice : ModelChoice.values()) {
        if (choice.toString().equals(name)) {
          return choice;
        }
      }
      throw new CommandLine.TypeConversionException(
          "'" + name + "' is none of " + List.of(ModelChoice.values()));
    }
  }
}
