package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.report.RunRecord;
import io.github.descent4j.mnist.settings.AugmentationSettings;
import io.github.descent4j.mnist.settings.DecayMode;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.mnist.settings.ModelSettings;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.settings.OptimizerSettings;
import io.github.descent4j.mnist.settings.RegularizationSettings;
import io.github.descent4j.mnist.settings.ScheduleChoice;
import io.github.descent4j.mnist.settings.TrainingSettings;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A run of seconds: 100 images of 8 x 8 in batches of 30, so that an epoch has four steps and the last one is small. */
final class SmallRun {
  static final int STEPS_PER_EPOCH = 4;

  private SmallRun() {}

  static MnistData images(Path folder) {
    IdxBytes.writeDataSet(folder, 100, 40, 8, 8);
    return MnistData.read(folder);
  }

  /** A run without early stopping. */
  static TrainingRun of(MnistData images, int epochs, BooleanSupplier stop) {
    return of(images, epochs, stop, RegularizationSettings.NONE);
  }

  /** A run that ends after {@code patience} epochs without improvement on ten images that are held out. */
  static TrainingRun stoppedEarly(MnistData images, int epochs, int patience) {
    return of(images, epochs, () -> false, new RegularizationSettings(0, 0, patience, 10));
  }

  private static TrainingRun of(
      MnistData images, int epochs, BooleanSupplier stop, RegularizationSettings regularization) {
    TrainingSettings settings = new TrainingSettings(
        new ModelSettings(ModelChoice.MLP, 0, 0.2, 30),
        new OptimizerSettings(
            OptimizerChoice.ADAM,
            Map.of(),
            0.001,
            ScheduleChoice.COSINE,
            0,
            null,
            DecayMode.COUPLED,
            0),
        regularization,
        AugmentationSettings.NONE,
        epochs,
        7);
    return new TrainingRun(settings, images, stop, List.of(), null);
  }

  /** What a run would say after so many epochs, and steps of the next one. */
  static RunState state(
      MnistData images, TrainingRun run, int batches, double[] test, double[] validation) {
    return state(images, run, Map.of("--model", "mlp"), batches, test, validation);
  }

  static RunState state(
      MnistData images,
      TrainingRun run,
      Map<String, String> settings,
      int batches,
      double[] test,
      double[] validation) {
    List<EpochResult> epochs = new ArrayList<>();
    for (int i = 0; i < test.length; i++) {
      epochs.add(new EpochResult(new EpochMetrics(i + 1, 0.5, 0.5, 1, 100), evaluation(test[i])));
    }
    List<Evaluation> validations = new ArrayList<>();
    for (double accuracy : validation) {
      validations.add(evaluation(accuracy));
    }
    long steps = (long) STEPS_PER_EPOCH * test.length + batches;
    Progress progress = new Progress(
        steps, test.length, batches, 30 * batches, 0.25 * batches, 7 * batches, batches);
    return new RunState(
        RunState.FORMAT_VERSION,
        settings,
        images.fingerprint(),
        8,
        8,
        10,
        run.scale(),
        progress,
        epochs,
        validations);
  }

  static Evaluation evaluation(double accuracy) {
    return new Evaluation((int) Math.round(1000 * accuracy), 1000, 0.5);
  }

  static RunRecord record() {
    return new RunRecord(Map.of(), List.of(), List.of(), List.of(), List.of(), List.of());
  }
}
