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
 * @param resultEpoch the epoch whose weights are the result, from 1: with early stopping the best one, else the last; 0 if it diverged
 * @param divergence what ended it before, or null
 */
public record ComparedRun(
    TrainingSettings settings,
    String dataFingerprint,
    List<EpochResult> epochs,
    int resultEpoch,
    String divergence) {

  public ComparedRun {
    Require.present("settings", settings);
    Require.present("dataFingerprint", dataFingerprint);
    Require.elements("epochs", epochs);
    Require.that(
        divergence != null || !epochs.isEmpty(), "number of epochs", epochs.size(), "at least 1");
    Require.that(
        divergence == null ? resultEpoch >= 1 && resultEpoch <= epochs.size() : resultEpoch == 0,
        "resultEpoch",
        resultEpoch,
        divergence == null
            ? "one of the " + epochs.size() + " epochs"
            : "0 of a run that diverged");
  }

  boolean diverged() {
    return divergence != null;
  }

  /** What the run came to, if it did not diverge. */
  EpochResult result() {
    return epochs.get(resultEpoch - 1);
  }

  /** Of training, all epochs together. */
  double seconds() {
    return epochs.stream().mapToDouble(epoch -> epoch.training().seconds()).sum();
  }

  /** Test accuracy of the result; 0.1, that of guessing, if training diverged. */
  public double accuracy() {
    return diverged() ? 1.0 / LabelledImages.LEAST_CLASSES : result().test().accuracy();
  }
}
