package io.github.descent4j.mnist.command;

import io.github.descent4j.Parameter;
import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.option.AugmentationOptions;
import io.github.descent4j.mnist.option.Check;
import io.github.descent4j.mnist.option.CheckpointOptions;
import io.github.descent4j.mnist.option.DataOptions;
import io.github.descent4j.mnist.option.ModelOptions;
import io.github.descent4j.mnist.option.OptimizerOptions;
import io.github.descent4j.mnist.option.OutputOptions;
import io.github.descent4j.mnist.option.RegularizationOptions;
import io.github.descent4j.mnist.option.SavedSettings;
import io.github.descent4j.mnist.option.StartOptions;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.report.RunRecorder;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.run.CheckpointFolder;
import io.github.descent4j.mnist.run.EpochResult;
import io.github.descent4j.mnist.run.GateText;
import io.github.descent4j.mnist.run.GradientListener;
import io.github.descent4j.mnist.run.RunOutput;
import io.github.descent4j.mnist.run.RunSaver;
import io.github.descent4j.mnist.run.TrainingRun;
import io.github.descent4j.mnist.run.WarmStart;
import io.github.descent4j.mnist.settings.OptimizerSettings;
import io.github.descent4j.mnist.settings.TrainingSettings;
import io.github.descent4j.mnist.tensorboard.TensorBoardLog;
import io.github.descent4j.mnist.terminal.CommandText;
import io.github.descent4j.mnist.terminal.EpochBar;
import io.github.descent4j.mnist.terminal.Interruption;
import io.github.descent4j.mnist.terminal.Terminal;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.EarlyStopping;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.TrainingListener;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
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
      "Standard output has a line for each epoch, with the loss and the accuracy in"
          + " training and the accuracy on the test images; the last line is the result, as"
          + " 'test accuracy 0.9812 (9812/10000)'.",
      "",
      "Examples:",
      "  mnist-example train --model cnn --epochs 3",
      "  mnist-example train --optimizer adamw --learning-rate 0.003 --report run.html",
      "  mnist-example train --model convnet --augment --epochs 15 --checkpoint runs",
      "  mnist-example train --resume runs",
      "",
      "Exit status: 0 trained; 1 bad data, or training diverged; 2 wrong usage; 129, 130 and 143 stopped by SIGHUP, Ctrl-C and SIGTERM.",
    })
public final class TrainCommand implements Callable<Integer> {
  /** Of the gradients in each epoch, for the report. */
  private static final int OBSERVATIONS = 20;

  @Spec
  private CommandSpec command;

  @Mixin
  private DataOptions data;

  @Mixin
  private ModelOptions model;

  @Mixin
  private OptimizerOptions optimizer;

  @Mixin
  private RegularizationOptions regularization;

  @Mixin
  private AugmentationOptions augmentation;

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

  @Mixin
  private StartOptions beginning;

  @Mixin
  private CheckpointOptions checkpoints;

  @Mixin
  private OutputOptions output;

  @Override
  public Integer call() {
    beginning.configure();
    validate();
    try (CheckpointFolder folder = checkpoints.open()) {
      Checkpoint start = checkpoints.resumes() ? checkpoints.last(folder) : null;
      if (start != null) {
        SavedSettings.adopt(command, start, this::validate);
      }
      MnistData images = data.readWhileNd4jStarts();
      if (start != null) {
        SavedSettings.requireSameData(start, images, data.name());
      }
      WarmStart weights = start == null ? beginning.weights().orElse(null) : null;
      if (weights != null) {
        weights.model().ifPresent(trained -> model.adopt(trained, weights.weights()));
        // Not every option goes with every model.
        validate();
      }
      model.requireFits(images.train(), data.name());
      int size = images.train().size();
      if (!optimizer.hasLearningRate()) {
        model.takeAllImages(size - regularization.settings().validation());
      }
      SavedSettings.check(command, start, () -> regularization.validateImages(size));
      TrainingSettings settings = new TrainingSettings(
          model.settings(),
          optimizer.settings(),
          regularization.settings(),
          augmentation.settings(),
          epochs,
          seed);
      int stepsPerEpoch = settings.stepsPerEpoch(size);
      SavedSettings.check(
          command, start, () -> optimizer.validateSteps((long) epochs * stepsPerEpoch));
      int width = output.quiet() ? 0 : Terminal.errorWidth().orElse(0);
      EpochBar bar = new EpochBar(System.err, width, epochs);
      RunRecorder recorder = start == null
          ? new RunRecorder(SavedSettings.of(command))
          : start.recorder(SavedSettings.of(command));
      try (Interruption interruption = new Interruption();
          TensorBoardLog board = output.tensorBoard(recorder, start)) {
        List<TrainingListener> listeners = new ArrayList<>(List.of(bar, recorder));
        if (board != null) {
          listeners.add(board);
        }
        GradientMonitor monitor = null;
        // Of a step with a line search there are many gradients, and none that is the step's.
        if (output.observesGradients() && optimizer.hasLearningRate()) {
          int every = Math.max(1, stepsPerEpoch / OBSERVATIONS);
          monitor = GradientMonitor.builder().every(every).build();
          listeners.add(new GradientListener(monitor, recorder));
        }
        TrainingRun run =
            new TrainingRun(settings, images, interruption::requested, listeners, monitor);
        recorder.begin(CommandText.of(command), Version.environment());
        describe(settings, images, run.network());
        if (start != null) {
          start.restore(run);
          out().printf(Locale.ROOT, "resumed    %s%n", start.folder());
          goOn(start, run, settings, stepsPerEpoch);
        }
        if (weights != null) {
          String what = weights.apply(run.network(), settings.model().model(), images.train());
          out().printf(Locale.ROOT, "from       %s%n", what);
        }
        out().flush();
        String title =
            settings.model().model() + " with " + settings.optimizer().optimizer();
        try (RunOutput files =
            new RunOutput(output.report(), output.metrics(), board, title, recorder)) {
          RunSaver saver =
              new RunSaver(folder, files, run, recorder, SavedSettings.of(command), images);
          return train(run, saver, bar, interruption);
        }
      }
    }
  }

