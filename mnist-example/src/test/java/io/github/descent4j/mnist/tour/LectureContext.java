package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.ImageDataset;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.nn.train.Dataset;

/** What the lecture leaves to its readers: some images to train on, and others to test. */
public abstract class LectureContext {
  private static final LabelledImages IMAGES = MnistData.bundled().train();

  protected final Dataset train = images(0, 1000);
  protected final Dataset test = images(1000, 1500);

  private static Dataset images(int from, int to) {
    LabelledImages part = IMAGES.part(from, to);
    return new ImageDataset(part, GreyScale.of(IMAGES));
  }

  /** The example. */
  public abstract void run() throws Exception;
}
