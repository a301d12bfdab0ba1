package io.github.descent4j.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The hyperbolic tangent of each element; its derivative is 1 - y<sup>2</sup>.
 *
 * <p>Input and output are of any shape, the first dimension being the batch. FLOAT elements are computed in double and rounded once.
 *
 * <pre>{@code
 * Tanh layer = new Tanh();
 * INDArray y = layer.forward(x, Mode.TRAINING);
 * INDArray gradientOfX = layer.backward(gradientOfY);
 * }</pre>
 */
public final class Tanh extends Activation {

  /** A layer without parameters. */
  public Tanh() {}

  @Override
  <A> void apply(Loops<A> loops, A y, int n) {
    loops.tanh(y, n);
  }

  @Override
  <A> void gradient(Loops<A> loops, A y, A dy, int n) {
    loops.tanhGradient(y, dy, n);
  }

  @Override
  INDArray curvature(INDArray y) {
    return y.mul(-2);
  }

  @Override
  public Splittable split() {
    return new Tanh();
  }
}
