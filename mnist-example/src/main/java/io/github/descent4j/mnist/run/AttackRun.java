package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.GreyImage;
import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.ImageDataset;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.report.AttackResult;
import io.github.descent4j.mnist.report.AttackResult.Attacked;
import io.github.descent4j.mnist.settings.AttackChoice;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.Targets;
import io.github.descent4j.nn.train.Attack;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Shows attacked images to a network. */
public final class AttackRun {
  private static final int BATCH = 500;
  private static final int WHITE = 255;

  private AttackRun() {}

  /**
   * How a network does under an attack.
   *
   * @param network as it is in evaluation in both modes
   * @param epsilon size of the attack, in grey values from 0 to 1
   * @param pictures how many of the first images to keep
   */
  public static AttackResult of(
      Sequential network,
      LabelledImages images,
      GreyScale scale,
      AttackChoice choice,
      double epsilon,
      int pictures) {
    Attack attack = choice.of(epsilon, scale);
    ImageDataset dataset = new ImageDataset(images, scale);
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    List<Attacked> kept = new ArrayList<>();
    int correct = 0;
    for (int from = 0; from < images.size(); from += BATCH) {
      int count = Math.min(BATCH, images.size() - from);
      int[] labels = new int[count];
      INDArray features =
          Nd4j.create(network.dataType(), count, 1, images.rows(), images.columns());
      dataset.read(IntStream.range(from, from + count).toArray(), 0, count, features, labels);
      INDArray attacked = attack.perturb(network, loss, features, Targets.labels(labels), 0);
      loss.forward(network.forward(attacked, Mode.EVALUATION), labels);
      correct += loss.correct();
      double[][] probabilities = TestRun.rows(loss.probabilities());
      for (int i = 0; i < count && kept.size() < pictures; i++) {
        int predicted = TestRun.greatest(probabilities[i]);
        kept.add(new Attacked(labels[i], predicted, picture(attacked.slice(i), scale)));
      }
    }
    return new AttackResult(epsilon, correct, images.size(), kept);
  }

  /** The image that a network was shown. */
  private static GreyImage picture(INDArray inputs, GreyScale scale) {
    int rows = (int) inputs.size(1);
    int columns = (int) inputs.size(2);
    byte[] pixels = new byte[rows * columns];
    for (int i = 0; i < pixels.length; i++) {
      double input = inputs.getDouble(0, i / columns, i % columns);
      long grey = Math.round(input * scale.deviation() + scale.mean());
      pixels[i] = (byte) Math.min(WHITE, Math.max(0, grey));
    }
    return new GreyImage(rows, columns, pixels);
  }
}
