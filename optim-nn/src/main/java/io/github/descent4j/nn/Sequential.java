package io.github.descent4j.nn;

import io.github.descent4j.Parameters;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Layers one after another.
 *
 * <pre>{@code
 * Sequential network = Sequential.builder(DataType.FLOAT, 42)
 *     .input(1, 28, 28)
 *     .conv2d("conv1", 16, 5).relu().maxPool2d(2)
 *     .flatten()
 *     .dense("fc1", 10)
 *     .build();
 * }</pre>
 */
public final class Sequential implements Layer {

  public static Builder builder(DataType dataType, long seed) {
    throw new UnsupportedOperationException();
  }

  public DataType dataType() {
    throw new UnsupportedOperationException();
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    throw new UnsupportedOperationException();
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Parameters parameters() {
    throw new UnsupportedOperationException();
  }

  /** Builds a {@link Sequential}, inferring shapes from {@link #input}. */
  public static final class Builder {
    /** Shape of one example, first call. */
    public Builder input(long... exampleShape) {
      return this;
    }

    /** Initializer of the weights of the layers that follow; He uniform by default; biases start at 0. */
    public Builder initializer(Initializer initializer) {
      return this;
    }

    public Builder dense(String name, int outputs) {
      return this;
    }

    /** Stride 1, no padding. */
    public Builder conv2d(String name, int filters, int kernel) {
      return this;
    }

    public Builder conv2d(String name, int filters, int kernel, int stride, int padding) {
      return this;
    }

    /** Stride = size. */
    public Builder maxPool2d(int size) {
      return this;
    }

    public Builder maxPool2d(int size, int stride) {
      return this;
    }

    public Builder flatten() {
      return this;
    }

    public Builder relu() {
      return this;
    }

    public Builder sigmoid() {
      return this;
    }

    public Builder tanh() {
      return this;
    }

    public Builder dropout(double rate) {
      return this;
    }

    public Sequential build() {
      throw new UnsupportedOperationException();
    }
  }
}
