package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.JsonFile;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.Require;
import io.github.descent4j.mnist.settings.Choice;
import io.github.descent4j.mnist.settings.HiddenSettings;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.TypeConversionException;

/**
 * What a checkpoint says of its run, besides the weights and the optimizer's state: the file {@code run.json}.
 *
 * @param formatVersion 1
 * @param settings value of each option of the command line that the run's numbers follow from, by its name
 * @param dataFingerprint of the images
 * @param rows height of an image
 * @param columns width of an image
 * @param classes of the images; 10 where a file of an earlier version has none
 * @param scale how grey values are read
 * @param progress the steps so far
 * @param epochs the epochs so far
 * @param validations results on the images held out, after each epoch; none without early stopping
 */
public record RunState(
    int formatVersion,
    Map<String, String> settings,
    String dataFingerprint,
    int rows,
    int columns,
    int classes,
    GreyScale scale,
    Progress progress,
    List<EpochResult> epochs,
    List<Evaluation> validations) {
  /** What {@code formatVersion} is. */
  public static final int FORMAT_VERSION = 1;

  static final int MOST_CLASSES = 256;

  public RunState {
    Require.values("settings", settings);
    Require.present("dataFingerprint", dataFingerprint);
    Require.that(rows >= 1, "rows", rows, "at least 1");
    Require.that(columns >= 1, "columns", columns, "at least 1");
    Require.that(classes >= 2 && classes <= MOST_CLASSES, "classes", classes, "2 to 256");
    Require.present("scale", scale);
    Require.present("progress", progress);
    Require.elements("epochs", epochs);
    Require.elements("validations", validations);
    Require.that(
        progress.epochs() == epochs.size(),
        "number of epochs",
        epochs.size(),
        "as many as progress has, " + progress.epochs());
    Require.that(
        validations.isEmpty() || validations.size() == epochs.size(),
        "number of validations",
        validations.size(),
        "none, or as many as epochs");
  }

  void write(Path file) throws IOException {
    JsonFile.write(file, this);
  }

  /** Reads a file, and fails with a line that names it if it is not what {@link #write} writes. */
  static RunState read(Path file) {
    RunState state = JsonFile.read(
        file,
        RunState.class,
        "the description of a run",
        Map.of("classes", LabelledImages.LEAST_CLASSES));
    if (state.formatVersion != FORMAT_VERSION) {
      throw CommandException.mismatch(
          file.toString(), "format version " + FORMAT_VERSION, "" + state.formatVersion);
    }
    return state;
  }

  /**
   * What is random in the network that is trained.
   *
   * @param file where this was read, for the message
   * @throws CommandException if the settings make no sense
   */
  HiddenSettings hidden(Path file) {
    HiddenSettings hidden;
    try {
      hidden = HiddenSettings.of(settings);
    } catch (NumberFormatException e) {
      throw CommandException.mismatch(
          file.toString(), "numbers in the settings of hidden layers", e.getMessage(), e);
    }
    double part = hidden.dropConnect();
    if (!(part >= 0 && part < 1)) {
      throw CommandException.mismatch(
          file.toString(), "a setting " + HiddenSettings.DROP_CONNECT + " in [0, 1)", "" + part);
    }
    Double l0 = hidden.l0();
    if (l0 != null && !(l0 >= 0 && Double.isFinite(l0))) {
      throw CommandException.mismatch(
          file.toString(),
          "a setting " + HiddenSettings.L0 + " that is a finite number of at least 0",
          "" + l0);
    }
    return hidden;
  }

  /**
   * The network that is trained.
   *
   * @param file where this was read, for the message
   * @throws CommandException if the settings name none
   */
  ModelChoice model(Path file) {
    String name = settings.get("--model");
    if (name == null) {
      throw CommandException.mismatch(file.toString(), "a setting --model", "none");
    }
    try {
      return Choice.of(ModelChoice.values(), name);
    } catch (TypeConversionException e) {
      throw CommandException.mismatch(
          file.toString(), "a setting --model", "that it " + e.getMessage(), e);
    }
  }
}
