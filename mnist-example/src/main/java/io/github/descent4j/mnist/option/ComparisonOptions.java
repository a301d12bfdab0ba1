package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.compare.ComparisonCsv;
import io.github.descent4j.mnist.compare.Contender;
import io.github.descent4j.mnist.compare.Entry;
import io.github.descent4j.mnist.compare.Lineup;
import io.github.descent4j.mnist.compare.Rate;
import io.github.descent4j.mnist.compare.Seeds;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say what is compared, and where the results go. */
public final class ComparisonOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      split = ",",
      arity = "1..*",
      defaultValue = "radam,adam,adam:warmup=500,sgd",
      description = {
        "Optimizers, by commas or spaces, each with what is its own after colons: steps of warmup, learning rates, hyperparameters,"
            + " as adam:warmup=500:rate=0.001/0.003:beta2=0.99. Default: ${DEFAULT-VALUE}."
      })
  private List<Entry> entries;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      split = ",",
      arity = "1..*",
      defaultValue = "0.003,0.01,0.03,0.1",
      description = {
        "Learning rates of those that have none of their own, each above 0; 0.3x is 0.3 times the rate that train picks for the optimizer."
            + " Default: ${DEFAULT-VALUE}."
      })
  private List<Rate> learningRates;

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

  @Option(names = "--csv", paramLabel = "FILE", description = "FILE.csv gets a row for each run.")
  private Path csv;

  @Option(
      names = "--json",
      description = "Print one JSON document, with table and runs, in place of the text.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print the table alone, or the document, and no progress bar.")
  private boolean quiet;

  /** Fails as a wrong command line if something is out of range or there twice. */
  public void validate() {
    for (Entry entry : entries) {
      Check.hasLearningRate(command, entry.contender().optimizer());
      entry.rates().forEach(rate -> requireValid(entry.contender() + ":rate", rate));
    }
    learningRates.forEach(rate -> requireValid("--learning-rate", rate));
    requireDistinct("--optimizer", entries.stream().map(Entry::contender).toList());
    requireDistinct("--seed", seeds());
    lineup().rates().forEach((contender, rates) -> requireDistinct(rates(contender), rates));
    Check.option(
        command,
        csv == null || ComparisonCsv.accepts(csv),
        "--csv",
        csv,
        "a name that ends in .csv");
    for (Path file : new Path[] {report, csv}) {
      if (file != null) {
        Check.folderOf(file);
      }
    }
  }

  public Lineup lineup() {
    return Lineup.of(entries, learningRates);
  }

  public List<Long> seeds() {
    return seedRanges.stream().flatMap(range -> range.each().stream()).toList();
  }

  public Path output() {
    return output;
  }

  /** Null for none. */
  public Path report() {
    return report;
  }

  /** Null for none. */
  public Path csv() {
    return csv;
  }

  /** Whether the result is printed for other programs. */
  public boolean json() {
    return json;
  }

  /** Whether the result alone is printed. */
  public boolean quiet() {
    return quiet;
  }

  /** Whose rates they are, for a message. */
  private String rates(Contender contender) {
    boolean own = entries.stream()
        .anyMatch(entry -> entry.contender().equals(contender) && !entry.rates().isEmpty());
    return own ? contender + ":rate" : "--learning-rate";
  }

  private void requireValid(String option, Rate rate) {
    Check.option(command, rate.isValid(), option, rate, "finite numbers above 0");
  }

  private void requireDistinct(String option, List<?> values) {
    Check.option(
        command, new HashSet<>(values).size() == values.size(), option, values, "each value once");
  }
}
