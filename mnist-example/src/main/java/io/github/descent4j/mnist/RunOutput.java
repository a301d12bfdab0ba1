package io.github.descent4j.mnist;

import io.github.descent4j.mnist.report.MetricsFile;
import io.github.descent4j.mnist.report.Page;
import io.github.descent4j.mnist.report.RunRecorder;
import io.github.descent4j.mnist.report.RunReport;
import io.github.descent4j.mnist.report.TestResult;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Keeps report and metrics of a run up to date. */
final class RunOutput implements AutoCloseable {
  private static final int WORST = 24;

  private final OutputOptions options;
  private final String title;
  private final RunRecorder recorder;
  private final MetricsFile metrics;

  /**
   * Writes what there is of the files, so that one that cannot be written ends the run at its start.
   *
   * @throws CommandException if a file cannot be written
   */
  RunOutput(OutputOptions options, String title, RunRecorder recorder) {
    this.options = options;
    this.title = title;
    this.recorder = recorder;
    try {
      metrics =
          options.metrics() == null ? null : MetricsFile.open(options.metrics(), recorder.record());
    } catch (IOException e) {
      throw unwritable(e);
    }
    report(RunReport.of(title, recorder.record()));
  }

  /** Writes down what the recorder has heard of since the last call. */
  void update() {
    try {
      if (metrics != null) {
        metrics.append(recorder.record());
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
    report(RunReport.of(title, recorder.record()));
  }

  /** Ends the report with what the network makes of the test images. */
  void finish(TrainingRun run, LabelledImages test) {
    if (options.report() != null) {
      TestResult result = TestRun.of(run.network(), test, run.scale(), WORST);
      report(RunReport.of(title, recorder.record(), result));
    }
  }

  @Override
  public void close() {
    try {
      if (metrics != null) {
        metrics.close();
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** One line for a file that cannot be written. */
  static CommandException unwritable(IOException e) {
    if (e instanceof FileSystemException failure) {
      String reason = failure.getReason() != null
          ? failure.getReason()
          : e instanceof NoSuchFileException
              ? "no such folder"
              : e instanceof AccessDeniedException ? "no permission" : e.toString();
      return new CommandException(failure.getFile() + ": cannot be written: " + reason, e);
    }
    return new CommandException("a file cannot be written: " + e.getMessage(), e);
  }

  private void report(Page page) {
    if (options.report() == null) {
      return;
    }
    try {
      page.save(options.report());
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
