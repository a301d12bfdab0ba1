package io.github.descent4j.mnist.data;

import io.github.descent4j.nn.train.Dataset;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images as a network reads them: kept as bytes, and turned into floats of shape {@code [1, rows, columns]} when a batch
 * is read.
 */
public final class ImageDataset implements Dataset {
  private final LabelledImages images;
  private final float[] inputs;
  private final float[] image;

  public ImageDataset(LabelledImages images, GreyScale scale) {
    this.images = images;
    inputs = scale.inputs();
    image = new float[images.imageSize()];
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
    return images.classes();
  }

  @Override
  public boolean canReadAhead() {
    return true;
  }

  @Override
  public boolean readingAheadPays() {
    return false;
  }

  @Override
  public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
    FloatBuffer target = features.data().pointer().asByteBuffer().asFloatBuffer();
    int start = (int) features.offset();
    for (int i = 0; i < count; i++) {
      int example = indices[from + i];
      labels[i] = images.label(example);
      images.read(example, inputs, image);
      target.put(start + i * image.length, image, 0, image.length);
    }
  }
}
