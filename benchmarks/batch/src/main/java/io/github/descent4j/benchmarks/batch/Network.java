package io.github.descent4j.benchmarks.batch;

import io.github.descent4j.Parameter;
import io.github.descent4j.benchmarks.batch.Smooth.Points;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.ElasticNet;
import io.github.descent4j.nn.train.InMemoryDataset;
import io.github.descent4j.nn.train.NetworkObjective;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The mean loss of a network of {@code optim-nn} in double, inputs-hidden-classes with tanh, plus L2 penalty on its weights, as a function
 * of one vector: all weights one after another.
 */
final class Network implements Smooth {
  private final Sequential network;
  private final NetworkObjective objective;
  private final double[] start;

  Network(Points points, int hidden, double lambda, long seed) {
    int width = points.features()[0].length;
    network = Sequential.builder(DataType.DOUBLE, seed)
        .input(width)
        .dense("fc1", hidden)
        .tanh()
        .dense("fc2", points.classes())
        .build();
    INDArray features = Nd4j.createFromArray(points.features()).castTo(DataType.DOUBLE);
    objective = NetworkObjective.builder(
            network, InMemoryDataset.of(features, points.labels(), points.classes()))
        .penalty(ElasticNet.of(0, lambda))
        .build();
    int size = 0;
    for (Parameter parameter : network.parameters()) {
      size += (int) parameter.value().length();
    }
    start = new double[size];
    int from = 0;
    for (Parameter parameter : network.parameters()) {
      from = copy(parameter.value(), start, from, false);
    }
  }

  @Override
  public double[] start() {
    return start.clone();
  }

  @Override
  public double evaluate(double[] x, double[] gradient) {
    int from = 0;
    for (Parameter parameter : network.parameters()) {
      from = copy(parameter.value(), x, from, true);
    }
    double value = objective.evaluate(network.parameters());
    from = 0;
    for (Parameter parameter : network.parameters()) {
      from = copy(parameter.gradient(), gradient, from, false);
    }
    return value;
  }

  /** Between an array of a network, which is dense, and a stretch of a vector; returns the end of that. */
  private static int copy(INDArray array, double[] vector, int from, boolean toArray) {
    int length = (int) array.length();
    if (toArray) {
      array.data().asNioDouble().put(vector, from, length);
    } else {
      array.data().asNioDouble().get(vector, from, length);
    }
    return from + length;
  }
}
