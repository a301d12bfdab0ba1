package io.github.descent4j.mnist;

import io.github.descent4j.nn.train.Dataset;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images as a network reads them: kept as bytes, and turned into floats of shape {@code [1, rows, columns]} when a batch
 * is read.
 *
 * <p>A grey value g becomes {@code (g - mean) / deviation}, where mean and standard deviation are those of all grey values
 * of the training set. The test set is read with the numbers of the training set.
 */
final class ImageDataset implements Dataset {
  private static final int GREY_VALUES = 256;

  private final LabelledImages images;
  private final float[] inputs;
  private final float[] image;

  /** A data set of {@code images}, in which the grey value g is read as {@code inputs[g]}. */
  private ImageDataset(LabelledImages images, float[] inputs) {
    this.images = images;
    this.inputs = inputs;
    image = new float[images.imageSize()];
  }

  static ImageDataset training(MnistData data) {
    return new ImageDataset(data.train(), inputs(data.train()));
  }

  static ImageDataset test(MnistData data) {
    return new ImageDataset(data.test(), inputs(data.train()));
  }

  /** The input for each grey value, from the mean and the standard deviation over {@code images}. */
  static float[] inputs(LabelledImages images) {
    long[] counts = new long[GREY_VALUES];
    for (int i = 0; i < images.size(); i++) {
      for (int j = 0; j < images.imageSize(); j++) {
        counts[images.pixel(i, j)]++;
      }
    }
    double total = (double) images.size() * images.imageSize();
    double mean = 0;
    for (int grey = 0; grey < GREY_VALUES; grey++) {
      mean += grey * (counts[grey] / total);
    }
    double variance = 0;
    for (int grey = 0; grey < GREY_VALUES; grey++) {
      variance += (grey - mean) * (grey - mean) * (counts[grey] / total);
    }
    // Images of a single grey value have no deviation; they become 0.
    double scale = variance == 0 ? 0 : 1 / Math.sqrt(variance);
    float[] inputs = new float[GREY_VALUES];
    for (int grey = 0; grey < GREY_VALUES; grey++) {
      inputs[grey] = (float) ((grey - mean) * scale);
    }
    return inputs;
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public long[] exampleShape() {
    return new long[] {1, images.rows(), images.columns()};
  }

  @Override
  public int classes() {
    return LabelledImages.CLASSES;
  }

  @Override
  public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
    FloatBuffer target = features.data().pointer().asByteBuffer().asFloatBuffer();
    int start = (int) features.offset();
    for (int i = 0; i < count; i++) {
      int example = indices[from + i];
      labels[i] = images.label(example);
      for (int j = 0; j < image.length; j++) {
        image[j] = inputs[images.pixel(example, j)];
      }
      target.put(start + i * image.length, image, 0, image.length);
    }
  }
}
