package io.github.descent4j.mnist;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.train.DivergedException;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.Progress;
import io.github.descent4j.nn.train.Trainer;
import io.github.descent4j.nn.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network that is trained on a data set for some epochs, and evaluated after each. */
final class TrainingRun {
  private final Sequential network;
  private final Optimizer optimizer;
  private final Trainer trainer;
  private final GreyScale scale;
  private final ImageDataset training;
  private final ImageDataset test;
  private final int stepsPerEpoch;
  private final int epochs;
  private final List<EpochResult> results = new ArrayList<>();

  /**
   * A run that has not begun.
   *
   * @param stop ends an epoch after the step under way
   * @param listeners are told about each step
   */
  TrainingRun(
      TrainingSettings settings,
      MnistData images,
      BooleanSupplier stop,
      List<TrainingListener> listeners) {
    ModelSettings model = settings.model();
    LabelledImages trainImages = images.train();
    epochs = settings.epochs();
    stepsPerEpoch = settings.stepsPerEpoch(trainImages.size());
    optimizer = settings.optimizer().build((long) epochs * stepsPerEpoch, stepsPerEpoch);
    network = model
        .model()
        .build(trainImages.rows(), trainImages.columns(), model.dropout(), settings.seed());
    scale = GreyScale.of(trainImages);
    training = new ImageDataset(trainImages, scale);
    test = new ImageDataset(images.test(), scale);
    Trainer.Builder builder = Trainer.builder(network, optimizer)
        .loss(new SoftmaxCrossEntropy(model.labelSmoothing()))
        .batchSize(model.batchSize())
        .seed(settings.seed())
        .stopWhen(stop);
    listeners.forEach(builder::listener);
    trainer = builder.build();
  }

  /**
   * Trains to the end of an epoch and evaluates the network; nothing if it was stopped before.
   *
   * @throws CommandException if training diverged
   */
  Optional<EpochResult> epoch() {
    List<EpochMetrics> metrics;
    try {
      metrics = trainer.fit(training, 1);
    } catch (DivergedException e) {
      throw new CommandException(e.getMessage(), e);
    }
    if (metrics.isEmpty()) {
      return Optional.empty();
    }
    Evaluation evaluation = trainer.evaluate(test);
    requireFinite(evaluation);
    EpochResult result = new EpochResult(metrics.get(0), evaluation);
    results.add(result);
    return Optional.of(result);
  }

  /** Goes on from where another run of the same settings was; network and optimizer are as they were then. */
  void resume(Progress progress, List<EpochResult> results) {
    trainer.resume(progress);
    this.results.clear();
    this.results.addAll(results);
  }

  boolean finished() {
    return results.size() >= epochs;
  }

  /** The epochs so far. */
  List<EpochResult> results() {
    return List.copyOf(results);
  }

  Sequential network() {
    return network;
  }

  Optimizer optimizer() {
    return optimizer;
  }

  Progress progress() {
    return trainer.progress();
  }

  GreyScale scale() {
    return scale;
  }

  int stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /** The guard sees gradients before each step; this sees what the last step of the epoch has left. */
  private void requireFinite(Evaluation evaluation) {
    if (Double.isFinite(evaluation.meanLoss())) {
      return;
    }
    for (Parameter parameter : network.parameters()) {
      INDArray value = parameter.value().ravel();
      for (long i = 0; i < value.length(); i++) {
        if (!Double.isFinite(value.getDouble(i))) {
          throw diverged("parameter '" + parameter.name() + "' is " + value.getDouble(i));
        }
      }
    }
    throw diverged("the loss on the test images is " + evaluation.meanLoss());
  }

  private CommandException diverged(String what) {
    return new CommandException("training diverged at step " + optimizer.steps() + ": " + what);
  }
}
