package io.github.descent4j.mnist;

import io.github.descent4j.mnist.report.RunRecorder;
import java.util.Map;

/** Saves a run as it is at the moment, or not at all. */
final class RunSaver {
  private final CheckpointFolder folder;
  private final TrainingRun run;
  private final RunRecorder recorder;
  private final Map<String, String> settings;
  private final MnistData images;
  private final String dataFingerprint;

  /**
   * Saves into a folder.
   *
   * @param folder null to save nothing
   */
  RunSaver(
      CheckpointFolder folder,
      TrainingRun run,
      RunRecorder recorder,
      Map<String, String> settings,
      MnistData images) {
    this.folder = folder;
    this.run = run;
    this.recorder = recorder;
    this.settings = settings;
    this.images = images;
    dataFingerprint = folder == null ? null : images.fingerprint();
  }

  void save() {
    if (folder == null) {
      return;
    }
    folder.save(
        run,
        new RunState(
            RunState.FORMAT_VERSION,
            settings,
            dataFingerprint,
            images.train().rows(),
            images.train().columns(),
            run.scale(),
            run.progress(),
            run.results(),
            run.validations()),
        recorder.record());
  }
}
