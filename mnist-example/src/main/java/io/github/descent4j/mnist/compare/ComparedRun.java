package io.github.descent4j.mnist.compare;

import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.Require;
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
    Require.present("settings", settings);
    Require.present("dataFingerprint", dataFingerprint);
    Require.elements("epochs", epochs);
    Require.that(
        divergence != null || !epochs.isEmpty(), "number of epochs", epochs.size(), "at least 1");
  }

  boolean diverged() {
    return divergence != null;
  }

  /** Test accuracy after the last epoch; 0.1, that of guessing, if training diverged. */
  public double accuracy() {
    return diverged()
        ? 1.0 / LabelledImages.LEAST_CLASSES
        : epochs.get(epochs.size() - 1).test().accuracy();
  }
}
