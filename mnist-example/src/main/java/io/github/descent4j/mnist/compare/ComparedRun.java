package io.github.descent4j.mnist.compare;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.run.EpochResult;
import io.github.descent4j.mnist.settings.TrainingSettings;
import java.util.List;

/**
 * A run of a comparison that came to an end.
 *
 * @param settings all that its numbers follow from, besides the images
 * @param dataFingerprint of the images
 * @param epochs the epochs that were completed
 * @param divergence what ended it before, or null
 */
public record ComparedRun(
    TrainingSettings settings,
    String dataFingerprint,
    List<EpochResult> epochs,
    String divergence) {

  public ComparedRun {
    requireNonNull(settings, "settings");
    requireNonNull(dataFingerprint, "dataFingerprint");
    requireNonNull(epochs, "epochs");
  }

  boolean diverged() {
    return divergence != null;
  }

  /** Test accuracy after the last epoch; 0.1, that of guessing, if training diverged. */
  public double accuracy() {
    return diverged()
        ? 1.0 / LabelledImages.CLASSES
        : epochs.get(epochs.size() - 1).test().accuracy();
  }
}
