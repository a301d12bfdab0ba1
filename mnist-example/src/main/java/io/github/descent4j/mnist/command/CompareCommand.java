package io.github.descent4j.mnist.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.descent4j.Threads;
import io.github.descent4j.mnist.compare.ComparedRun;
import io.github.descent4j.mnist.compare.Comparison;
import io.github.descent4j.mnist.compare.ComparisonCsv;
import io.github.descent4j.mnist.compare.ComparisonFolder;
import io.github.descent4j.mnist.compare.ComparisonJson;
import io.github.descent4j.mnist.compare.ComparisonReport;
import io.github.descent4j.mnist.compare.ComparisonTable;
import io.github.descent4j.mnist.compare.Contender;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.option.AugmentationOptions;
import io.github.descent4j.mnist.option.Check;
import io.github.descent4j.mnist.option.ComparisonOptions;
import io.github.descent4j.mnist.option.DataOptions;
import io.github.descent4j.mnist.option.ModelOptions;
import io.github.descent4j.mnist.option.RegularizationOptions;
import io.github.descent4j.mnist.option.UpdateOptions;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.report.JsonText;
import io.github.descent4j.mnist.report.RunRecord.Session;
import io.github.descent4j.mnist.settings.TrainingSettings;
import io.github.descent4j.mnist.terminal.CommandText;
import io.github.descent4j.mnist.terminal.Interruption;
import io.github.descent4j.mnist.terminal.Terminal;
import io.github.descent4j.mnist.terminal.TerminalBar;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
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
      "Example:",
      "  mnist-example compare --optimizer adam,lion --learning-rate 0.0005,0.002 --seed 1-3",
      "",
      "Exit status: 0 compared; 1 bad data; 2 wrong usage; 129, 130 and 143 stopped by SIGHUP, Ctrl-C and SIGTERM.",
    })
public final class CompareCommand implements Callable<Integer> {
  @Spec
  private CommandSpec command;

  @Mixin
  private ComparisonOptions comparison;

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

  @Mixin
  private RegularizationOptions regularization;

  @Mixin
  private AugmentationOptions augmentation;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description =
          "Runs at the same time; the results do not depend on it. Default: one for each processor.")
  private Integer jobs;

  @Override
  public Integer call() {
    validate();
    MnistData images = data.read();
    model.requireFits(images.train(), data.name());
    regularization.validateImages(images.train().size());
    List<TrainingSettings> all = settings(images.train().size());
    Path output = comparison.output();
    ComparisonFolder folder = new ComparisonFolder(output, images.fingerprint());
    List<ComparedRun> results = new ArrayList<>();
    List<TrainingSettings> missing = new ArrayList<>();
    for (TrainingSettings settings : all) {
      folder.find(settings).ifPresentOrElse(results::add, () -> missing.add(settings));
    }
    progress()
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
    ComparisonTable table = new ComparisonTable(comparison.lineup(), results);
    if (comparison.json()) {
      out().println(JsonText.pretty(json(table)));
    } else {
      progress().println();
      table.print(out());
    }
    if (comparison.csv() != null) {
      ComparisonCsv.write(table, comparison.csv());
    }
    if (comparison.report() != null) {
      writeReport(table, comparison.report());
    }
    return 0;
  }

  private ObjectNode json(ComparisonTable table) {
    ObjectNode document = JsonText.object()
        .put("model", model.settings().model().toString())
        .put("data", data.name())
        .put("epochs", epochs)
        .put("batchSize", model.settings().batchSize());
    document.setAll(ComparisonJson.of(table));
    return document;
  }

  private void writeReport(ComparisonTable table, Path report) {
    Session session = new Session(CommandText.of(command), 0, Version.environment());
    try {
      new ComparisonReport(comparison.lineup(), table).page(session).save(report);
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
    TerminalBar bar = new TerminalBar(
        System.err, comparison.quiet() ? 0 : Terminal.errorWidth().orElse(0));
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
    progress()
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
    regularization.validate();
    augmentation.validate();
    comparison.validate();
    comparison.lineup().contenders().forEach(contender -> update.validate(contender.optimizer()));
    Check.option(command, epochs >= 1, "--epochs", epochs, "at least 1");
    Check.option(command, jobs == null || jobs >= 1, "--jobs", jobs, "at least 1");
  }

  private List<TrainingSettings> settings(int trainingImages) {
    List<TrainingSettings> all = new ArrayList<>();
    comparison.lineup().rates().forEach((contender, rates) -> {
      for (double rate : rates) {
        for (long seed : comparison.seeds()) {
          all.add(settings(contender, rate, seed, trainingImages));
        }
      }
    });
    return all;
  }

  private TrainingSettings settings(
      Contender contender, double rate, long seed, int trainingImages) {
    TrainingSettings settings = new TrainingSettings(
        model.settings(),
        update.settings(
            contender.optimizer(), contender.hyperparameters(), rate, contender.warmup()),
        regularization.settings(),
        augmentation.settings(),
        epochs,
        seed);
    long steps = (long) epochs * settings.stepsPerEpoch(trainingImages);
    Check.option(
        command,
        contender.warmup() < steps,
        "--optimizer",
        contender,
        "a warmup of fewer than the " + steps + " steps of a run");
    return settings;
  }

  private int workers() {
    return jobs == null ? Threads.available() : jobs;
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }

  /** For what is not the result. */
  private PrintWriter progress() {
    return comparison.quiet() || comparison.json() ? new PrintWriter(Writer.nullWriter()) : out();
  }
}
