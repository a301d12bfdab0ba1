package io.github.descent4j.mnist.command;

import io.github.descent4j.Threads;
import io.github.descent4j.mnist.compare.ComparedRun;
import io.github.descent4j.mnist.compare.Comparison;
import io.github.descent4j.mnist.compare.ComparisonFolder;
import io.github.descent4j.mnist.compare.ComparisonReport;
import io.github.descent4j.mnist.compare.ComparisonTable;
import io.github.descent4j.mnist.compare.Contender;
import io.github.descent4j.mnist.compare.Seeds;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.option.Check;
import io.github.descent4j.mnist.option.DataOptions;
import io.github.descent4j.mnist.option.ModelOptions;
import io.github.descent4j.mnist.option.UpdateOptions;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.report.RunRecord.Session;
import io.github.descent4j.mnist.settings.AugmentationSettings;
import io.github.descent4j.mnist.settings.RegularizationSettings;
import io.github.descent4j.mnist.settings.TrainingSettings;
import io.github.descent4j.mnist.terminal.CommandText;
import io.github.descent4j.mnist.terminal.Interruption;
import io.github.descent4j.mnist.terminal.Terminal;
import io.github.descent4j.mnist.terminal.TerminalBar;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains with several optimizers, learning rates and seeds, and prints what test accuracy each reaches. */
@Command(
    name = "compare",
    description = {
      "Trains with each of several optimizers, learning rates and seeds, and compares the test accuracy.",
      "Results are kept in a folder: the same command again, or one with more of them, does only the runs that are not there."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    abbreviateSynopsis = true,
    sortOptions = false,
    footer = {
      "",
      "Exit status: 0 compared; 1 bad data; 2 wrong usage; 129, 130 and 143 stopped by SIGHUP, Ctrl-C and SIGTERM.",
    })
public final class CompareCommand implements Callable<Integer> {
  @Spec
  private CommandSpec command;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      split = ",",
      arity = "1..*",
      defaultValue = "radam,adam,adam:warmup=500,sgd",
      description =
          "Optimizers, by commas or spaces, each with the steps of its warmup if it has one. Default: ${DEFAULT-VALUE}.")
  private List<Contender> contenders;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      split = ",",
      arity = "1..*",
      defaultValue = "0.003,0.01,0.03,0.1",
      description = "Learning rates, each above 0. Default: ${DEFAULT-VALUE}.")
  private List<Double> learningRates;

  @Option(
      names = "--seed",
      paramLabel = "N",
      split = ",",
      arity = "1..*",
      defaultValue = "1,2,3",
      description =
          "Seeds of the initial weights, the order of the images and dropout; 1-3 is 1,2,3. Default: ${DEFAULT-VALUE}.")
  private List<Seeds> seedRanges;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Passes over the training images. Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Mixin
  private DataOptions data;

  @Mixin
  private ModelOptions model;

  @Mixin
  private UpdateOptions update;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "comparison",
      description = "Folder of the results, a file for each run. Default: ${DEFAULT-VALUE}.")
  private Path output;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "HTML file with accuracy against learning rate and the curves of training.")
  private Path report;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description =
          "Runs at the same time; the results do not depend on it. Default: one for each processor.")
  private Integer jobs;

  @Override
  public Integer call() {
    validate();
    if (report != null) {
      Check.folderOf(report);
    }
    MnistData images = data.read();
    model.requireFits(images.train(), data.name());
    List<TrainingSettings> all = settings(images.train().size());
    ComparisonFolder folder = new ComparisonFolder(output, images.fingerprint());
    List<ComparedRun> results = new ArrayList<>();
    List<TrainingSettings> missing = new ArrayList<>();
    for (TrainingSettings settings : all) {
      folder.find(settings).ifPresentOrElse(results::add, () -> missing.add(settings));
    }
    out()
        .printf(
            Locale.ROOT,
            "%d runs of %d epochs, model %s, batch size %d; %d of them are in %s%n",
            all.size(),
            epochs,
            model.settings().model(),
            model.settings().batchSize(),
            results.size(),
            output);
    try (Interruption interruption = new Interruption()) {
      compare(images, folder, missing, results, interruption);
      if (results.size() < all.size()) {
        command
            .commandLine()
            .getErr()
            .printf(
                Locale.ROOT,
                "interrupted; %d of %d runs are in %s, the same command does the others%n",
                results.size(),
                all.size(),
                output);
        return interruption.exitCode();
      }
    }
    ComparisonTable table = new ComparisonTable(contenders, learningRates, results);
    table.print(out());
    if (report != null) {
      writeReport(table);
    }
    return 0;
  }

  private void writeReport(ComparisonTable table) {
    Session session = new Session(CommandText.of(command), 0, Version.environment());
    try {
      new ComparisonReport(contenders, learningRates, table).page(session).save(report);
    } catch (IOException e) {
      throw CommandException.unwritable(report, e);
    }
  }

  private void compare(
      MnistData images,
      ComparisonFolder folder,
      List<TrainingSettings> missing,
      List<ComparedRun> results,
      Interruption interruption) {
    if (missing.isEmpty()) {
      return;
    }
    TerminalBar bar = new TerminalBar(System.err, Terminal.errorWidth().orElse(0));
    TrainingListener counter = new TrainingListener() {
      @Override
      public void onStep(StepMetrics metrics) {
        bar.step();
      }
    };
    int total = results.size() + missing.size();
    long steps = missing.get(0).stepsPerEpoch(images.train().size()) * (long) epochs;
    bar.open("compare", steps * missing.size());
    try {
      new Comparison(images, folder, workers(), interruption::requested, counter)
          .run(missing, run -> {
            results.add(run);
            bar.above(() -> print(run, results.size(), total));
          });
    } finally {
      bar.close();
    }
  }

  private void print(ComparedRun run, int number, int total) {
    out()
        .printf(
            Locale.ROOT,
            "%d/%d  %s, learning rate %s, seed %d  %s%n",
            number,
            total,
            Contender.of(run.settings()),
            run.settings().optimizer().learningRate(),
            run.settings().seed(),
            Optional.ofNullable(run.divergence())
                .orElseGet(() -> String.format(Locale.ROOT, "test accuracy %.4f", run.accuracy())));
  }

  private void validate() {
    model.validate();
    for (Contender contender : contenders) {
      Check.hasLearningRate(command, contender.optimizer());
      update.validate(contender.optimizer());
    }
    for (double rate : learningRates) {
      Check.option(
          command, Check.positive(rate), "--learning-rate", rate, "finite numbers above 0");
    }
    requireDistinct("--optimizer", contenders);
    requireDistinct("--learning-rate", learningRates);
    requireDistinct("--seed", seeds());
    Check.option(command, epochs >= 1, "--epochs", epochs, "at least 1");
    Check.option(command, jobs == null || jobs >= 1, "--jobs", jobs, "at least 1");
  }

  private void requireDistinct(String option, List<?> values) {
    Check.option(
        command,
        new LinkedHashSet<>(values).size() == values.size(),
        option,
        values,
        "each value once");
  }

  private List<TrainingSettings> settings(int trainingImages) {
    List<TrainingSettings> all = new ArrayList<>();
    for (Contender contender : contenders) {
      for (double rate : learningRates) {
        for (long seed : seeds()) {
          TrainingSettings settings = new TrainingSettings(
              model.settings(),
              update.settings(contender.optimizer(), rate, contender.warmup()),
              RegularizationSettings.NONE,
              AugmentationSettings.NONE,
              epochs,
              seed);
          long steps = (long) epochs * settings.stepsPerEpoch(trainingImages);
          Check.option(
              command,
              contender.warmup() < steps,
              "--optimizer",
              contender,
              "a warmup of fewer than the " + steps + " steps of a run");
          all.add(settings);
        }
      }
    }
    return all;
  }

  private List<Long> seeds() {
    return seedRanges.stream().flatMap(range -> range.each().stream()).toList();
  }

  private int workers() {
    return jobs == null ? Threads.available() : jobs;
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}
