package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.GreyImage;
import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.ImageDataset;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.report.TestResult;
import io.github.descent4j.mnist.report.TestResult.Mistake;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.memory.Memory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Shows images to a network, class by class and mistake by mistake. */
public final class TestRun {
  private static final int BATCH = 500;

  private TestRun() {}

  /**
   * How a network does on labelled images.
   *
   * @param worst how many mistakes to keep at most
   */
  public static TestResult of(
      Sequential network, LabelledImages images, GreyScale scale, int worst) {
    ImageDataset dataset = new ImageDataset(images, scale);
    int classes = images.classes();
    int[][] confusion = new int[classes][classes];
    List<Mistake> mistakes = new ArrayList<>();
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    double lossSum = 0;
    for (int from = 0; from < images.size(); from += BATCH) {
      int count = Math.min(BATCH, images.size() - from);
      int[] indices = new int[count];
      for (int i = 0; i < count; i++) {
        indices[i] = from + i;
      }
      INDArray features =
          Nd4j.create(network.dataType(), count, 1, images.rows(), images.columns());
      int[] labels = new int[count];
      dataset.read(indices, 0, count, features, labels);
      lossSum += loss.forward(network.forward(features, Mode.EVALUATION), labels) * count;
      double[][] probabilities = rows(loss.probabilities());
      double[] losses = loss.lossPerExample();
      for (int i = 0; i < count; i++) {
        int predicted = greatest(probabilities[i]);
        confusion[labels[i]][predicted]++;
        if (predicted != labels[i]) {
          mistakes.add(new Mistake(
              from + i,
              labels[i],
              predicted,
              probabilities[i][predicted],
              losses[i],
              images.picture(from + i)));
        }
      }
    }
    mistakes.sort(Comparator.comparingDouble(Mistake::loss).reversed());
    return new TestResult(
        lossSum / images.size(),
        confusion,
        List.copyOf(mistakes.subList(0, Math.min(worst, mistakes.size()))));
  }

  /** The probability of each class for one image of a model's size. */
  public static double[] probabilities(TrainedModel model, GreyImage image) {
    float[] inputs = model.scale().inputs();
    float[] features = new float[image.rows() * image.columns()];
    for (int i = 0; i < features.length; i++) {
      features[i] = inputs[image.grey(i / image.columns(), i % image.columns())];
    }
    INDArray batch = Nd4j.createFromArray(features)
        .castTo(model.network().dataType())
        .reshape(1, 1, image.rows(), image.columns());
    SoftmaxCrossEntropy softmax = new SoftmaxCrossEntropy();
    softmax.forward(model.network().forward(batch, Mode.EVALUATION), new int[] {0});
    return rows(softmax.probabilities())[0];
  }

  /** A matrix of which each row is copied at once: ND4J makes an array of each. */
  static double[][] rows(INDArray matrix) {
    Memory memory = Memory.of(matrix);
    double[][] rows = new double[memory.size(0)][memory.size(1)];
    for (int i = 0; i < rows.length; i++) {
      memory.getDoubles(i * rows[i].length, rows[i], rows[i].length);
    }
    return rows;
  }

  /** The class of the greatest probability, of several the first. */
  public static int greatest(double[] probabilities) {
    int greatest = 0;
    for (int k = 1; k < probabilities.length; k++) {
      if (probabilities[k] > probabilities[greatest]) {
        greatest = k;
      }
    }
    return greatest;
  }
}
