package io.github.descent4j.mnist.settings;

import io.github.descent4j.nn.Sequential;
import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;

/** The networks of {@code --model}. */
public enum ModelChoice {
  /** inputs-256-128-10, ReLU. */
  MLP(1) {
    @Override
    public Sequential build(
        int rows, int columns, int classes, HiddenSettings hidden, double dropout, long seed) {
      Sequential.Builder builder =
          Sequential.builder(DataType.FLOAT, seed).input(1, rows, columns).flatten();
      hidden.addInputGates(builder);
      hidden.addDense(builder, "fc1", 256, dropout);
      hidden.addDense(builder, "fc2", 128, dropout);
      return builder.dense("fc3", classes).build();
    }
  },

  /** conv 5x5x16, pool, conv 5x5x32, pool, dense 128, dense 10; ReLU after each convolution and the first dense layer. */
  CNN(16) {
    @Override
    public Sequential build(
        int rows, int columns, int classes, HiddenSettings hidden, double dropout, long seed) {
      Sequential.Builder builder = Sequential.builder(DataType.FLOAT, seed)
          .input(1, rows, columns)
          .conv2d("conv1", 16, 5)
          .relu()
          .maxPool2d(2)
          .conv2d("conv2", 32, 5)
          .relu()
          .maxPool2d(2)
          .flatten();
      hidden.addInputGates(builder);
      hidden.addDense(builder, "fc1", 128, dropout);
      return builder.dense("fc2", classes).build();
    }
  },

  /**
   * Two convolutions 3x3x16, pool, two 3x3x32, pool, dense 128, dense 10; batch normalization after each convolution, ReLU after that and
   * after the first dense layer.
   */
  CONVNET(4) {
    @Override
    public Sequential build(
        int rows, int columns, int classes, HiddenSettings hidden, double dropout, long seed) {
      Sequential.Builder builder = Sequential.builder(DataType.FLOAT, seed).input(1, rows, columns);
      for (int i = 1; i <= 4; i++) {
        builder
            .conv2d("conv" + i, i <= 2 ? 16 : 32, 3, 1, 1)
            .batchNorm("norm" + i)
            .relu();
        if (i % 2 == 0) {
          builder.maxPool2d(2);
        }
      }
      hidden.addInputGates(builder.flatten());
      hidden.addDense(builder, "fc1", 128, dropout);
      return builder.dense("fc2", classes).build();
    }
  };

  /** Of each network, the weights take more than so many bytes for each pixel of an image. */
  public static final int LEAST_BYTES_PER_PIXEL = 64;

  /** The smallest height and width of an image that leaves something after every layer. */
  public final int smallestImage;

  ModelChoice(int smallestImage) {
    this.smallestImage = smallestImage;
  }

  /**
   * A network for images of this size, with new weights from {@code seed}. Dropout comes after the ReLU of each hidden
   * dense layer.
   */
  public abstract Sequential build(
      int rows, int columns, int classes, HiddenSettings hidden, double dropout, long seed);

  /** The same with nothing random but dropout. */
  public Sequential build(int rows, int columns, int classes, double dropout, long seed) {
    return build(rows, columns, classes, HiddenSettings.NONE, dropout, seed);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
