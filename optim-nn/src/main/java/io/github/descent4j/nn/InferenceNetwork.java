package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes of a trained network another one that computes in both modes what the first computes in {@link Mode#EVALUATION}, of fewer and
 * plainer layers:
 *
 * <ul>
 *   <li>{@link Dropout} is left out, {@link DropConnect} becomes {@link Dense};
 *   <li>{@link BatchNorm} becomes part of the {@link Dense} or {@link Conv2d} before it;
 *   <li>{@link HardConcreteGates} become part of the {@link Dense} behind them. Where only activations lie between the gates and a {@link
 *       Dense} before them, units whose gates are closed are removed from both, which is what L0 regularization is for; one is left if all
 *       are closed.
 * </ul>
 *
 * <p>Its backward pass is the gradient of the network as it is in evaluation: what an attack on it needs.
 *
 * <pre>{@code
 * Sequential smaller = InferenceNetwork.of(network);
 * INDArray logits = smaller.forward(images, Mode.EVALUATION);
 * }</pre>
 */
public final class InferenceNetwork {
  private final List<Layer> plain = new ArrayList<>();

  /** The gates whose layer is still to come, and their numbers; null where there are none. */
  private HardConcreteGates gates;

  private double[] open;

  private InferenceNetwork() {}

  /**
   * Makes the network.
   *
   * @param network of the layers of this package; it stays as it is
   * @return a network with arrays of its own
   * @throws IllegalArgumentException if a layer is none of this package, a batch normalization follows no dense or convolutional layer,
   *     or gates are not followed by a dense layer
   */
  public static Sequential of(Sequential network) {
    InferenceNetwork made = new InferenceNetwork();
    for (Layer layer : network.layers()) {
      made.add(layer);
    }
    if (made.gates != null) {
      throw new IllegalArgumentException(made.gates + " is last, expected a dense layer behind it");
    }
    if (made.plain.isEmpty()) {
      throw new IllegalArgumentException(
          "network has none but layers for training, expected one that computes something");
    }
    return Sequential.of(network.dataType(), made.plain.toArray(Layer[]::new));
  }

  private void add(Layer layer) {
    if (layer instanceof Dropout) {
      return;
    }
    if (layer instanceof Dense dense) {
      addDense(dense.with(value(dense, 0).dup(), value(dense, 1).dup()));
    } else if (layer instanceof DropConnect dropped) {
      addDense(dropped.evaluated());
    } else if (gates != null) {
      throw new IllegalArgumentException(
          gates + " is before " + layer + ", expected a dense layer behind it");
    } else if (layer instanceof HardConcreteGates found) {
      gates = found;
      open = found.evaluated();
    } else if (layer instanceof BatchNorm norm) {
      fold(norm);
    } else if (layer instanceof Conv2d convolution) {
      plain.add(
          convolution.with(value(convolution, 0).dup(), value(convolution, 1).dup()));
    } else if (layer instanceof Activation
        || layer instanceof MaxPool2d
        || layer instanceof Flatten) {
      plain.add(((Splittable) layer).split());
    } else {
      throw new IllegalArgumentException(
          "layer is " + layer + ", expected one of the package " + Layer.class.getPackageName());
    }
  }

  private void addDense(Dense dense) {
    if (gates == null) {
      plain.add(dense);
      return;
    }
    INDArray weight = value(dense, 0);
    multiply(weight, open, open.length, 1);
    int producer = producer();
    if (producer >= 0) {
      int[] kept = IntStream.range(0, open.length).filter(i -> open[i] > 0).toArray();
      int[] rows = kept.length == 0 ? new int[] {0} : kept;
      Dense before = (Dense) plain.get(producer);
      int units = open.length;
      plain.set(
          producer,
          before.with(
              value(before, 0).getRows(rows).dup('c'),
              value(before, 1).reshape(1, units).getColumns(rows).dup('c').reshape(rows.length)));
      weight = weight.getColumns(rows).dup('c');
    }
    plain.add(dense.with(weight, value(dense, 1)));
    gates = null;
  }

  /** The dense layer whose outputs the gates get, with activations between at most; -1 if there is none. */
  private int producer() {
    int i = plain.size() - 1;
    while (i >= 0 && plain.get(i) instanceof Activation) {
      i--;
    }
    return i >= 0 && plain.get(i) instanceof Dense ? i : -1;
  }

  private void fold(BatchNorm norm) {
    Layer before = plain.isEmpty() ? null : plain.get(plain.size() - 1);
    if (!(before instanceof Dense) && !(before instanceof Conv2d)) {
      throw new IllegalArgumentException(
          norm + " is behind " + (before == null ? "nothing" : before)
              + ", expected a dense or convolutional layer before it");
    }
    double[] scale = norm.evaluatedScale();
    double[] shift = norm.evaluatedShift();
    INDArray weight = value(before, 0);
    INDArray bias = value(before, 1);
    multiply(weight, scale, scale.length, (int) (weight.length() / weight.size(0)));
    multiply(bias, scale, scale.length, 1);
    Memory biases = Memory.of(bias);
    double[] b = new double[scale.length];
    biases.getDoubles(0, b, b.length);
    for (int i = 0; i < b.length; i++) {
      b[i] += shift[i];
    }
    biases.putDoubles(0, b, b.length);
  }

  /** Multiplies element i by {@code factors[i / run % count]}. */
  private static void multiply(INDArray array, double[] factors, int count, int run) {
    Memory memory = Memory.of(array);
    double[] values = new double[memory.length()];
    memory.getDoubles(0, values, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] *= factors[i / run % count];
    }
    memory.putDoubles(0, values, values.length);
  }

  private static INDArray value(Layer layer, int parameter) {
    return layer.parameters().get(parameter).value();
  }
}
