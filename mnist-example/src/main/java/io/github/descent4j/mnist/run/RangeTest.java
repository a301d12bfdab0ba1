package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.ImageDataset;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.settings.ModelSettings;
import io.github.descent4j.mnist.settings.OptimizerSettings;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.schedule.LearningRateFinder;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Trains a new network for some steps while the rate rises, on batches in a random order that begins anew at its end. */
public final class RangeTest {
  private final OptimizerSettings optimizer;
  private final Sequential network;
  private final SoftmaxCrossEntropy loss;
  private final ImageDataset images;
  private final int[] order;
  private final int[] labels;
  private final INDArray batch;
  private int position;

  public RangeTest(
      ModelSettings model, OptimizerSettings optimizer, LabelledImages images, long seed) {
    this.optimizer = optimizer;
    network = model
        .model()
        .build(images.rows(), images.columns(), images.classes(), model.dropout(), seed);
    loss = new SoftmaxCrossEntropy(model.labelSmoothing());
    this.images = new ImageDataset(images, GreyScale.of(images));
    order = shuffled(images.size(), new SplittableRandom(seed));
    labels = new int[Math.min(model.batchSize(), images.size())];
    batch = Nd4j.create(DataType.FLOAT, labels.length, 1, images.rows(), images.columns());
  }

  Sequential network() {
    return network;
  }

  public LearningRateFinder.Result run(LearningRateFinder finder) {
    // The finder's rates replace those of the settings.
    return finder.run(() -> optimizer.build(1, 1), network.parameters(), this::nextLoss);
  }

  private double nextLoss() {
    if (position + labels.length > order.length) {
      position = 0;
    }
    images.read(order, position, labels.length, batch, labels);
    position += labels.length;
    double mean = loss.forward(network.forward(batch, Mode.TRAINING), labels);
    network.backwardParameters(loss.backward());
    return mean;
  }

  private static int[] shuffled(int size, SplittableRandom random) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
