package io.github.descent4j.mnist.report;

import static io.github.descent4j.mnist.report.JsonText.put;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.descent4j.mnist.data.FileName;
import io.github.descent4j.mnist.data.WholeFile;
import io.github.descent4j.mnist.report.RunRecord.Epoch;
import io.github.descent4j.mnist.report.RunRecord.Step;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The metrics of a run for other programs, written as the run goes.
 *
 * <ul>
 *   <li>{@code FILE.csv}: a header, then a row for each epoch.
 *   <li>{@code FILE.jsonl}: a JSON object in each line. Its {@code type} is {@code epoch}, or {@code step} for each step of the
 *       epoch that the record kept, ahead of it. A number that is not finite is null.
 * </ul>
 */
public final class MetricsFile implements AutoCloseable {
  private final Writer out;
  private final boolean json;
  private int epochs;

  private MetricsFile(Writer out, boolean json, int epochs) {
    this.out = out;
    this.json = json;
    this.epochs = epochs;
  }

  /** Whether the file's name ends in {@code .csv} or {@code .jsonl}. */
  public static boolean accepts(Path file) {
    return isJson(file) || FileName.endsWith(file, ".csv");
  }

  /**
   * Replaces a file by the epochs that a record has, and goes on from there.
   *
   * @param file {@code FILE.csv} or {@code FILE.jsonl}
   * @param soFar the record of a new run, or of one that is resumed
   */
  public static MetricsFile open(Path file, RunRecord soFar) throws IOException {
    boolean json = isJson(file);
    StringBuilder text = new StringBuilder();
    if (!json) {
      text.append("epoch,step,train_loss,train_accuracy,test_loss,test_accuracy,learning_rate,"
          + "seconds,examples_per_second\n");
    }
    appendEpochs(text, json, soFar, 0);
    WholeFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
    Writer out = Files.newBufferedWriter(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    return new MetricsFile(out, json, soFar.epochs().size());
  }

  /** Writes the rows of the epochs that were not there at the last call. */
  public void append(RunRecord record) throws IOException {
    StringBuilder text = new StringBuilder();
    appendEpochs(text, json, record, epochs);
    out.append(text).flush();
    epochs = record.epochs().size();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private static void appendEpochs(StringBuilder text, boolean json, RunRecord record, int from) {
    List<Epoch> epochs = record.epochs();
    for (int i = from; i < epochs.size(); i++) {
      Epoch epoch = epochs.get(i);
      if (json) {
        appendSteps(text, record.steps(), i == 0 ? 0 : epochs.get(i - 1).step(), epoch);
        text.append(line(epoch)).append('\n');
      } else {
        text.append(row(epoch)).append('\n');
      }
    }
  }

  private static void appendSteps(StringBuilder text, List<Step> steps, long after, Epoch epoch) {
    for (Step step : steps) {
      if (step.step() > after && step.step() <= epoch.step()) {
        ObjectNode node = JsonText.object();
        node.put("type", "step").put("epoch", epoch.epoch()).put("step", step.step());
        put(node, "loss", step.loss());
        put(node, "learning_rate", step.learningRate());
        text.append(node).append('\n');
      }
    }
  }

  private static String line(Epoch epoch) {
    ObjectNode node = JsonText.object();
    node.put("type", "epoch").put("epoch", epoch.epoch()).put("step", epoch.step());
    put(node, "train_loss", epoch.trainLoss());
    put(node, "train_accuracy", epoch.trainAccuracy());
    put(node, "test_loss", epoch.testLoss());
    put(node, "test_accuracy", epoch.testAccuracy());
    put(node, "learning_rate", epoch.learningRate());
    put(node, "seconds", epoch.seconds());
    put(node, "examples_per_second", epoch.examplesPerSecond());
    return node.toString();
  }

  private static String row(Epoch epoch) {
    return epoch.epoch() + "," + epoch.step() + "," + epoch.trainLoss() + ","
        + epoch.trainAccuracy() + "," + epoch.testLoss() + "," + epoch.testAccuracy() + ","
        + epoch.learningRate() + "," + epoch.seconds() + "," + epoch.examplesPerSecond();
  }

  private static boolean isJson(Path file) {
    return FileName.endsWith(file, ".jsonl");
  }
}
