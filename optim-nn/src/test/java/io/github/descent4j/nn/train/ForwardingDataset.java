package io.github.descent4j.nn.train;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Another dataset, to watch it or to change what it says: as one of a user's own it is not read ahead. */
class ForwardingDataset implements Dataset {
  final Dataset dataset;

  ForwardingDataset(Dataset dataset) {
    this.dataset = dataset;
  }

  @Override
  public int size() {
    return dataset.size();
  }

  @Override
  public long[] exampleShape() {
    return dataset.exampleShape();
  }

  @Override
  public int classes() {
    return dataset.classes();
  }

  @Override
  public long[] targetShape() {
    return dataset.targetShape();
  }

  @Override
  public void startEpoch(int epoch) {
    dataset.startEpoch(epoch);
  }

  @Override
  public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
    dataset.read(indices, from, count, features, labels);
  }

  @Override
  public void readTargets(int[] indices, int from, int count, INDArray targets) {
    dataset.readTargets(indices, from, count, targets);
  }
}
