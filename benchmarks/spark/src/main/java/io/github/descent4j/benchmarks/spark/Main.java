package io.github.descent4j.benchmarks.spark;

import io.github.descent4j.nn.OpenBlasCore;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The measurements of {@code docs/results/spark.md}. */
@Command(
    name = "spark.jar",
    description = "What training on Spark costs, and what it reaches.",
    mixinStandardHelpOptions = true,
    subcommands = {StepCost.class, LocalSteps.class, SpeedUp.class})
public final class Main {
  private Main() {}

  /** The command. */
  public static void main(String[] args) {
    OpenBlasCore.choose();
    System.exit(
        new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }
}
