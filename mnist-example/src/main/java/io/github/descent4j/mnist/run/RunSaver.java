package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.report.RunRecorder;
import java.util.Map;

/** Writes a run down as it goes: its checkpoints, its report and its metrics, as far as they are wanted. */
public final class RunSaver {
  private final CheckpointFolder folder;
  private final RunOutput output;
  private final TrainingRun run;
  private final RunRecorder recorder;
  private final Map<String, String> settings;
  private final MnistData images;
  private final String dataFingerprint;

  /**
   * Writes nothing yet.
   *
   * @param folder of the checkpoints, null to save none
   */
  public RunSaver(
      CheckpointFolder folder,
      RunOutput output,
      TrainingRun run,
      RunRecorder recorder,
      Map<String, String> settings,
      MnistData images) {
    this.folder = folder;
    this.output = output;
    this.run = run;
    this.recorder = recorder;
    this.settings = settings;
    this.images = images;
    dataFingerprint = folder == null ? null : images.fingerprint();
  }

  /** Notes the end of an epoch, and saves the run. */
  public void save(EpochResult epoch) {
    recorder.add(epoch.training(), epoch.test());
    save();
  }

  /** Saves the run as it is at the moment. */
  public void save() {
    if (folder != null) {
      folder.save(run, state(), recorder.record());
    }
    output.update();
  }

  /** Notes a run that came to no good end; its last checkpoint stays what it is. */
  public void fail() {
    output.update();
  }

  /** Ends the report with what the network makes of the test images. */
  public void finish() {
    output.finish(run, images.test());
  }

  private RunState state() {
    return new RunState(
        RunState.FORMAT_VERSION,
        settings,
        dataFingerprint,
        images.train().rows(),
        images.train().columns(),
        images.train().classes(),
        run.scale(),
        run.progress(),
        run.results(),
        run.validations());
  }
}
