package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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

  /** The first layer that a batch cannot be cut for, if there is one. */
  Optional<Layer> whole() {
    return layers.stream()
        .filter(layer -> !(layer instanceof Splittable) && !(layer instanceof BatchNorm))
        .findFirst();
  }

  /** A chain for another shard of a batch: where {@link #whole} is nothing. */
  Chain split() {
    return new Chain(layers.stream().map(Chain::split).toList());
  }

  private static Layer split(Layer layer) {
    if (layer instanceof BatchNorm norm) {
      return norm.split();
    }
    Layer other = ((Splittable) layer).split();
    requireSplit(layer, other);
    return other;
  }

  /** What a user's layer has to keep to: a mistake would show as a gradient that is wrong now and then. */
  private static void requireSplit(Layer layer, Layer other) {
    boolean fits = other != null
        && other != layer
        && other.parameters().size() == layer.parameters().size();
    for (int i = 0; fits && i < layer.parameters().size(); i++) {
      Parameter mine = layer.parameters().get(i);
      Parameter others = other.parameters().get(i);
      fits = others.name().equals(mine.name())
          && others.value() == mine.value()
          && others.gradient() != mine.gradient();
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "split of layer " + layer + " gave " + other
              + ", expected another layer whose parameters have the same names and values, and gradients of their own");
    }
  }

  /** Says whether the layers run a batch by themselves, and may hand parts of it to other threads. */
  void divide(boolean divide) {
    for (Layer layer : layers) {
      if (layer instanceof Dense dense) {
        dense.divide(divide);
      } else if (layer instanceof Activation activation) {
        activation.divide(divide);
      }
    }
  }

  Parameters parameters() {
    List<Parameter> all = new ArrayList<>();
    layers.forEach(layer -> layer.parameters().forEach(all::add));
    return Parameters.of(all);
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
