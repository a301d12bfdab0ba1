package io.github.descent4j.mnist;

/** All that a run's numbers follow from, besides the images. */
record TrainingSettings(
    ModelSettings model,
    OptimizerSettings optimizer,
    RegularizationSettings regularization,
    AugmentationSettings augmentation,
    int epochs,
    long seed) {

  /** The steps of an epoch, with so many images of which the last may be held out. */
  int stepsPerEpoch(int trainingImages) {
    return (trainingImages - regularization.validation() - 1) / model.batchSize() + 1;
  }
}
