package io.github.descent4j.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The gradient of the loss alone. */
enum Backpropagation implements BatchGradient {
  INSTANCE;

  @Override
  public Measured compute(
      Sequential network, Loss loss, INDArray features, Targets targets, long seed) {
    network.reseed(seed);
    double meanLoss = loss.forward(network.forward(features, Mode.TRAINING), targets);
    Measured measured = new Measured(meanLoss, loss.correct());
    network.backwardParameters(loss.backward());
    return measured;
  }

  @Override
  public String toString() {
    return "backpropagation";
  }
}
