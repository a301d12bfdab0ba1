package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.report.MetricsFile;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The files that a run writes for its reader. */
public final class OutputOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "HTML file with curves, mistakes, settings and environment, replaced after each epoch.")
  private Path report;

  @Option(
      names = "--metrics",
      paramLabel = "FILE",
      description = "FILE.csv gets a row after each epoch, FILE.jsonl a line for steps and epochs.")
  private Path metrics;

  /** Fails as a wrong command line if a file's name does not say what it shall be. */
  public void validate() {
    Check.option(
        command,
        metrics == null || MetricsFile.accepts(metrics),
        "--metrics",
        metrics,
        "a name that ends in .csv or .jsonl");
  }

  /** Null for none. */
  public Path report() {
    return report;
  }

  /** Null for none. */
  public Path metrics() {
    return metrics;
  }
}
