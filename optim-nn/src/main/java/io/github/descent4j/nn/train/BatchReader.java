package io.github.descent4j.nn.train;

import io.github.descent4j.nn.Targets;
import io.github.descent4j.nn.memory.ReusableArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads examples of a dataset into arrays that are kept from batch to batch. */
final class BatchReader {
  private final DataType type;
  private final ReusableArray keptFeatures = new ReusableArray();
  private final ReusableArray keptTargets = new ReusableArray();
  private int[] labels = {};
  private INDArray features;
  private Targets targets;

  BatchReader(DataType type) {
    this.type = type;
  }

  /** Reads the examples of {@code count} indices. */
  void read(Dataset dataset, int[] indices, int from, int count) {
    features = shaped(keptFeatures, count, dataset.exampleShape());
    if (labels.length < count) {
      labels = new int[count];
    }
    dataset.read(indices, from, count, features, labels);
    long[] targetShape = dataset.targetShape();
    if (targetShape.length == 0) {
      targets = Targets.labels(labels);
    } else {
      INDArray values = shaped(keptTargets, count, targetShape);
      dataset.readTargets(indices, from, count, values);
      targets = Targets.values(values);
    }
  }

  private INDArray shaped(ReusableArray kept, int count, long[] exampleShape) {
    long[] shape = new long[exampleShape.length + 1];
    shape[0] = count;
    System.arraycopy(exampleShape, 0, shape, 1, exampleShape.length);
    return kept.shaped(type, shape).array();
  }

  /** The features that were read last. */
  INDArray features() {
    return features;
  }

  /** The labels or values that were read last. */
  Targets targets() {
    return targets;
  }
}
