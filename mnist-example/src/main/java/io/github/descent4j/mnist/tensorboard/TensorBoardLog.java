package io.github.descent4j.mnist.tensorboard;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.GreyImage;
import io.github.descent4j.mnist.report.RunRecord;
import io.github.descent4j.mnist.report.RunRecord.Epoch;
import io.github.descent4j.mnist.report.RunRecord.Gradients;
import io.github.descent4j.mnist.report.RunRecord.Step;
import io.github.descent4j.mnist.report.TestResult;
import io.github.descent4j.mnist.report.TestResult.Mistake;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.nd4j.shade.protobuf.ByteString;
import org.tensorflow.framework.DataType;
import org.tensorflow.framework.Summary;
import org.tensorflow.framework.SummaryMetadata;
import org.tensorflow.framework.SummaryMetadata.PluginData;
import org.tensorflow.framework.TensorProto;
import org.tensorflow.framework.TensorShapeProto;

/**
 * Writes a run into a folder for TensorBoard while it trains: the settings as text, loss and learning rate of each step, losses and
 * accuracies of each epoch, norms of observed gradients, and at the end the confusion matrix and the worst mistakes as images.
 *
 * <p>A process writes a file of its own, from its first event on: a run that does not start leaves none. That of a run that is resumed makes TensorBoard forget what the one before wrote after the
 * checkpoint.
 */
public final class TensorBoardLog implements TrainingListener, AutoCloseable {
  /** How long a step may wait for its reader. */
  private static final long FLUSH_NANOS = 1_000_000_000;

  /** The size of a class in the picture of a confusion matrix, and of a pixel in that of a mistake. */
  private static final int CELL = 24;

  private static final int PIXEL = 4;

  private final Path folder;
  private final Beginning beginning;

  /** Null before the first event. */
  private EventFile file;

  private int epochs;
  private long gradientsTo;
  private long flushed = System.nanoTime();

  private TensorBoardLog(Path folder, Beginning beginning) {
    this.folder = folder;
    this.beginning = beginning;
  }

