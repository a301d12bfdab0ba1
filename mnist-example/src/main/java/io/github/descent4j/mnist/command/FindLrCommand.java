package io.github.descent4j.mnist.command;

import io.github.descent4j.mnist.chart.RatePlot;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.FileName;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.data.WholeFile;
import io.github.descent4j.mnist.option.Check;
import io.github.descent4j.mnist.option.ClipAndDecayOptions;
import io.github.descent4j.mnist.option.DataOptions;
import io.github.descent4j.mnist.option.HyperparameterOptions;
import io.github.descent4j.mnist.option.ModelOptions;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.run.RangeTest;
import io.github.descent4j.mnist.settings.ModelSettings;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.settings.OptimizerSettings;
import io.github.descent4j.mnist.settings.ScheduleChoice;
import io.github.descent4j.schedule.LearningRateFinder;
import io.github.descent4j.schedule.LearningRateFinder.Result;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks for a learning rate: the range test of {@link LearningRateFinder}. */
@Command(
    name = "find-lr",
    description = {
      "Looks for a learning rate: trains for some steps while the rate rises geometrically, and tells where the loss falls"
          + " fastest (Smith 2017)."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    abbreviateSynopsis = true,
    sortOptions = false,
    footer = {
      "",
      "The last line is the result, as 'learning rate 0.0042 (steepest), 0.0019 (a tenth of the lowest), 0.019 (the lowest)':"
          + " the first two for a constant rate, the last one for a schedule that falls to 0.",
      "",
      "Example:",
      "  mnist-example find-lr --optimizer adam --plot rates.png",
      "",
      "Exit status: 0 found; 1 bad data, or the loss does not fall; 2 wrong usage."
    })
public final class FindLrCommand implements Callable<Integer> {
  private static final int ROWS = 12;

  @Spec
  private CommandSpec command;

  @Mixin
  private DataOptions data;

  @Mixin
  private ModelOptions model;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "radam",
      completionCandidates = OptimizerChoice.WithLearningRate.class,
      description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private OptimizerChoice optimizer;

  @Mixin
  private HyperparameterOptions hyperparameters;

  @Mixin
  private ClipAndDecayOptions clipAndDecay;

  @Option(
      names = "--from",
      paramLabel = "RATE",
      defaultValue = "1e-6",
      description = "The first rate, above 0. Default: ${DEFAULT-VALUE}.")
  private double from;

  @Option(
      names = "--to",
      paramLabel = "RATE",
      defaultValue = "10",
      description = "The last rate, above the first. Default: ${DEFAULT-VALUE}.")
  private double to;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "200",
      description = "How many rates, a step each, at least 20. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description =
          "Seed of the initial weights, the order of the images and dropout. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Draw the losses over the rates into this file, .svg or .png.")
  private Path plot;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "FILE.csv gets a row for each step: rate, loss and smoothed loss.")
  private Path csv;

  @Override
  public Integer call() {
    validate();
    MnistData images = data.read();
    model.requireFits(images.train(), data.name());
    ModelSettings settings = model.settings();
    OptimizerSettings update = optimizerSettings();
    RangeTest test = new RangeTest(settings, update, images.train(), seed);
    PrintWriter out = command.commandLine().getOut();
    out.printf(Locale.ROOT, "model      %s on %s%n", settings.model(), data.name());
    out.printf(
        Locale.ROOT,
        "optimizer  %s, batch size %d, seed %d%n",
        update.withoutRate(),
        settings.batchSize(),
        seed);
    out.flush();
    Result result =
        test.run(LearningRateFinder.builder().from(from).to(to).steps(steps).build());
    printCurve(result, out);
    if (plot != null) {
      RatePlot.write(result, settings.model() + ", " + update.withoutRate(), plot);
    }
    if (csv != null) {
      writeCsv(result);
    }
    out.println(suggestion(result));
    return 0;
  }

  private void validate() {
    model.validate();
    Check.hasLearningRate(command, optimizer);
    Check.option(
        command,
        !optimizer.takesSecondGradients(),
        "--optimizer",
        optimizer,
        "one that takes one gradient in a step");
    hyperparameters.validate(optimizer);
    clipAndDecay.validate(optimizer);
    Check.option(command, Check.positive(from), "--from", from, "a finite number above 0");
    Check.option(
        command, to > from && Double.isFinite(to), "--to", to, "a finite number above " + from);
    // The smoothed loss has no slope before the window of its median is full, on both sides.
    Check.option(command, steps >= 20, "--steps", steps, "at least 20");
    if (plot != null) {
      Check.option(command, RatePlot.draws(plot), "--plot", plot, "a file *.svg or *.png");
      Check.folderOf(plot);
    }
    if (csv != null) {
      Check.option(
          command, FileName.endsWith(csv, ".csv"), "--csv", csv, "a name that ends in .csv");
      Check.folderOf(csv);
    }
  }

  /** The rate is that of the test, not of these. */
  private OptimizerSettings optimizerSettings() {
    return clipAndDecay.settings(
        optimizer,
        hyperparameters.of(optimizer),
        optimizer.defaultLearningRate,
        ScheduleChoice.CONSTANT,
        0);
  }

  /** Some points of the curve, the last one among them. */
  private void printCurve(Result result, PrintWriter out) {
    int points = result.rates().size();
    out.printf(
        Locale.ROOT,
        "rates      %s to %s in %d steps%s%n",
        from,
        to,
        steps,
        result.diverged() ? ", diverged after " + points : "");
    int rows = Math.min(ROWS, points);
    out.printf(Locale.ROOT, "%10s  %10s  %10s%n", "rate", "loss", "smoothed");
    for (int row = 1; row <= rows; row++) {
      int point = row * points / rows - 1;
      out.printf(
          Locale.ROOT,
          "%10.2e  %10.4f  %10.4f%n",
          result.rates().get(point),
          result.losses().get(point),
          result.smoothedLosses().get(point));
    }
  }

  private void writeCsv(Result result) {
    StringBuilder text = new StringBuilder("learning_rate,loss,smoothed_loss\n");
    for (int i = 0; i < result.rates().size(); i++) {
      text.append(result.rates().get(i))
          .append(',')
          .append(result.losses().get(i))
          .append(',')
          .append(result.smoothedLosses().get(i))
          .append('\n');
    }
    try {
      WholeFile.write(csv, text.toString().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw CommandException.unwritable(csv, e);
    }
  }

  private String suggestion(Result result) {
    OptionalDouble steepest = result.steepestDescent();
    OptionalDouble careful = result.tenthOfMinimum();
    if (steepest.isEmpty() || careful.isEmpty()) {
      throw new CommandException("the loss does not fall at rates from " + from + " to " + to
          + ", expected a range with a rate that trains the network");
    }
    return String.format(
        Locale.ROOT,
        "learning rate %.2g (steepest), %.2g (a tenth of the lowest), %.2g (the lowest)",
        steepest.getAsDouble(),
        careful.getAsDouble(),
        10 * careful.getAsDouble());
  }
}
