package io.github.descent4j.mnist.run;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.JsonFile;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint says of its run, besides the weights and the optimizer's state: the file {@code run.json}.
 *
 * @param formatVersion 1
 * @param settings value of each option of the command line that the run's numbers follow from, by its name
 * @param dataFingerprint of the images
 * @param rows height of an image
 * @param columns width of an image
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
    GreyScale scale,
    Progress progress,
    List<EpochResult> epochs,
    List<Evaluation> validations) {
  static final int FORMAT_VERSION = 1;

  public RunState {
    requireNonNull(settings, "settings");
    requireNonNull(dataFingerprint, "dataFingerprint");
    requireNonNull(scale, "scale");
    requireNonNull(progress, "progress");
    requireNonNull(epochs, "epochs");
    requireNonNull(validations, "validations");
  }

  void write(Path file) throws IOException {
    JsonFile.write(file, this);
  }

  /** Reads a file, and fails with a line that names it if it is not what {@link #write} writes. */
  static RunState read(Path file) {
    RunState state = JsonFile.read(file, RunState.class, "the description of a run");
    if (state.formatVersion != FORMAT_VERSION) {
      throw CommandException.mismatch(
          file.toString(), "format version " + FORMAT_VERSION, "" + state.formatVersion);
    }
    return state;
  }
}
