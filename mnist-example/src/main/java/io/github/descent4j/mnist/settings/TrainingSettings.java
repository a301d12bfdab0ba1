package io.github.descent4j.mnist.settings;

/** All that a run's numbers follow from, besides the images. */
public record TrainingSettings(
    ModelSettings model,
    OptimizerSettings optimizer,
    RegularizationSettings regularization,
    AugmentationSettings augmentation,
    int epochs,
    long seed) {

  /** The steps of an epoch, with so many images of which the last may be held out. */
  public int stepsPerEpoch(int trainingImages) {
    return (trainingImages - regularization.validation() - 1) / model.batchSize() + 1;
  }
}
