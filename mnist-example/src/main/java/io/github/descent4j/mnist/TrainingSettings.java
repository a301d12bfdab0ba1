package io.github.descent4j.mnist;

/** All that a run's numbers follow from, besides the images. */
record TrainingSettings(ModelSettings model, OptimizerSettings optimizer, int epochs, long seed) {

  int stepsPerEpoch(int trainingImages) {
    return (trainingImages - 1) / model.batchSize() + 1;
  }
}