  /**
   * The log of a new run.
   *
   * @param folder is made if need be; a run has its own
   * @param settings of the run, by name
   * @throws CommandException if the folder has events of another run, or cannot be written
   */
  public static TensorBoardLog create(Path folder, Map<String, String> settings) {
    try {
      Files.createDirectories(folder);
      if (hasEvents(folder)) {
        throw CommandException.mismatch(
            folder.toString(),
            "a folder for the events of this run alone",
            "those of an earlier run");
      }
      requireWritable(folder);
      return new TensorBoardLog(folder, log -> log.addSettings(settings));
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  /**
   * The log of a run that is resumed. Where the folder has nothing of it, what the record kept is written first.
   *
   * @param step steps that were done
   * @throws CommandException if the folder cannot be written
   */
  public static TensorBoardLog resume(Path folder, RunRecord record, long step) {
    try {
      Files.createDirectories(folder);
      requireWritable(folder);
      if (!hasEvents(folder)) {
        return new TensorBoardLog(folder, log -> log.addPast(record));
      }
      TensorBoardLog log = new TensorBoardLog(folder, begun -> begun.file.startFrom(step + 1));
      log.epochs = record.epochs().size();
      log.gradientsTo = step;
      return log;
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  @Override
  public void onStep(StepMetrics metrics) {
    try {
      add(metrics.step(), metrics.loss(), metrics.learningRate());
      if (System.nanoTime() - flushed >= FLUSH_NANOS) {
        flush();
      }
    } catch (IOException e) {
      throw CommandException.unwritable(path(), e);
    }
  }

  /** Writes the epochs and the gradients that were not there at the last call. */
  public void update(RunRecord record) {
    try {
      file(); // What it begins with may be a part of this record.
      addNew(record);
      flush();
    } catch (IOException e) {
      throw CommandException.unwritable(path(), e);
    }
  }

  private void addPast(RunRecord record) throws IOException {
    addSettings(record.settings());
    for (Step past : record.steps()) {
      add(past.step(), past.loss(), past.learningRate());
    }
    addNew(record);
  }

  private void addNew(RunRecord record) throws IOException {
    for (Epoch epoch : record.epochs().subList(epochs, record.epochs().size())) {
      Summary.Builder summary = Summary.newBuilder();
      scalar(summary, "loss/train", epoch.trainLoss());
      scalar(summary, "loss/test", epoch.testLoss());
      scalar(summary, "accuracy/train", epoch.trainAccuracy());
      scalar(summary, "accuracy/test", epoch.testAccuracy());
      scalar(summary, "images_per_second", epoch.examplesPerSecond());
      file().add(epoch.step(), summary.build());
    }
    epochs = record.epochs().size();
    for (Gradients gradients : record.gradients()) {
      if (gradients.step() > gradientsTo) {
        add(gradients, record.parameters());
        gradientsTo = gradients.step();
      }
    }
  }

  /** Writes what the network makes of the test images after a step. */
  public void add(long step, TestResult result) {
    Summary.Builder summary = Summary.newBuilder();
    image(summary, "confusion_matrix", picture(result.confusion()), CELL);
    List<Mistake> worst = result.worst();
    for (int i = 0; i < worst.size(); i++) {
      Mistake mistake = worst.get(i);
      String tag = String.format(
          Locale.ROOT,
          "mistakes/%02d_image_%d_label_%d_taken_for_%d",
          i + 1,
          mistake.example(),
          mistake.label(),
          mistake.predicted());
      image(summary, tag, mistake.picture(), PIXEL);
    }
    try {
      file().add(step, summary.build());
      flush();
    } catch (IOException e) {
      throw CommandException.unwritable(path(), e);
    }
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw CommandException.unwritable(path(), e);
    }
  }

  private void add(long step, double loss, double learningRate) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    scalar(summary, "loss/mini_batch", loss);
    scalar(summary, "learning_rate", learningRate);
    file().add(step, summary.build());
  }

  private void add(Gradients gradients, List<String> parameters) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    scalar(summary, "gradient_norm/all", gradients.norm());
    for (int i = 0; i < parameters.size(); i++) {
      scalar(summary, "gradient_norm/" + parameters.get(i), gradients.norms()[i]);
      scalar(summary, "update_ratio/" + parameters.get(i), gradients.updateRatios()[i]);
    }
    file().add(gradients.step(), summary.build());
  }

  /** A table in the Markdown of the plugin for texts. */
  private void addSettings(Map<String, String> settings) throws IOException {
    StringBuilder table = new StringBuilder("| setting | value |\n|---|---|\n");
    settings.forEach((name, value) -> table
        .append("| `")
        .append(name)
        .append("` | ")
        .append(value.replace("|", "\\|"))
        .append(" |\n"));
    TensorProto text = TensorProto.newBuilder()
        .setDtype(DataType.DT_STRING)
        .setTensorShape(TensorShapeProto.getDefaultInstance())
        .addStringVal(ByteString.copyFromUtf8(table.toString()))
        .build();
    SummaryMetadata metadata = SummaryMetadata.newBuilder()
        .setPluginData(PluginData.newBuilder().setPluginName("text"))
        .build();
    Summary.Builder summary = Summary.newBuilder();
    summary.addValueBuilder().setTag("settings").setMetadata(metadata).setTensor(text);
    file().add(0, summary.build());
    flush();
  }

  private void flush() throws IOException {
    file().flush();
    flushed = System.nanoTime();
  }

  private static void scalar(Summary.Builder summary, String tag, double value) {
    summary.addValueBuilder().setTag(tag).setSimpleValue((float) value);
  }

  private static void image(Summary.Builder summary, String tag, GreyImage picture, int scale) {
    Summary.Image image = Summary.Image.newBuilder()
        .setHeight(picture.rows() * scale)
        .setWidth(picture.columns() * scale)
        .setColorspace(1) // grey
        .setEncodedImageString(ByteString.copyFrom(picture.png(scale)))
        .build();
    summary.addValueBuilder().setTag(tag).setImage(image);
  }

  /** Rows are labels, columns predictions; white is all images of a class. */
  private static GreyImage picture(int[][] confusion) {
    int classes = confusion.length;
    byte[] pixels = new byte[classes * classes];
    for (int label = 0; label < classes; label++) {
      int examples = 0;
      for (int count : confusion[label]) {
        examples += count;
      }
      for (int predicted = 0; predicted < classes && examples > 0; predicted++) {
        pixels[label * classes + predicted] =
            (byte) Math.round(255.0 * confusion[label][predicted] / examples);
      }
    }
    return new GreyImage(classes, classes, pixels);
  }

  /** The file, which begins with the first event. */
  private EventFile file() throws IOException {
    if (file == null) {
      file = EventFile.create(folder);
      beginning.write(this);
    }
    return file;
  }

  private Path path() {
    return file == null ? folder : file.path();
  }

  /** Before a run is trained for nothing. */
  private static void requireWritable(Path folder) throws IOException {
    if (!Files.isWritable(folder)) {
      throw new AccessDeniedException(folder.toString());
    }
  }

  private static boolean hasEvents(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.getFileName().toString().contains(EventFile.NAME_PART));
    }
  }

  private static CommandException unwritable(Path folder, IOException e) {
    return CommandException.mismatch(
        folder.toString(), "a folder to write events into", CommandException.reason(e), e);
  }

  /** What a file has before the event that it is made for. */
  private interface Beginning {
    void write(TensorBoardLog log) throws IOException;
  }
}
