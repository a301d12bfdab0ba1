package io.github.descent4j.mnist.compare;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.FileName;
import io.github.descent4j.mnist.data.WholeFile;
import io.github.descent4j.mnist.run.EpochResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The runs of a comparison for other programs: a row for each, in the order of the table and of the seeds. */
public final class ComparisonCsv {
  private static final String HEADER =
      "optimizer,learning_rate,seed,epoch,train_loss,train_accuracy,test_loss,test_accuracy,seconds,diverged";

  private ComparisonCsv() {}

  /** Whether the file's name ends in {@code .csv}. */
  public static boolean accepts(Path file) {
    return FileName.endsWith(file, ".csv");
  }

  /**
   * Replaces a file.
   *
   * @throws CommandException if it cannot be written
   */
  public static void write(ComparisonTable table, Path file) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    for (Line line : table.lines()) {
      line.runs().forEach(run -> text.append(row(line, run)).append('\n'));
    }
    try {
      WholeFile.write(file, text.toString().getBytes(US_ASCII));
    } catch (IOException e) {
      throw CommandException.unwritable(file, e);
    }
  }

  /** Of a run that diverged there are no numbers but the time. */
  private static String row(Line line, ComparedRun run) {
    String numbers = ",,,,";
    if (!run.diverged()) {
      EpochResult result = run.result();
      numbers = run.resultEpoch() + "," + result.training().trainLoss() + ","
          + result.training().trainAccuracy() + "," + result.test().meanLoss() + ","
          + result.test().accuracy();
    }
    return String.join(
        ",",
        List.of(
            line.contender().toString(),
            Double.toString(line.learningRate()),
            Long.toString(run.settings().seed()),
            numbers,
            Double.toString(run.seconds()),
            Boolean.toString(run.diverged())));
  }
}
