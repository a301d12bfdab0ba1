package io.github.descent4j.mnist;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.train.DivergedException;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.Trainer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network and prints how well it does after each epoch. */
@Command(
    name = "train",
    description = "Trains a network on MNIST, or on data in the same format.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    abbreviateSynopsis = true,
    sortOptions = false,
    footer = {
      "",
      "Standard output has a line for each epoch; the last line is the result, as",
      "'test accuracy 0.9812 (9812/10000)'.",
      "Exit status: 0 trained; 1 bad data, or training diverged; 2 wrong usage."
    })
final class TrainCommand implements Callable<Integer> {
  @Spec
  private CommandSpec command;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Directory with the four IDX files of a data set like MNIST, raw or gzip. Default: MNIST itself, from the jar.")
  private Path data;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "mlp",
      description = {
        "mlp: inputs-256-128-10. cnn: conv 5x5x16, pool, conv 5x5x32, pool, dense 128, dense 10."
            + " Default: ${DEFAULT-VALUE}."
      })
  private ModelChoice model;

  @Mixin
  private OptimizerOptions optimizerOptions;

  @Option(
      names = "--label-smoothing",
      paramLabel = "PART",
      defaultValue = "0",
      description =
          "Part of the target spread over all classes, in [0, 1). Default: ${DEFAULT-VALUE}.")
  private double labelSmoothing;

  @Option(
      names = "--dropout",
      paramLabel = "PART",
      defaultValue = "0",
      description =
          "Part of each hidden dense layer dropped in training, in [0, 1). Default: ${DEFAULT-VALUE}.")
  private double dropout;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "128",
      description = "Images per step. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Passes over the training images. Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description =
          "Seed of the initial weights, the order of the images and dropout. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() {
    validate();
    MnistData images = data == null ? MnistData.bundled() : MnistData.read(data);
    int rows = images.train().rows();
    int columns = images.train().columns();
    if (Math.min(rows, columns) < model.smallestImage) {
      throw new CommandException(String.format(
          "%s: expected images of at least %d x %d for --model %s, found %d x %d",
          data, model.smallestImage, model.smallestImage, model, rows, columns));
    }
    int stepsPerEpoch = (images.train().size() - 1) / batchSize + 1;
    Optimizer optimizer = optimizerOptions.build((long) epochs * stepsPerEpoch, stepsPerEpoch);
    Sequential network = model.build(rows, columns, dropout, seed);

    PrintWriter out = command.commandLine().getOut();
    out.printf(
        "data       %s: %d training and %d test images of %d x %d%n",
        data == null ? "MNIST" : data, images.train().size(), images.test().size(), rows, columns);
    out.printf("model      %s, %d weights%n", model, weights(network));
    out.printf(
        "optimizer  %s, batch size %d, seed %d%n", optimizerOptions.describe(), batchSize, seed);
    out.flush();
    train(network, optimizer, images, out);
    return 0;
  }

  private void validate() {
    optimizerOptions.validate();
    Check.option(
        command,
        labelSmoothing >= 0 && labelSmoothing < 1,
        "--label-smoothing",
        labelSmoothing,
        "a value in [0, 1)");
    Check.option(command, dropout >= 0 && dropout < 1, "--dropout", dropout, "a value in [0, 1)");
    Check.option(command, batchSize >= 1, "--batch-size", batchSize, "at least 1");
    Check.option(command, epochs >= 1, "--epochs", epochs, "at least 1");
  }

  private void train(Sequential network, Optimizer optimizer, MnistData images, PrintWriter out) {
    ImageDataset training = ImageDataset.training(images);
    ImageDataset test = ImageDataset.test(images);
    EpochBar bar = new EpochBar(System.err, Terminal.errorWidth().orElse(0));
    Trainer trainer = Trainer.builder(network, optimizer)
        .loss(new SoftmaxCrossEntropy(labelSmoothing))
        .batchSize(batchSize)
        .seed(seed)
        .listener(bar)
        .build();
    Evaluation result = null;
    for (int epoch = 1; epoch <= epochs; epoch++) {
      EpochMetrics metrics;
      try {
        metrics = trainer.fit(training, 1).get(0);
      } catch (DivergedException e) {
        throw new CommandException(e.getMessage(), e);
      } finally {
        bar.close();
      }
      result = trainer.evaluate(test);
      checkFinite(network, optimizer.steps(), result);
      out.printf(
          Locale.ROOT,
          "epoch %d/%d  train loss %.4f  train accuracy %.4f  test accuracy %.4f  %.2f s  %.0f images/s%n",
          epoch,
          epochs,
          metrics.trainLoss(),
          metrics.trainAccuracy(),
          result.accuracy(),
          metrics.seconds(),
          metrics.examplesPerSecond());
    }
    out.printf(
        Locale.ROOT,
        "test accuracy %.4f (%d/%d)%n",
        result.accuracy(),
        result.correct(),
        result.total());
  }

  /** The guard sees gradients before each step; this sees what the last step of the epoch has left. */
  private static void checkFinite(Sequential network, long step, Evaluation evaluation) {
    if (Double.isFinite(evaluation.meanLoss())) {
      return;
    }
    for (Parameter parameter : network.parameters()) {
      INDArray value = parameter.value().ravel();
      for (long i = 0; i < value.length(); i++) {
        if (!Double.isFinite(value.getDouble(i))) {
          throw diverged(step, "parameter '" + parameter.name() + "' is " + value.getDouble(i));
        }
      }
    }
    throw diverged(step, "the loss on the test images is " + evaluation.meanLoss());
  }

  private static CommandException diverged(long step, String what) {
    return new CommandException("training diverged at step " + step + ": " + what);
  }

  private static long weights(Sequential network) {
    long count = 0;
    for (Parameter parameter : network.parameters()) {
      count += parameter.value().length();
    }
    return count;
  }
}
