package io.github.descent4j.nn;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The layers that one thread runs. */
final class Chain {
  final List<Layer> layers;

  /** The first layer with parameters: what comes before it needs no backward pass for their gradients. */
  private final int firstTrained;

  Chain(List<Layer> layers) {
    this.layers = layers;
    int first = 0;
    while (first < layers.size() && layers.get(first).parameters().size() == 0) {
      first++;
    }
    firstTrained = first;
  }

  /** A chain for the other half of a batch, or null where a layer is not made for it. */
  Chain shard() {
    List<Layer> shards = new ArrayList<>();
    for (Layer layer : layers) {
      if (!(layer instanceof Shardable shardable)) {
        return null;
      }
      shards.add(shardable.shard());
    }
    return new Chain(shards);
  }

  INDArray forward(INDArray input, Mode mode) {
    INDArray output = input;
    for (Layer layer : layers) {
      output = layer.forward(output, mode);
    }
    return output;
  }

  INDArray backward(INDArray outputGradient) {
    return backward(outputGradient, 0);
  }

  void backwardParameters(INDArray outputGradient) {
    if (firstTrained < layers.size()) {
      layers.get(firstTrained).backwardParameters(backward(outputGradient, firstTrained + 1));
    }
  }

  private INDArray backward(INDArray outputGradient, int downTo) {
    INDArray gradient = outputGradient;
    for (int i = layers.size() - 1; i >= downTo; i--) {
      gradient = layers.get(i).backward(gradient);
    }
    return gradient;
  }
}
