package io.github.descent4j.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The logistic function y = 1 / (1 + exp(-x)) of each element; its derivative is y (1 - y).
 *
 * <p>Input and output are of any shape, the first dimension being the batch. FLOAT elements are computed in double and rounded once.
 *
 * <pre>{@code
 * Sigmoid layer = new Sigmoid();
 * INDArray y = layer.forward(x, Mode.TRAINING);
 * INDArray gradientOfX = layer.backward(gradientOfY);
 * }</pre>
 */
public final class Sigmoid extends Activation {

  /** A layer without parameters. */
  public Sigmoid() {}

  @Override
  <A> void apply(Loops<A> loops, A y, int n) {
    loops.sigmoid(y, n);
  }

  @Override
  <A> void gradient(Loops<A> loops, A y, A dy, int n) {
    loops.sigmoidGradient(y, dy, n);
  }

  @Override
  INDArray curvature(INDArray y) {
    return y.mul(-2).addi(1);
  }

  @Override
  public Splittable split() {
    return new Sigmoid();
  }
}
