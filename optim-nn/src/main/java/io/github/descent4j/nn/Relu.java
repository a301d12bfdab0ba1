package io.github.descent4j.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The rectifier y = max(x, 0) of each element.
 *
 * <p>Input and output are of any shape, the first dimension being the batch. The derivative at 0 is taken as 0. A NaN stays a NaN, and
 * an infinite gradient becomes one where the derivative is 0.
 *
 * <pre>{@code
 * Relu layer = new Relu();
 * INDArray y = layer.forward(x, Mode.TRAINING);
 * INDArray gradientOfX = layer.backward(gradientOfY);
 * }</pre>
 */
public final class Relu extends Activation {

  /** A layer without parameters. */
  public Relu() {}

  @Override
  <A> void apply(Loops<A> loops, A y, int n) {
    loops.relu(y, n);
  }

  @Override
  <A> void gradient(Loops<A> loops, A y, A dy, int n) {
    loops.reluGradient(y, dy, n);
  }

  @Override
  INDArray curvature(INDArray y) {
    return null;
  }

  @Override
  public Splittable split() {
    return new Relu();
  }
}
