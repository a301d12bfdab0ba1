package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.report.MetricsFile;
import io.github.descent4j.mnist.report.Page;
import io.github.descent4j.mnist.report.RunRecorder;
import io.github.descent4j.mnist.report.RunReport;
import io.github.descent4j.mnist.report.TestResult;
import io.github.descent4j.mnist.tensorboard.TensorBoardLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Keeps report and metrics of a run up to date. */
public final class RunOutput implements AutoCloseable {
  private static final int WORST = 24;

  private final Path reportFile;
  private final Path metricsFile;
  private final TensorBoardLog board;
  private final String title;
  private final RunRecorder recorder;
  private final MetricsFile metrics;

  /**
   * Writes what there is of the files, so that one that cannot be written ends the run at its start.
   *
   * @param report the HTML file, null for none
   * @param metrics the file of numbers, null for none
   * @param board the events, null for none; it stays the caller's to close
   * @throws CommandException if a file cannot be written
   */
  public RunOutput(
      Path report, Path metrics, TensorBoardLog board, String title, RunRecorder recorder) {
    reportFile = report;
    metricsFile = metrics;
    this.board = board;
    this.title = title;
    this.recorder = recorder;
    try {
      this.metrics = metrics == null ? null : MetricsFile.open(metrics, recorder.record());
    } catch (IOException e) {
      throw CommandException.unwritable(metrics, e);
    }
    report(() -> RunReport.of(title, recorder.record()));
  }

  /** Writes down what the recorder has heard of since the last call. */
  public void update() {
    try {
      if (metrics != null) {
        metrics.append(recorder.record());
      }
    } catch (IOException e) {
      throw CommandException.unwritable(metricsFile, e);
    }
    if (board != null) {
      board.update(recorder.record());
    }
    report(() -> RunReport.of(title, recorder.record()));
  }

  /** Ends report and events with what the network makes of the test images. */
  public void finish(TrainingRun run, LabelledImages test) {
    if (reportFile == null && board == null) {
      return;
    }
    TestResult result = TestRun.of(run.network(), test, run.scale(), WORST);
    if (board != null) {
      board.add(run.progress().steps(), result);
    }
    report(() -> RunReport.of(title, recorder.record(), result));
  }

  @Override
  public void close() {
    try {
      if (metrics != null) {
        metrics.close();
      }
    } catch (IOException e) {
      throw CommandException.unwritable(metricsFile, e);
    }
  }

  private void report(Supplier<Page> page) {
    if (reportFile == null) {
      return;
    }
    try {
      page.get().save(reportFile);
    } catch (IOException e) {
      throw CommandException.unwritable(reportFile, e);
    }
  }
}
