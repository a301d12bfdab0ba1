package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.report.MetricsFile;
import io.github.descent4j.mnist.report.RunRecorder;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.tensorboard.TensorBoardLog;
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

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description =
          "Folder for event files of TensorBoard: curves as the run goes, and images at its end. A run has its own.")
  private Path tensorBoard;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print the last line alone, and no progress bar.")
  private boolean quiet;

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

  /** Whether the result alone is printed. */
  public boolean quiet() {
    return quiet;
  }

  /** Whether somebody wants to know of the gradients. */
  public boolean observesGradients() {
    return report != null || tensorBoard != null;
  }

  /**
   * The events of this run, or null for none.
   *
   * @param start what the run goes on from, null for a new one
   */
  public TensorBoardLog tensorBoard(RunRecorder recorder, Checkpoint start) {
    if (tensorBoard == null) {
      return null;
    }
    return start == null
        ? TensorBoardLog.create(tensorBoard, recorder.record().settings())
        : TensorBoardLog.resume(
            tensorBoard, recorder.record(), start.state().progress().steps());
  }

  /** Null for none. */
  public Path metrics() {
    return metrics;
  }
}
