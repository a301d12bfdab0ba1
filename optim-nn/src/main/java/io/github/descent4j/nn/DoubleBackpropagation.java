package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Training with a penalty on the gradient of the loss by the inputs, so that a small change of an input changes little: L + lambda / 2 mean
 * |dL<sub>i</sub>/dx<sub>i</sub>|₂², where L<sub>i</sub> is the loss of example i and L the mean of those.
 *
 * <p>The penalty's gradient has second derivatives, d/de grad<sub>W</sub> L(x + e n G) with G = dL/dx and n the size of the batch. They are
 * exact: each layer's two passes are differentiated along that direction. A step costs about three times as much as one without the penalty,
 * and runs on one thread. Kinks of {@link Relu} and {@link MaxPool2d} count as flat, so that in a network of these alone the second derivatives
 * are those of the loss.
 *
 * <p>The network may have {@link Dense}, {@link Conv2d}, {@link Relu}, {@link Sigmoid}, {@link Tanh}, {@link MaxPool2d}, {@link Flatten} and
 * {@link Dropout}; {@link BatchNorm} makes an example's loss depend on the others. The loss is one of this package. The mean loss that is
 * reported is without the penalty.
 *
 * <p>H. Drucker, Y. LeCun: Improving generalization performance using double backpropagation. IEEE Transactions on Neural Networks 3(6),
 * 1992.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder(network, new Adam(1e-3)).gradient(new DoubleBackpropagation(0.1)).build();
 * }</pre>
 *
 * <p>Used by one thread at a time.
 */
public final class DoubleBackpropagation implements BatchGradient {
  private final double lambda;
  private Sequential prepared;
  private List<Tangent> tangents;
  private double penalty = Double.NaN;

  /**
   * A penalty.
   *
   * @param lambda its strength, at least 0 and finite
   * @throws IllegalArgumentException if it is not
   */
  public DoubleBackpropagation(double lambda) {
    if (!(lambda >= 0 && Double.isFinite(lambda))) {
      throw new IllegalArgumentException(
          "lambda is " + lambda + ", expected a finite number of at least 0");
    }
    this.lambda = lambda;
  }

  @Override
  public Measured compute(
      Sequential network, Loss loss, INDArray features, Targets targets, long seed) {
    if (!(loss instanceof CurvedLoss curved)) {
      throw new IllegalArgumentException("double back-propagation: loss is " + loss
          + ", expected one whose second derivatives are known: those of this package");
    }
    List<Layer> layers = network.layers();
    if (prepared != network) {
      tangents = layers.stream().map(Tangent::of).toList();
      prepared = network;
    }
    network.reseed(seed);
    // The layers are run one by one here, and would keep to what the network's last pass has said.
    for (Layer layer : layers) {
      if (layer instanceof Dense dense) {
        dense.divide(false);
      }
    }
    INDArray output = features;
    for (int i = 0; i < layers.size(); i++) {
      INDArray input = output;
      output = layers.get(i).forward(input, Mode.TRAINING);
      tangents.get(i).at(input, output);
    }
    double meanLoss = loss.forward(output, targets);
    Measured measured = new Measured(meanLoss, loss.correct());

    // Each layer runs backward again below, and returns the same arrays.
    List<INDArray> outputGradients = new ArrayList<>();
    INDArray gradient = loss.backward();
    for (int i = layers.size() - 1; i >= 0; i--) {
      outputGradients.add(0, gradient.dup());
      gradient = layers.get(i).backward(gradient);
    }
    List<INDArray> ofLoss = new ArrayList<>();
    network.parameters().forEach(parameter -> ofLoss.add(parameter.gradient().dup()));

    long batch = features.size(0);
    double norm = gradient.norm2Number().doubleValue();
    penalty = lambda / 2 * batch * norm * norm;
    INDArray tangent = gradient.mul(batch);
    for (Tangent layer : tangents) {
      tangent = layer.forward(tangent);
    }
    tangent = curved.curvature(tangent);
    for (int i = layers.size() - 1; i >= 0; i--) {
      tangent = tangents.get(i).backward(outputGradients.get(i), tangent);
    }
    for (int i = 0; i < ofLoss.size(); i++) {
      Parameter parameter = network.parameters().get(i);
      parameter.gradient().muli(lambda).addi(ofLoss.get(i));
    }
    return measured;
  }

  /**
   * The penalty of the last mini-batch.
   *
   * @return lambda / 2 mean |dL<sub>i</sub>/dx<sub>i</sub>|₂², NaN before the first
   */
  public double penalty() {
    return penalty;
  }

  /** In words, such as {@code double back-propagation 0.1}. */
  @Override
  public String toString() {
    return "double back-propagation " + lambda;
  }
}
