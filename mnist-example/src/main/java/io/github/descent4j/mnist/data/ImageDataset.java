package io.github.descent4j.mnist.data;

import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.nn.train.Dataset;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images as a network reads them: kept as bytes, and turned into floats of shape {@code [1, rows, columns]} when a batch
 * is read.
 */
public final class ImageDataset implements Dataset {
  /** Images that a thread reads at a time. */
  private static final int PIECE = 16;

  private final LabelledImages images;
  private final float[] inputs;
  private ParallelRunner.Work copy;
  private final ParallelRunner runner =
      new ParallelRunner((piece, worker) -> copy.run(piece, worker));

  /** One image for each worker. */
  private final float[][] image = new float[runner.threads()][];

  public ImageDataset(LabelledImages images, GreyScale scale) {
    this.images = images;
    inputs = scale.inputs();
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
  public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
    FloatBuffer target = features.data().pointer().asByteBuffer().asFloatBuffer();
    int start = (int) features.offset();
    copy = (piece, worker) -> {
      if (image[worker] == null) {
        image[worker] = new float[images.imageSize()];
      }
      float[] pixels = image[worker];
      for (int i = piece * PIECE; i < Math.min(count, (piece + 1) * PIECE); i++) {
        int example = indices[from + i];
        labels[i] = images.label(example);
        for (int j = 0; j < pixels.length; j++) {
          pixels[j] = inputs[images.pixel(example, j)];
        }
        target.put(start + i * pixels.length, pixels, 0, pixels.length);
      }
    };
    runner.run((count + PIECE - 1) / PIECE, count > PIECE);
  }
}
