package io.github.descent4j.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The layers that one thread runs.
 *
 * <p>A {@link Relu} before a {@link MaxPool2d} runs after it, on as many elements fewer as the windows are large. The values are
 * the same, since a rectifier never changes which of two numbers is the greater one; so are the gradients, since it stops
 * those of windows without a positive element, whichever element they go to.
 */
final class Chain {
  final List<Layer> layers;

  private final List<Layer> order;

  /** The first layer with parameters: what comes before it needs no backward pass for their gradients. */
  private final int firstTrained;

  Chain(List<Layer> layers) {
    this.layers = layers;
    order = new ArrayList<>(layers);
    for (int i = 1; i < order.size(); i++) {
      if (order.get(i - 1) instanceof Relu && order.get(i) instanceof MaxPool2d) {
        Collections.swap(order, i - 1, i);
      }
    }
    int first = 0;
    while (first < order.size() && order.get(first).parameters().size() == 0) {
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

  void reseed(SplittableRandom seeds) {
    layers.forEach(layer -> layer.reseed(seeds.nextLong()));
  }

  INDArray forward(INDArray input, Mode mode) {
    INDArray output = input;
    for (Layer layer : order) {
      output = layer.forward(output, mode);
    }
    return output;
  }

  INDArray backward(INDArray outputGradient) {
    return backward(outputGradient, 0);
  }

  void backwardParameters(INDArray outputGradient) {
    if (firstTrained < order.size()) {
      order.get(firstTrained).backwardParameters(backward(outputGradient, firstTrained + 1));
    }
  }

  private INDArray backward(INDArray outputGradient, int downTo) {
    INDArray gradient = outputGradient;
    for (int i = order.size() - 1; i >= downTo; i--) {
      gradient = order.get(i).backward(gradient);
    }
    return gradient;
  }
}
