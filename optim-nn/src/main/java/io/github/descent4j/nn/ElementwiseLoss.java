package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The mean over all elements of a function of an output and its target: what {@link MeanSquaredError}, {@link Huber} and {@link
 * BinaryCrossEntropy} share. Everything is computed in double.
 */
abstract class ElementwiseLoss extends CurvedLoss {
  private final ReusableArray gradient = new ReusableArray();
  private Memory outputs;
  private Memory targets;
  private int batch;
  private double[] read = {};
  private double[] y = {};
  private double[] t = {};
  private double[] gradients = {};

  /** The loss of one output. */
  abstract double loss(double output, double target);

  /** Its derivative. */
  abstract double slope(double output, double target);

  /** Its second derivative. */
  abstract double curvature(double output, double target);

  /** Whether an output decides as its target does; false for a loss that decides nothing. */
  abstract boolean isRight(double output, double target);

  /** Whether there is a loss for such a target. */
  boolean takes(double target) {
    return Double.isFinite(target);
  }

  /** In words, what {@link #takes} says. */
  String expectedTarget() {
    return "a finite number";
  }

  @Override
  public final double forward(INDArray outputs, Targets targets) {
    Checks.anyBatch("loss", outputs);
    INDArray values = targets.values();
    if (!Arrays.equals(values.shape(), outputs.shape())) {
      throw new IllegalArgumentException("loss: targets are of shape "
          + Arrays.toString(values.shape())
          + ", expected "
          + Arrays.toString(outputs.shape())
          + ", that of the outputs");
    }
    Memory found = Memory.of(values, this.targets);
    int n = found.length();
    if (read.length < n) {
      read = new double[n];
    }
    found.getDoubles(0, read, n);
    for (int i = 0; i < n; i++) {
      if (!takes(read[i])) {
        throw new IllegalArgumentException(
            "loss: target " + i + " is " + read[i] + ", expected " + expectedTarget());
      }
    }
    this.targets = found;
    double[] accepted = read;
    read = t;
    t = accepted;
    this.outputs = Memory.of(outputs, this.outputs);
    batch = (int) outputs.size(0);
    if (y.length < n) {
      y = new double[n];
      gradients = new double[n];
    }
    this.outputs.getDoubles(0, y, n);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += loss(y[i], t[i]);
    }
    return sum / n;
  }

  @Override
  public final INDArray backward() {
    requireForward();
    int n = outputs.length();
    for (int i = 0; i < n; i++) {
      gradients[i] = slope(y[i], t[i]) / n;
    }
    Memory memory = gradient.shaped(outputs.dataType(), outputs.array().shape());
    memory.putDoubles(0, gradients, n);
    return memory.array();
  }

  @Override
  final INDArray curvature(INDArray tangent) {
    requireForward();
    double[] product = new double[outputs.length()];
    Memory.of(tangent).getDoubles(0, product, product.length);
    for (int i = 0; i < product.length; i++) {
      product[i] *= curvature(y[i], t[i]) / product.length;
    }
    return Nd4j.createFromArray(product)
        .reshape(outputs.array().shape())
        .castTo(outputs.dataType());
  }

  /** How many examples have all their outputs right. */
  @Override
  public final int correct() {
    requireForward();
    int perExample = outputs.length() / batch;
    int correct = 0;
    for (int i = 0; i < batch; i++) {
      boolean right = true;
      for (int j = i * perExample; right && j < (i + 1) * perExample; j++) {
        right = isRight(y[j], t[j]);
      }
      correct += right ? 1 : 0;
    }
    return correct;
  }

  private void requireForward() {
    if (outputs == null) {
      throw new IllegalStateException("loss: no batch yet, expected forward before");
    }
  }
}