  /** Says what more epochs than the run was to have mean, or why there cannot be more. */
  private void goOn(
      Checkpoint start, TrainingRun run, TrainingSettings settings, int stepsPerEpoch) {
    int planned = SavedSettings.epochs(start);
    if (epochs == planned) {
      return;
    }
    if (run.finished()) {
      throw new CommandException("--epochs is " + epochs + ", expected " + planned + " as in "
          + start.folder() + ": early stopping has ended this run after epoch "
          + run.progress().epochs());
    }
    OptimizerSettings update = settings.optimizer();
    if (optimizer.hasLearningRate() && update.schedule().dependsOnLength()) {
      long steps = run.progress().steps();
      out()
          .printf(
              Locale.ROOT,
              "schedule   %s, stretched from %d to %d epochs: the rate is now %.2g, and was %.2g%n",
              update.schedule(),
              planned,
              epochs,
              update.rates((long) epochs * stepsPerEpoch, stepsPerEpoch).at(steps),
              update.rates((long) planned * stepsPerEpoch, stepsPerEpoch).at(steps));
    }
  }

  private void validate() {
    model.validate();
    optimizer.validate();
    regularization.validate();
    augmentation.validate();
    checkpoints.validate();
    output.validate();
    Check.option(command, epochs >= 1, "--epochs", epochs, "at least 1");
  }

  private void describe(TrainingSettings settings, MnistData images, Sequential network) {
    LabelledImages training = images.train();
    int heldOut = settings.regularization().validation();
    out()
        .printf(
            Locale.ROOT,
            "data       %s: %d training%s and %d test images of %d x %d%n",
            data.name(),
            training.size() - heldOut,
            heldOut == 0 ? "" : ", " + heldOut + " validation",
            images.test().size(),
            training.rows(),
            training.columns());
    out()
        .printf(
            Locale.ROOT, "model      %s, %d weights%n", settings.model().model(), weights(network));
    out()
        .printf(
            Locale.ROOT,
            "optimizer  %s%s, batch size %d, seed %d%n",
            settings.optimizer(),
            settings.regularization(),
            settings.model().batchSize(),
            seed);
    if (!settings.augmentation().changesNothing()) {
      out().printf(Locale.ROOT, "augment    %s%n", settings.augmentation());
    }
  }

  private int train(TrainingRun run, RunSaver saver, EpochBar bar, Interruption interruption) {
    while (!run.finished()) {
      Optional<EpochResult> result;
      try {
        result = run.epoch();
      } catch (CommandException e) {
        saver.fail();
        throw e;
      } finally {
        bar.close();
      }
      if (result.isPresent()) {
        print(result.get());
        saver.save(result.get());
      } else if (interruption.requested()) {
        saver.save();
      }
      if (interruption.requested() && !run.finished()) {
        return interrupted(run, interruption.exitCode());
      }
    }
    Evaluation last = run.finish();
    saver.finish();
    EarlyStopping stopping = run.stopping();
    if (stopping != null) {
      out()
          .printf(
              Locale.ROOT,
              "best       epoch %d, validation accuracy %.4f%n",
              stopping.bestEpoch(),
              stopping.best());
    }
    GateText.of(run.network()).forEach(out()::println);
    command
        .commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "test accuracy %.4f (%d/%d)%n",
            last.accuracy(),
            last.correct(),
            last.total());
    return 0;
  }

  private void print(EpochResult result) {
    EpochMetrics metrics = result.training();
    out()
        .printf(
            Locale.ROOT,
            "epoch %d/%d  loss %.4f  train %.4f  test %.4f  %.2f s  %.0f images/s%n",
            metrics.epoch(),
            epochs,
            metrics.trainLoss(),
            metrics.trainAccuracy(),
            result.test().accuracy(),
            metrics.seconds(),
            metrics.examplesPerSecond());
  }

  private int interrupted(TrainingRun run, int exitCode) {
    String consequence = checkpoints.folder() == null
        ? "nothing is saved without --checkpoint"
        : "train --resume " + checkpoints.folder() + " goes on from here";
    command
        .commandLine()
        .getErr()
        .printf(
            Locale.ROOT, "interrupted after step %d; %s%n", run.progress().steps(), consequence);
    return exitCode;
  }

  /** For everything but the result. */
  private PrintWriter out() {
    return output.quiet()
        ? new PrintWriter(Writer.nullWriter())
        : command.commandLine().getOut();
  }

  private static long weights(Sequential network) {
    long count = 0;
    for (Parameter parameter : network.parameters()) {
      count += parameter.value().length();
    }
    return count;
  }
}
