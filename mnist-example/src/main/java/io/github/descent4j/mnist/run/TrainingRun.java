package io.github.descent4j.mnist.run;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.decorator.AveragingOptimizer;
import io.github.descent4j.decorator.ScheduleFree;
import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.ImageDataset;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.data.Require;
import io.github.descent4j.mnist.settings.ModelSettings;
import io.github.descent4j.mnist.settings.RegularizationSettings;
import io.github.descent4j.mnist.settings.TrainingSettings;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.DivergedException;
import io.github.descent4j.nn.train.EarlyStopping;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.Progress;
import io.github.descent4j.nn.train.Trainer;
import io.github.descent4j.nn.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network that is trained on a data set for some epochs, and evaluated after each. */
public final class TrainingRun {
  private final Sequential network;
  private final Optimizer optimizer;

  /** Null where the parameters are evaluated as they are trained. */
  private final ScheduleFree averaging;

  private final Trainer trainer;
  private final GreyScale scale;
  private final Dataset training;
  private final ImageDataset test;
  private final int epochs;
  private final int stepsPerEpoch;
  private final List<EpochResult> results = new ArrayList<>();

  /** Null where training goes on to the last epoch. */
  private final EarlyStopping stopping;

  private final ImageDataset validation;
  private final List<Evaluation> validations = new ArrayList<>();

  /**
   * A run that has not begun.
   *
   * @param stop ends an epoch after the step under way
   * @param listeners are told about each step
   * @param monitor observes the gradients, null for none; it changes no number of the run
   */
  public TrainingRun(
      TrainingSettings settings,
      MnistData images,
      BooleanSupplier stop,
      List<TrainingListener> listeners,
      GradientMonitor monitor) {
    ModelSettings model = settings.model();
    RegularizationSettings regularization = settings.regularization();
    int count = images.train().size() - regularization.validation();
    LabelledImages trainImages =
        regularization.validation() == 0 ? images.train() : images.train().part(0, count);
    epochs = settings.epochs();
    stepsPerEpoch = settings.stepsPerEpoch(images.train().size());
    Optimizer built = settings.optimizer().build((long) epochs * stepsPerEpoch, stepsPerEpoch);
    optimizer = monitor == null ? built : built.monitored(monitor);
    averaging = optimizer.find(ScheduleFree.class).orElse(null);
    network = model
        .model()
        .build(
            trainImages.rows(),
            trainImages.columns(),
            trainImages.classes(),
            regularization.hidden(),
            model.dropout(),
            settings.seed());
    scale = GreyScale.of(trainImages);
    training =
        settings.augmentation().apply(new ImageDataset(trainImages, scale), scale, settings.seed());
    test = new ImageDataset(images.test(), scale);
    if (regularization.patience() == null) {
      stopping = null;
      validation = null;
    } else {
      stopping = EarlyStopping.onHighest(network, regularization.patience(), 0);
      validation = new ImageDataset(images.train().part(count, images.train().size()), scale);
    }
    Trainer.Builder builder = Trainer.builder(network, optimizer)
        .loss(new SoftmaxCrossEntropy(model.labelSmoothing()))
        .penalty(regularization.penalty(network))
        .batchSize(model.batchSize())
        .seed(settings.seed())
        .gradient(regularization.inputGradient().gradient(scale))
        .stopWhen(stop);
    listeners.forEach(builder::listener);
    trainer = builder.build();
  }

  /**
   * Trains to the end of an epoch and evaluates the network; nothing if it was stopped before.
   *
   * @throws CommandException if training diverged
   */
  public Optional<EpochResult> epoch() {
    List<EpochMetrics> metrics;
    try {
      metrics = trainer.fit(training, 1);
    } catch (DivergedException e) {
      throw new CommandException(e.getMessage(), e);
    }
    if (metrics.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(evaluated(() -> {
      Evaluation evaluation = trainer.evaluate(test);
      requireFinite(evaluation);
      EpochResult result = new EpochResult(metrics.get(0), evaluation);
      results.add(result);
      if (stopping != null) {
        validations.add(trainer.evaluate(validation));
        stopping.update(results.size(), validations.get(results.size() - 1).accuracy());
      }
      return result;
    }));
  }

  /** Does something with the weights that are to be used: where the optimizer has an average, with that in their place. */
  <T> T evaluated(Supplier<T> action) {
    if (averaging == null) {
      return action.get();
    }
    AveragingOptimizer.Applied applied = averaging.applied(network.parameters());
    try {
      return action.get();
    } finally {
      applied.close();
    }
  }

  /** Whether the weights that are trained are others than those to be used. */
  boolean averages() {
    return averaging != null;
  }

  /**
   * Goes on from where another run of the same settings was; network, optimizer and the weights of the best epoch are as they were
   * then.
   *
   * @param validations results on the images held out, after each epoch; none without early stopping
   * @throws IllegalArgumentException if no run of these settings comes there
   */
  void resume(Progress progress, List<EpochResult> results, List<Evaluation> validations) {
    Require.that(
        progress.epochs() <= epochs
            && progress.batches() < stepsPerEpoch
            && progress.steps() == (long) progress.epochs() * stepsPerEpoch + progress.batches(),
        "progress",
        progress,
        "one of " + epochs + " epochs of " + stepsPerEpoch + " steps");
    trainer.resume(progress);
    this.results.clear();
    this.results.addAll(results);
    this.validations.clear();
    this.validations.addAll(validations);
    if (stopping != null) {
      int best = 0;
      for (int i = 1; i < validations.size(); i++) {
        best = validations.get(i).accuracy() > validations.get(best).accuracy() ? i : best;
      }
      if (!validations.isEmpty()) {
        stopping.resume(validations.get(best).accuracy(), best + 1, validations.size() - best - 1);
      }
    }
  }

  public boolean finished() {
    return results.size() >= epochs || (stopping != null && stopping.stopped());
  }

  /** The result on the test images: of the last epoch, or of the best one, whose weights the network has then. */
  public Evaluation finish() {
    if (stopping == null) {
      if (averaging != null) {
        averaging.assignTo(network.parameters());
      }
      return results.get(results.size() - 1).test();
    }
    stopping.restore();
    return trainer.evaluate(test);
  }

  /** What watches the images held out, or null. */
  public EarlyStopping stopping() {
    return stopping;
  }

  /** Results on the images held out, after each epoch; none without early stopping. */
  List<Evaluation> validations() {
    return List.copyOf(validations);
  }

  /** The epochs so far. */
  public List<EpochResult> results() {
    return List.copyOf(results);
  }

  public Sequential network() {
    return network;
  }

  Optimizer optimizer() {
    return optimizer;
  }

  public Progress progress() {
    return trainer.progress();
  }

  GreyScale scale() {
    return scale;
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
